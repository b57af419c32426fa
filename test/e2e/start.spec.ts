// `npm start` as a person runs it: a child process, its exit code, what it prints and what it writes. The picture is tiny,
// since the layers of a network in it take their time on any picture.
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { crc32, deflateSync } from 'node:zlib';
import { expect, test } from 'playwright/test';

const root = fileURLToPath(new URL('../..', import.meta.url));
const ids = [
  'gaussian-5',
  'gaussian-15',
  'sobel',
  'laplacian',
  'emboss',
  'bank-3x3-s2',
  'resnet50-56x56x64',
  'resnet50-14x14x256',
];
const pictureFiles = ['original', ...ids.slice(0, 6)].map((id) => `${id}.png`);

interface Ended {
  code: number;
  out: string;
  err: string;
}

/** A file of the test's own. */
const outputPath = (...names: string[]) => test.info().outputPath(...names);

/** Runs the command to its end. */
function start(args: string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  return new Promise((resolve) => {
    const options = { cwd: root, env: { ...process.env, ...env } };
    execFile(process.execPath, ['scripts/start.mjs', ...args], options, (error, out, err) => {
      resolve({ code: error ? Number(error.code) : 0, out, err });
    });
  });
}

/** A PNG of many colours. */
function png(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    check.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, check]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2], 8); // eight bits each of red, green and blue
  const rows = Array.from({ length: height }, (_, y) => [
    0, // no filter
    ...Array.from({ length: width }, (_, x) => [5 * x, 8 * y, x * y].map((value) => value % 256)).flat(),
  ]);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.from(rows.flat()))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function tinyPicture(file: string): string {
  writeFileSync(file, png(48, 32));
  return file;
}

test('computes, prints and writes everything, and exits with 0', async ({ page }) => {
  test.slow(); // a whole run
  const [out, json] = [outputPath('pictures'), outputPath('new-folder', 'result.json')];
  const image = tinyPicture(outputPath('tiny & small.png'));
  const ended = await start(['--image', image, '--json', json, '--out', out]);
  expect(ended.err).not.toMatch(/error|warn/i);
  expect(ended.code).toBe(0);

  const result = JSON.parse(readFileSync(json, 'utf8'));
  expect(Object.keys(result)).toEqual(['version', 'date', 'adapter', 'rows']);
  expect(result.version).toBe(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version);
  expect(new Date(result.date).toISOString()).toBe(result.date);
  expect(result.adapter).toMatch(/\w/);
  expect(result.rows.map(({ id }: { id: string }) => id)).toEqual(ids);
  for (const row of result.rows) {
    const { id: _, problem, algorithm, ok, ...numbers } = row;
    expect(Object.keys(numbers)).toEqual(['gpuMs', 'endToEndMs', 'cpuMs', 'speedup', 'errorBoundUnits']);
    for (const number of Object.values(numbers)) expect(number).toBeGreaterThan(0);
    expect(numbers.speedup).toBeCloseTo(numbers.cpuMs / numbers.gpuMs, 6);
    expect(numbers.errorBoundUnits).toBeLessThanOrEqual(1);
    expect([problem, algorithm, ok]).toEqual([expect.stringContaining('→'), expect.stringContaining('/'), true]);
    const line = ended.out.split('\n').find((text) => text.startsWith(row.id));
    expect(line).toContain(problem);
    expect(line).toMatch(/ ok$/);
    expect(ended.err).toContain('[9/9]'); // progress, to the last step
  }
  expect(ended.out).toContain(`Adapter: ${result.adapter}`);
  expect(ended.out).toContain('All 8 results are within their error bounds.');

  expect(readdirSync(out).sort()).toEqual([...pictureFiles, 'report.html'].sort());
  const sizes = pictureFiles.map((file) => {
    const bytes = readFileSync(join(out, file));
    return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  });
  expect(sizes).toEqual([...Array.from({ length: 6 }, () => [48, 32]), [4 * 24 + 12, 4 * 16 + 12]]);

  const requests: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  const report = pathToFileURL(join(out, 'report.html')).href;
  await page.goto(report);
  expect(requests.filter((url) => url !== report && !url.startsWith('data:'))).toEqual([]);
  await expect(page.locator('tbody tr')).toHaveCount(8);
  await expect(page.locator('main')).toContainText('tiny & small.png, 48×32');
  const images = page.locator('figure img');
  await expect(images).toHaveCount(12);
  for (const image of await images.all()) {
    await expect(image).toHaveJSProperty('complete', true);
    await expect(image).not.toHaveJSProperty('naturalWidth', 0);
  }
  await page.setViewportSize({ width: 390, height: 800 });
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390); // the table scrolls in its own box
});

