// @ts-check
// `npm start`: runs the convolutions of the showcase on a picture in a browser with WebGPU, prints times and errors, and
// writes the filtered pictures and a report. Node built-ins only until set-up is done.
import { accessSync, constants, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { withBuiltPage } from './pages/built-page.mjs';
import { CommandError, parseOptions, runCommand, typedCommand } from './pages/command-line.mjs';
import { checkOutputFile, makeFolder } from './pages/output.mjs';
import { root } from './setup.mjs';

/** @typedef {import('../bench/showcase/result.js').ShowcaseRun} ShowcaseRun */

const help = `Usage: npm start -- [--image FILE] [--json FILE] [--out DIR] [--headed]

Runs eight convolutions on a picture, on the GPU and in plain JavaScript; prints times and errors, and writes the
filtered pictures and a report.

  --image FILE  the picture; default: demo/pictures/coffee.png
  --json FILE   write the results as JSON too
  --out DIR     where pictures and report are written; default: results
  --headed      show the browser, and leave the report open until its window is closed
  --help        show this`;

/**
 * Fails unless the file is there and can be read.
 * @param {string} file
 */
function checkPicture(file) {
  if (file === '') throw new CommandError('--image needs the path of a picture.', 2);
  const entry = statSync(file, { throwIfNoEntry: false });
  if (!entry) throw new CommandError(`${file} does not exist: give --image the path of a picture.`, 2);
  if (!entry.isFile()) throw new CommandError(`${file} is not a file: give --image the path of a picture.`, 2);
  try {
    accessSync(file, constants.R_OK);
  } catch {
    throw new CommandError(`${file} may not be read: check its permissions.`, 2);
  }
}

/**
 * @param {ShowcaseRun} run
 * @param {string} folder
 * @param {string | undefined} json
 */
function writeFiles({ result, pictures, report }, folder, json) {
  for (const { id, png } of pictures) {
    writeFileSync(join(folder, `${id}.png`), Buffer.from(png.slice(png.indexOf(',') + 1), 'base64'));
  }
  writeFileSync(join(folder, 'report.html'), report);
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(result, null, 2)}\n`);
}

/** @param {ShowcaseRun} run */
function print({ result, context, notes, table, explanations }) {
  const { name, width, height } = context.picture;
  const lines = [`Adapter: ${result.adapter}`, `Picture: ${name}, ${width}×${height}`, '', table, '', ...explanations];
  console.log([...notes, ...lines].join('\n'));
}

await runCommand(async () => {
  const options = parseOptions(
    () =>
      parseArgs({
        options: {
          image: { type: 'string' },
          json: { type: 'string' },
          out: { type: 'string', default: 'results' },
          headed: { type: 'boolean', default: false },
          help: { type: 'boolean', default: false },
        },
      }).values,
  );
  if (options.help) {
    console.log(help);
    return;
  }
  const { json, out, headed, image = join(root, 'demo', 'pictures', 'coffee.png') } = options;
  checkPicture(image);
  makeFolder(out, '--out');
  if (json !== undefined) checkOutputFile(json, '--json');

  await withBuiltPage({ path: 'bench/showcase/index.html', headed }, async ({ page, call }) => {
    const body = readFileSync(image);
    await page.route('**/given-picture', (route) => route.fulfill({ body, contentType: 'application/octet-stream' }));
    const request = {
      picture: { name: basename(image), url: '/given-picture' },
      command: typedCommand('start', process.argv.slice(2)),
    };
    const run = /** @type {ShowcaseRun} */ (await call('runShowcase', request));
    writeFiles(run, out, json);
    print(run);
    console.log(
      `\nWrote ${run.pictures.length} pictures and report.html to ${out}${json ? `, results to ${json}` : ''}.`,
    );
    if (!run.verdict.ok) throw new CommandError(run.verdict.text);
    console.log(run.verdict.text);
    if (headed && process.stdout.isTTY) {
      console.log('Close the window of the browser to end.');
      await page.waitForEvent('close', { timeout: 0 });
    }
  });
});
