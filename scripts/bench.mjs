// @ts-check
// `npm run bench`: webgpu-conv and other engines on the same convolutions, in turn, in one page of a browser with WebGPU,
// every output checked; as a table, as JSON and as a report with charts. docs/benchmark.md says how, and what the numbers mean.
import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { CommandError, parseOptions, runCommand, typedCommand } from './pages/command-line.mjs';
import { checkOutputFile } from './pages/output.mjs';
import { progressLine } from './pages/progress.mjs';
import { root, setup } from './setup.mjs';

/** @typedef {import('../bench/node/command.js').BenchmarkCommand} BenchmarkCommand */

const help = `Usage: npm run bench -- [options]

Measures webgpu-conv, the planner's choice and each algorithm, beside TensorFlow.js, ONNX Runtime Web and jax-js.

What:
  --shapes NAME|FILE  core (default), backward (gradients of core), resnet50, mobilenet_v2, unet, stable_diffusion, filters,
                      or a file of that form
  --only NAMES        only these shapes of the list, such as R2,D2, and of a list that is named, such as backward, all
  --engines LIST      of webgpu-conv, tfjs-webgpu, ort-webgpu, ort-webgpu-nchw, jax-webgpu, tfjs-wasm, reference; default: all
  --quick             few samples
  --cold              first calls only, each engine on each shape in browsers just started: the median of three
  --limit SECONDS     most time for one step of an engine, after which it is left behind; default: 40
Where:
  --headed            show the browser
  --browser PATH      another Chrome, Chromium or Edge
  --runtime node      in Node on Dawn instead: webgpu-conv and the reference only
  --serve             serve the page for a browser of your own, until Ctrl-C; --open opens the default one, --port N is for it
Output:
  --json FILE         write the numbers as JSON too
  --html FILE         where the report goes; default: results/benchmark.html
  --help              show this`;

/** What passes through to the file that runs in Node. */
const shared = /** @type {const} */ (['shapes', 'only', 'engines', 'limit', 'json', 'html']);

/**
 * What is to be measured; mistakes end the command.
 * @param {BenchmarkCommand} benchmark
 * @param {import('../bench/node/command.js').GivenOptions} options
 */
function planned(benchmark, options) {
  try {
    return benchmark.planOf(options);
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'OptionError') throw error;
    throw new CommandError(error.message, 2);
  }
}

/**
 * The page's failures as failures of the command.
 * @param {unknown} error
 * @returns {never}
 */
function rethrow(error) {
  if (error instanceof Error && ['StepError', 'TimeLimitError'].includes(error.name)) {
    throw new CommandError(error.message);
  }
  throw error;
}

/** @param {{ port: string | undefined, open: boolean }} options */
async function serve({ port = '5174', open }) {
  if (!/^\d+$/.test(port) || Number(port) > 65_535)
    throw new CommandError(`--port is "${port}", and must be a port.`, 2);
  const { servePages } = await import('./pages/serve.mjs');
  const path = 'bench/page/index.html';
  const server = await servePages(root, {
    config: 'vite.bench.config.ts',
    mode: 'page',
    port: Number(port),
    ...(open ? { open: `/${path}` } : {}),
  });
  console.log(server.url(path));
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.once(signal, () => process.exit(0));
  }
}

await runCommand(async () => {
  const options = parseOptions(
    () =>
      parseArgs({
        options: {
          shapes: { type: 'string' },
          only: { type: 'string' },
          engines: { type: 'string' },
          limit: { type: 'string' },
          quick: { type: 'boolean', default: false },
          cold: { type: 'boolean', default: false },
          headed: { type: 'boolean', default: false },
          browser: { type: 'string' },
          runtime: { type: 'string', default: 'browser' },
          serve: { type: 'boolean', default: false },
          open: { type: 'boolean', default: false },
          port: { type: 'string' },
          json: { type: 'string' },
          html: { type: 'string', default: 'results/benchmark.html' },
          help: { type: 'boolean', default: false },
        },
      }).values,
  );
  if (options.help) {
    console.log(help);
    return;
  }
  const { json, html, headed, runtime } = options;
  if (runtime !== 'browser' && runtime !== 'node') {
    throw new CommandError(`--runtime is "${runtime}", and must be browser or node.`, 2);
  }
  if (options.cold && (runtime === 'node' || options.serve)) {
    throw new CommandError(
      '--cold starts a browser for each call, so neither --runtime node nor --serve goes with it.',
      2,
    );
  }
  if (json !== undefined) checkOutputFile(json, '--json');
  checkOutputFile(html, '--html');
  if (options.browser !== undefined) process.env.WEBGPU_CONV_BROWSER = options.browser;

  const inBrowser = runtime === 'browser' && !options.serve;
  const { browser } = await setup({ browser: inBrowser });
  const { buildBenchmark, builtFile, ensureCompetitors } = await import('./bench/build.mjs');
  await ensureCompetitors(root);
  if (runtime === 'node') {
    const { runAlone } = await import('./bench/alone.mjs');
    const given = shared.flatMap((name) => (options[name] === undefined ? [] : [`--${name}`, options[name]]));
    await runAlone(root, [...given, ...(options.quick ? ['--quick'] : [])]);
    return;
  }
  if (options.serve) {
    await buildBenchmark(root, ['page']);
    await serve({ port: options.port, open: options.open });
    return;
  }

  await buildBenchmark(root, ['command']);
  /** @type {{ benchmark: BenchmarkCommand }} */
  const { benchmark } = await import(pathToFileURL(builtFile(root, 'command')).href);
  const plan = planned(benchmark, options);
  await buildBenchmark(root, ['page']);
  const { withPageHost } = await import('./bench/page-host.mjs');
  const date = new Date().toISOString();
  const line = progressLine();
  const command = typedCommand('bench', process.argv.slice(2));
  /** @param {import('../bench/runner/run.js').Drive} soFar */
  const write = async (soFar) => {
    const output = await benchmark.outputOf(soFar, { shapes: plan.shapes, date, command });
    if (json !== undefined) writeFileSync(json, `${JSON.stringify(output.result, null, 2)}\n`);
    writeFileSync(html, output.report);
    return output;
  };
  // the files are there after every shape, since a run takes long and may be ended before its end
  const driveOptions = { ...plan, progress: line.show, onShape: write };
  const done = await withPageHost({ root, browser: /** @type {string} */ (browser), headed }, (host) =>
    benchmark.drive(host, driveOptions).finally(line.end).catch(rethrow),
  );
  const { result, text } = await write(done);
  const { fmaGflops, copyGBs } = result.ceilings;
  const ceilings = `; ${fmaGflops.toFixed(0)} GFLOP/s in multiply-adds, ${copyGBs.toFixed(1)} GB/s in copies`;
  console.log(
    `Adapter: ${result.adapter}${plan.cold ? '' : ceilings}\n\n${text}\n\nWrote the report to ${html}${json ? `, the numbers to ${json}` : ''}.`,
  );
  if (result.rows.some(({ engine, ok }) => engine === 'webgpu-conv' && !ok)) {
    throw new CommandError('webgpu-conv has no right result for every shape: the table says why.');
  }
});