test('exits with 1 where one result is wrong, and says which', async () => {
  test.slow(); // a whole run
  // a GPU that gets one value of the 5×5 filter wrong, as it arrives
  const playwright = pathToFileURL(createRequire(import.meta.url).resolve('playwright')).href.replace(/\.js$/, '.mjs');
  const corrupt = `const write = GPUQueue.prototype.writeBuffer;
    GPUQueue.prototype.writeBuffer = function (buffer, offset, data, ...rest) {
      const wrong = data.length === 25 ? data.map((value, tap) => value + (tap === 12 ? 0.001 : 0)) : data;
      return write.call(this, buffer, offset, wrong, ...rest);
    };`;
  const hook = outputPath('corrupt.mjs');
  writeFileSync(
    hook,
    `import { chromium } from ${JSON.stringify(playwright)};
    const launch = chromium.launch.bind(chromium);
    chromium.launch = async (options) => {
      const browser = await launch(options);
      const newPage = browser.newPage.bind(browser);
      browser.newPage = async (...args) => {
        const page = await newPage(...args);
        await page.addInitScript(${JSON.stringify(corrupt)});
        return page;
      };
      return browser;
    };`,
  );
  const json = outputPath('result.json');
  const image = tinyPicture(outputPath('tiny.png'));
  const ended = await start(['--image', image, '--json', json, '--out', outputPath('pictures')], {
    NODE_OPTIONS: `--import=${pathToFileURL(hook).href}`,
  });
  expect(ended.code).toBe(1);
  expect(ended.err.trimEnd().split('\n').at(-1)).toBe('webgpu-conv: 1 of 8 results are wrong: gaussian-5.');
  expect(ended.out).toMatch(/^gaussian-5 .* WRONG$/m);
  const { rows } = JSON.parse(readFileSync(json, 'utf8'));
  expect(rows.map(({ ok }: { ok: boolean }) => ok)).toEqual(ids.map((id) => id !== 'gaussian-5'));
});

test('--help lists the options', async () => {
  const { code, out, err } = await start(['--help']);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  for (const option of ['--image', '--json', '--out', '--headed', '--help']) expect(out).toContain(option);
});

for (const [what, args, line] of [
  ['an option that does not exist', ['--picture'], "unknown option '--picture' (--help lists the options)."],
  ['an option without its value', ['--json'], '--json needs a value (--help lists the options).'],
  [
    'a picture that is missing',
    ['--image', 'no-such.png'],
    'no-such.png does not exist: give --image the path of a picture.',
  ],
  ['a folder for a picture', ['--image', 'demo'], 'demo is not a file: give --image the path of a picture.'],
  ['a folder for the JSON', ['--json', 'demo'], '--json: demo is a folder, and must be a file.'],
] as const) {
  test(`${what}: one line, and exit code 2`, async () => {
    const ended = await start([...args]);
    expect(ended).toEqual({ code: 2, out: '', err: `webgpu-conv: ${line}\n` });
  });
}

test('a file that is no picture: one line, and exit code 2', async () => {
  const image = outputPath('notes.txt');
  writeFileSync(image, 'no picture at all');
  const ended = await start(['--image', image, '--out', outputPath('pictures')]);
  const line = 'notes.txt is no picture that the browser can read (PNG, JPEG, WebP, AVIF, GIF, BMP).';
  expect(ended).toEqual({ code: 2, out: '', err: `webgpu-conv: ${line}\n` });
});

test('a browser without WebGPU: one line that says what to do, and exit code 1', async () => {
  const ended = await start(['--out', outputPath('pictures')], {
    WEBGPU_CONV_BROWSER_ARGS: '--disable-gpu --disable-software-rasterizer',
  });
  expect(ended).toMatchObject({ code: 1, out: '' });
  expect(ended.err).toMatch(/^webgpu-conv: .*WebGPU.*chrome:\/\/gpu.*\n$/);
});
