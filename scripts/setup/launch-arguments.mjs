// @ts-check
// The arguments every Chromium of this project is started with: by the tests, `npm start` and the benchmark alike, so
// that what one of them measures or checks holds for the others.

/**
 * @param {object} [machine]
 * @param {NodeJS.Platform} [machine.platform]
 * @param {boolean} [machine.isRoot]
 * @param {NodeJS.ProcessEnv} [machine.env] WEBGPU_CONV_BROWSER_ARGS adds arguments of its own, separated by spaces
 * @returns {string[]}
 */
export function browserArguments({
  platform = process.platform,
  isRoot = process.getuid?.() === 0,
  env = process.env,
} = {}) {
  const inCi = !['', '0', 'false'].includes(env.CI ?? '');
  return [
    '--enable-unsafe-webgpu', // WebGPU on Linux and on software adapters
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--no-first-run',
    // Chromium's sandbox refuses root, and wants user namespaces that CI machines often lack
    ...(platform === 'linux' && (isRoot || inCi) ? ['--no-sandbox'] : []),
    ...(env.WEBGPU_CONV_BROWSER_ARGS ?? '').split(/\s+/).filter(Boolean),
  ];
}
