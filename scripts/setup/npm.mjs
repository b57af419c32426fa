// @ts-check
// How to start npm from a script: the very npm that started this one where there is one (it is then run by this Node,
// on every system alike), else the npm on the PATH.

/**
 * @param {NodeJS.ProcessEnv} [env]
 * @param {NodeJS.Platform} [platform]
 * @returns {{ command: string, args: string[], shell: boolean }} npm's own arguments go after `args`
 */
export function npmCommand(env = process.env, platform = process.platform) {
  const script = env.npm_execpath;
  // pnpm and yarn set the same variable to themselves
  if (script && /(^|[\\/])npm-cli\.c?js$/.test(script)) {
    return { command: process.execPath, args: [script], shell: false };
  }
  const windows = platform === 'win32';
  return { command: windows ? 'npm.cmd' : 'npm', args: [], shell: windows }; // Node starts .cmd files only by a shell
}
