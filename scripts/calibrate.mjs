// @ts-check
// `npm run calibrate`: measures every kernel on the software adapter of the browser (with --runtime node: of Dawn in Node) and writes what
// the planner's cost model knows of it, src/planner/rates/. For whoever changes kernels, on an idle machine; some minutes.
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SetupError, say } from './setup/messages.mjs';
import { ensurePackages } from './setup/packages.mjs';
import { root, setup } from './setup.mjs';

const ADAPTERS = { swiftshader: 'SWIFTSHADER', lavapipe: 'LAVAPIPE' };

/** @typedef {{ dispatchNs: number, ns: number[], samples: number, mean: number, worst: number }} Rate */

/** @type {{ runtime?: string, help?: boolean }} */
let options = {};
try {
  options = parseArgs({ options: { runtime: { type: 'string' }, help: { type: 'boolean' } } }).values;
  if (!['browser', 'node', undefined].includes(options.runtime)) throw new Error('--runtime is browser or node');
} catch (error) {
  say(`${error instanceof Error ? error.message : error} (the options are --runtime and --help)`);
  process.exit(2);
}
if (options.help) {
  console.log(
    'Usage: npm run calibrate -- [--runtime browser|node]\n\nMeasures the kernels for the cost model of the planner.',
  );
  process.exit(0);
}

const inNode = options.runtime === 'node';
await setup({ browser: !inNode });
if (inNode) await ensurePackages(join(root, 'test', 'dawn'), { what: 'Dawn', npmArguments: ['--ignore-scripts'] });

/** @returns {Promise<string>} */
function runVitest() {
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const child = spawn(
    process.execPath,
    [vitest, 'run', '--project', inNode ? 'dawn' : 'gpu', '--disable-console-intercept'],
    {
      cwd: root,
      env: { ...process.env, WEBGPU_CONV_CALIBRATE: '1' },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  return new Promise((resolve, reject) => {
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
      if (text.length < 200) process.stdout.write(text);
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(output);
      else reject(new SetupError(`the measurement ended with ${code}:\n${output.slice(-2000)}`));
    });
  });
}

const output = await runVitest();
const json = /RATES (\{.*\}) END/s.exec(output)?.[1];
if (!json) throw new SetupError('the measurement told no rates.');
/** @type {{ adapter: string, dispatchMs: number, processors: number, kernels: Record<string, Rate>, compileMs: Record<string, number> }} */
const { adapter, dispatchMs, processors, kernels, compileMs } = JSON.parse(json);
const file = /swiftshader/i.test(adapter) ? 'swiftshader' : 'lavapipe';
for (const [name, { samples, mean, worst }] of Object.entries(kernels)) {
  say(`${name}: ${samples} samples, off by ${mean.toFixed(2)} in the geometric mean, ${worst.toFixed(2)} at most`);
}

/** @param {number} value three digits are more than a time is good for */
const short = (value) => String(Number(value.toPrecision(3)));
const lines = Object.entries(kernels).map(
  ([name, { dispatchNs, ns }]) =>
    `    ${/^\w+$/.test(name) ? name : `'${name}'`}: { dispatchNs: ${short(dispatchNs)}, ns: [${ns.map(short).join(', ')}] },`,
);
const compileLines = Object.entries(compileMs).map(([name, ms]) => `    ${name}: ${short(ms)},`);
const path = join(root, 'src', 'planner', 'rates', `${file}.ts`);
const before = readFileSync(path, 'utf8');
const date = new Date().toISOString().slice(0, 10);
const text = `// Rates of the kernels on ${adapter.trim()}. Written by \`npm run calibrate${inNode ? ' -- --runtime node' : ''}\` on ${date}.
import type { MeasuredRates } from './rates.js';

export const ${ADAPTERS[file]}: MeasuredRates = {
  kind: 'measured',
  dispatchMs: ${short(dispatchMs)},
  processors: ${processors},
  kernels: {
${lines.join('\n')}
  },
  compileMs: {
${compileLines.join('\n')}
  },
};
`;
writeFileSync(path, text);
say(`${before === text ? 'left' : 'wrote'} ${path}.`);
