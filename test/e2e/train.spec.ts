/// <reference lib="dom" />
/// <reference types="@webgpu/types" />
// The pages that learn, from a visitor's side: a network that reads digits, and an unknown filter that is found.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright/test';
import { expect, test } from './demo-page.js';

// saved by the page itself after its 900 steps
const trained = fileURLToPath(new URL('digits.safetensors', import.meta.url));

const state = (page: Page) => page.locator('html');

async function openTraining(page: Page): Promise<void> {
  await page.goto('demo/train/');
  await expect(state(page)).toHaveAttribute('data-state', 'ready');
}

/** Steps done, as the page says. */
const stepOf = async (page: Page) => Number.parseInt((await page.getByTestId('step').textContent()) ?? '', 10);

/** Trains until step `least` at least, and pauses. */
async function train(page: Page, least: number): Promise<void> {
  await page.getByTestId('run').click();
  await expect.poll(() => stepOf(page), { timeout: 60_000, intervals: [200] }).toBeGreaterThanOrEqual(least);
  await page.getByTestId('run').click();
  await expect(state(page)).toHaveAttribute('data-state', 'paused');
}

/** Lets the page load a file of weights. */
async function load(page: Page, file: string): Promise<void> {
  await page.locator('#file').setInputFiles(file);
  await expect(state(page)).toHaveAttribute('data-state', /^(ready|paused|done)$/);
}

/** The pixels of the pictures of all filters. */
const filtersOf = (page: Page) =>
  page
    .locator('#filters canvas')
    .evaluateAll((canvases) => canvases.map((canvas) => (canvas as HTMLCanvasElement).toDataURL()));

/** Draws lines on the pad, through points in parts of its side. */
async function draw(page: Page, points: readonly (readonly [x: number, y: number])[]): Promise<void> {
  const box = (await page.getByTestId('pad').boundingBox())!;
  const at = ([x, y]: readonly [number, number]) => [box.x + x * box.width, box.y + y * box.height] as const;
  await page.mouse.move(...at(points[0]!));
  await page.mouse.down();
  for (const point of points.slice(1)) await page.mouse.move(...at(point), { steps: 5 });
  await page.mouse.up();
}

test('learns, pauses, goes on, saves, loads, and survives the loss of the GPU', async ({ page }) => {
  test.slow(); // seven tests of 2,000 digits each
  await page.addInitScript(() => {
    const { requestDevice } = GPUAdapter.prototype;
    GPUAdapter.prototype.requestDevice = async function (descriptor) {
      const device = await requestDevice.call(this, descriptor);
      Object.assign(globalThis, { loseDevice: () => device.destroy() });
      return device;
    };
  });
  await openTraining(page);
  const untrained = await filtersOf(page);
  expect(new Set(untrained).size).toBe(8);
  await train(page, 30);
  expect(Number(await page.getByTestId('loss').textContent())).toBeLessThan(1.5); // guessing: ln 10 = 2.3
  const step = await stepOf(page);
  await train(page, step + 10); // resumed, not begun anew
  const [saved] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save' }).click(),
  ]);
  expect(saved.suggestedFilename()).toMatch(/^digits-\d+-steps\.safetensors$/);
  const file = test.info().outputPath('saved.safetensors');
  await saved.saveAs(file);
  const bytes = readFileSync(file);
  const header = JSON.parse(bytes.subarray(8, 8 + Number(bytes.readBigUInt64LE())).toString());
  expect(header['0.weight']).toMatchObject({ dtype: 'F32', shape: [8, 1, 5, 5] });
  await load(page, file);
  const accuracy = await page.getByTestId('accuracy').textContent();
  const filters = await filtersOf(page);
  expect(filters).not.toEqual(untrained);

  await page.getByRole('button', { name: 'Start over' }).click();
  await expect(state(page)).toHaveAttribute('data-state', 'ready');
  expect(await filtersOf(page)).not.toEqual(filters);
  await load(page, file);
  await expect(page.getByTestId('status')).toContainText(`it reads ${accuracy} of digits`);
  expect(await filtersOf(page)).toEqual(filters);

  const truncated = test.info().outputPath('truncated.safetensors');
  writeFileSync(truncated, bytes.subarray(0, -4));
  await load(page, truncated);
  await expect(page.getByTestId('error')).toContainText('“truncated.safetensors” was not loaded');
  await expect(page.getByTestId('error')).toContainText('the file is truncated');
  expect(await filtersOf(page)).toEqual(filters);

  await page.getByTestId('run').click();
  await expect.poll(() => stepOf(page), { intervals: [200] }).toBeGreaterThanOrEqual(10);
  await page.evaluate(() => (globalThis as unknown as { loseDevice(): void }).loseDevice());
  await expect(page.getByTestId('error')).toContainText('The GPU was lost');
  await expect(page.getByTestId('error')).toContainText('The weights of step 0 are kept.');
  await page.getByRole('button', { name: 'Restart' }).click();
  await expect(state(page)).toHaveAttribute('data-state', 'paused');
  expect(await filtersOf(page)).toEqual(filters);
});

