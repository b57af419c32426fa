// `npm run train` as a person runs it: a child process, its exit code, what it prints and what it writes. Few steps: that it learns enough in 900
// is for whoever runs it.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'playwright/test';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Runs the command to its end. */
function train(args: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, ['scripts/train.mjs', ...args], { cwd: root }, (error, out, err) => {
      resolve({ code: error ? Number(error.code) : 0, out, err });
    });
  });
}

test('trains, writes the result, and exits with 1 where that was not enough', async () => {
  test.slow(); // starts a browser, and builds if anything has changed
  const json = test.info().outputPath('new-folder', 'training.json');
  const ended = await train(['--steps', '20', '--seed', '3', '--json', json]);
  const result = JSON.parse(readFileSync(json, 'utf8'));
  expect(Object.keys(result)).toEqual(['adapter', 'seconds', 'steps', 'accuracy', 'losses', 'memoryBytes']);
  expect(result).toMatchObject({ adapter: expect.stringMatching(/\w/), steps: 20, seconds: expect.any(Number) });
  expect(result.accuracy).toBeGreaterThan(0.2);
  expect(result.losses).toHaveLength(2);
  expect(result.losses[1]).toBeLessThan(result.losses[0]);
  const [first, last] = result.memoryBytes;
  expect(first).toBeGreaterThan(0);
  expect(last).toBe(first);
  expect(ended.out).toContain(`Adapter: ${result.adapter}`);
  expect(ended.err).toContain('[20/20]'); // progress
  expect(ended.code).toBe(1);
  expect(ended.err).toMatch(/webgpu-conv: it did not learn to read: [\d.]+% is less than 97%\.\n$/);
});

test('--help lists the options', async () => {
  const { code, out, err } = await train(['--help']);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  for (const option of ['--json', '--seed', '--steps', '--headed', '--help']) expect(out).toContain(option);
});

for (const [what, args, line] of [
  ['an option that does not exist', ['--epochs'], "unknown option '--epochs' (--help lists the options)."],
  ['no steps', ['--steps', '0'], '--steps is "0", and must be a whole number from 1 to 1000000.'],
  ['a seed that is no number', ['--seed', 'x'], '--seed is "x", and must be a whole number from 0 to 4294967295.'],
  ['a folder for the JSON', ['--json', 'demo'], '--json: demo is a folder, and must be a file.'],
] as const) {
  test(`${what}: one line, and exit code 2`, async () => {
    expect(await train([...args])).toEqual({ code: 2, out: '', err: `webgpu-conv: ${line}\n` });
  });
}