test('reads what is drawn, and goes on in a tab that nobody sees', async ({ page }) => {
  await page.addInitScript(() => {
    // as in the background: no frames, and timers once a second
    Object.defineProperty(document, 'hidden', { get: () => true });
    window.requestAnimationFrame = () => 0;
    const later = window.setTimeout.bind(window) as (handler: () => void, ms?: number) => number;
    Object.assign(window, { setTimeout: (handler: () => void, ms = 0) => later(handler, Math.max(1000, ms)) });
  });
  await openTraining(page);
  await load(page, trained);
  await expect(page.getByTestId('accuracy')).toHaveText(/^9[789]/);
  const answer = page.getByTestId('answer');
  for (const [digit, strokes] of [
    [
      '7',
      [
        [
          [0.3, 0.2],
          [0.7, 0.2],
          [0.45, 0.8],
        ],
      ],
    ],
    [
      '4',
      [
        [
          [0.55, 0.1],
          [0.25, 0.6],
          [0.8, 0.6],
        ],
        [
          [0.6, 0.35],
          [0.6, 0.9],
        ],
      ],
    ],
    [
      '1',
      [
        [
          [0.1, 0.2],
          [0.15, 0.1],
          [0.15, 0.5],
        ],
      ],
    ],
  ] as const) {
    await page.getByRole('button', { name: 'Clear' }).click();
    await expect(answer).toHaveText('–');
    for (const points of strokes) await draw(page, points);
    await expect(answer).toHaveText(digit);
  }
  await train(page, 20);
});

test('finds an unknown filter', async ({ page }) => {
  await page.goto('demo/learn/');
  for (const name of [undefined, 'Emboss']) {
    if (name) await page.getByLabel('Unknown filter', { exact: true }).selectOption({ label: name });
    await expect(page.getByTestId('status')).toContainText(`Found it: ${name?.toLowerCase() ?? 'random weights'}`);
    expect(Number(await page.getByTestId('distance').textContent())).toBeLessThan(1e-5);
    const pictures = await Promise.all(
      ['learnt', 'truth'].map((id) =>
        page.getByTestId(id).evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL()),
      ),
    );
    expect(pictures[0]).toBe(pictures[1]);
  }
});

test('without WebGPU the pages say so kindly', async ({ page }) => {
  await page.addInitScript(() => Reflect.deleteProperty(Navigator.prototype, 'gpu'));
  for (const path of ['demo/train/', 'demo/learn/']) {
    await page.goto(path);
    await expect(state(page)).toHaveAttribute('data-state', 'stopped');
    await expect(page.getByTestId('error')).toContainText('WebGPU is not available here');
    await expect(page.getByTestId('error')).toContainText('navigator.gpu is missing');
    await expect(page.getByTestId('run')).toBeDisabled();
  }
});

test.describe('on a telephone', () => {
  test.use({ viewport: { width: 390, height: 844 } });

  test('nothing is cut off', async ({ page }) => {
    for (const path of ['demo/train/', 'demo/learn/']) {
      await page.goto(path);
      await expect(state(page)).toHaveAttribute('data-state', /^(ready|busy|done)$/);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    }
  });
});
