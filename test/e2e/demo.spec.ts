/// <reference lib="dom" />
/// <reference types="@webgpu/types" />
// The demo page, from a visitor's side: pictures in, filters over them, pixels out.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from './demo-page.js';
import { box, differences, expectedPixels, gaussian } from './expected.js';

const chelsea = fileURLToPath(new URL('../../demo/pictures/chelsea.png', import.meta.url));
const [chelseaWidth, chelseaHeight] = [451, 300];

test('filters an uploaded picture as the CPU reference does, to the pixel', async ({ demo, page }) => {
  await demo.open();
  await page.locator('#file').setInputFiles(chelsea);
  await demo.showsPicture(chelseaWidth, chelseaHeight);
  await demo.chooseFilter('Gaussian blur');
  await demo.setSlider(5);
  expect(await demo.caption()).toBe('Gaussian blur, 5 × 5');

  const before = await demo.pixels('before');
  const after = await demo.pixels('after');
  const count = 4 * chelseaWidth * chelseaHeight;
  expect(after.data).toHaveLength(count);
  expect(differences(after, expectedPixels(before, gaussian(5)), 1)).toBe(0);
  // and a wrong picture would have been noticed: a filter much like it, and no filter at all
  expect(differences(after, expectedPixels(before, box(5)), 1)).toBeGreaterThan(count / 100);
  expect(differences(after, before, 1)).toBeGreaterThan(count / 100);
});

test('takes a dropped picture, and refuses what is none', async ({ demo, page }) => {
  await demo.open();
  await demo.drop('chelsea.png', 'image/png', readFileSync(chelsea));
  await demo.showsPicture(chelseaWidth, chelseaHeight);
  const before = await demo.pixels('before');

  await demo.drop('notes.png', 'image/png', Buffer.from('no picture at all'));
  await expect(page.getByTestId('error')).toContainText('“notes.png” cannot be read as a picture');
  expect(differences(await demo.pixels('before'), before, 0)).toBe(0);
  expect(await demo.caption()).not.toBe('');

  await demo.chooseFilter('Sharpen'); // the picture that stayed can still be worked on
  expect(differences(await demo.pixels('before'), before, 0)).toBe(0);
});

test('every filter runs, changes the picture and agrees with the CPU reference', async ({ demo, page }) => {
  await demo.open();
  await page.getByRole('button', { name: 'Chelsea the cat' }).click();
  await demo.showsPicture(chelseaWidth, chelseaHeight);
  const before = await demo.pixels('before');
  const names = await page.locator('#filter option').allTextContents();
  expect(names.length).toBeGreaterThanOrEqual(10);
  for (const name of names) {
    await test.step(name, async () => {
      await demo.chooseFilter(name);
      const after = await demo.pixels('after');
      const [red, green, blue] = after.data;
      const blank = { ...after, data: after.data.map((_, index) => [red!, green!, blue!, 255][index % 4]!) };
      expect(differences(after, before, 1), 'same as before').toBeGreaterThan(after.data.length / 100);
      expect(differences(after, blank, 1), 'blank').toBeGreaterThan(after.data.length / 100);
      await page.getByRole('button', { name: 'Compare with the CPU reference' }).click();
      await expect(page.getByTestId('comparison')).toHaveAttribute('data-verdict', 'ok');
    });
  }
});

test('compares with the CPU reference, and forgets the verdict with the result', async ({ demo, page }) => {
  await demo.open();
  const comparison = page.getByTestId('comparison');
  const texts = await page.locator('#compare').evaluate((button) => {
    const pressed = () => {
      (button as HTMLButtonElement).click(); // in one task: no verdict can come in between
      return button.textContent;
    };
    return [pressed(), pressed()];
  });
  expect(texts).toEqual(['Stop comparing', 'Compare with the CPU reference']);
  await expect(comparison).toBeEmpty();
  await page.getByRole('button', { name: 'Compare with the CPU reference' }).click();
  await expect(comparison).toContainText('OK: of 720,000 values');
  await demo.chooseFilter('Sepia');
  await expect(comparison).toBeEmpty();
});

test('of many settings in quick succession, shows the last', async ({ demo, page }) => {
  await demo.open();
  await page.locator('#slider').evaluate((slider) => {
    for (const size of ['15', '31', '3', '7']) {
      (slider as HTMLInputElement).value = size;
      slider.dispatchEvent(new Event('input', { bubbles: true }));
    }
  });
  await demo.done();
  expect(await demo.caption()).toBe('Gaussian blur, 7 × 7');
  const expected = expectedPixels(await demo.pixels('before'), gaussian(7));
  expect(differences(await demo.pixels('after'), expected, 1)).toBe(0);
});

test("the visitor's own filter: runs what is typed, says what is no number, loses nothing", async ({ demo, page }) => {
  await demo.open();
  await demo.chooseFilter('Your own filter');
  const cell = (row: number, column: number) => page.getByLabel(`Row ${row}, column ${column}`, { exact: true });
  const weights = ['0', '1/4', '0', '−.5', '1', '0,5', '0', '-1/4', '0'];
  for (const [index, text] of weights.entries()) await cell(Math.floor(index / 3) + 1, (index % 3) + 1).fill(text);
  await demo.done();
  const expected = expectedPixels(await demo.pixels('before'), {
    size: [3, 3],
    weights: Float32Array.of(0, 0.25, 0, -0.5, 1, 0.5, 0, -0.25, 0),
  });
  expect(differences(await demo.pixels('after'), expected, 1)).toBe(0);

  await cell(1, 2).fill('much');
  await expect(page.locator('#own-error')).toContainText('Row 1, column 2 has “much”, which is no number');
  await expect(cell(1, 2)).toHaveAttribute('aria-invalid', 'true');
  await demo.settled();
  expect(differences(await demo.pixels('after'), expected, 1)).toBe(0);

  await page.getByRole('radio', { name: '5 × 5' }).check(); // the 3 × 3 texts are its middle
  await expect(cell(2, 3)).toHaveValue('much');
  await expect(page.locator('#own-error')).toContainText('Row 2, column 3');
  await page.getByRole('radio', { name: '3 × 3' }).check();
  await demo.chooseFilter('Sharpen');
  await page.getByLabel('Filter', { exact: true }).selectOption({ label: 'Your own filter' });
  await expect(cell(1, 2)).toHaveValue('much');
  await page.getByRole('button', { name: 'Chelsea the cat' }).click(); // nothing is shown that is not of this picture
  await expect(page.getByTestId('status')).toContainText('Waiting');
  await expect(page.getByTestId('after-caption')).toBeEmpty();
  await page.getByRole('button', { name: 'A cup of coffee' }).click();
  await expect(page.getByTestId('before')).toHaveAttribute('width', '600');
  await cell(1, 2).fill('1/4');
  await expect(page.locator('#own-error')).toBeEmpty();
  await demo.done();
  expect(differences(await demo.pixels('after'), expected, 1)).toBe(0);
});

test('scales a very large picture down, and says so', async ({ demo, page }) => {
  await demo.open();
  await demo.chooseFilter('Sepia'); // the least work
  const large = await page.evaluate(async () => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 2500, height: 2000 });
    const context = canvas.getContext('2d')!;
    context.fillStyle = 'teal';
    context.fillRect(0, 0, 2500, 1000);
    return canvas.toDataURL().split(',')[1]!;
  });
  await demo.drop('large.png', 'image/png', Buffer.from(large, 'base64'));
  await expect(page.locator('#before-caption')).toHaveText('2236 × 1788, scaled down from 2500 × 2000');
  await demo.showsPicture(2236, 1788);
  await page.setViewportSize({ width: 360, height: 800 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360); // the long caption wraps
});

test('saves the result as a PNG file', async ({ demo, page }) => {
  await demo.open();
  const [saved] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download as PNG' }).click(),
  ]);
  expect(saved.suggestedFilename()).toBe('coffee-gaussian-blur-9x9.png');
  const file = readFileSync(await saved.path());
  expect(file.subarray(1, 4).toString('latin1')).toBe('PNG');
  expect([file.readUInt32BE(16), file.readUInt32BE(20)]).toEqual([600, 400]); // width and height of its header
});

test('without WebGPU it says so kindly', async ({ demo, page }) => {
  await page.addInitScript(() => Reflect.deleteProperty(Navigator.prototype, 'gpu'));
  await page.goto('demo/');
  await demo.settled();
  const error = page.getByTestId('error');
  await expect(error).toContainText('WebGPU is not available here');
  await expect(error).toContainText('navigator.gpu is missing');
  await expect(error).toContainText('Use a current Chrome');
  await expect(page.getByLabel('Filter', { exact: true })).toBeDisabled();
  await expect(page.locator('#file')).toBeDisabled();
  await expect(page.getByRole('button', { name: 'Download as PNG' })).toBeDisabled();
  await expect(page.getByTestId('before')).toBeVisible();
});

test('starts anew after the GPU was lost, also in the middle of a run', async ({ demo, page }) => {
  await page.addInitScript(() => {
    const { requestDevice } = GPUAdapter.prototype;
    GPUAdapter.prototype.requestDevice = async function (descriptor) {
      const device = await requestDevice.call(this, descriptor);
      Object.assign(globalThis, { loseDevice: () => device.destroy() });
      return device;
    };
  });
  await demo.open();
  const after = await demo.pixels('after');
  await page.evaluate(() => {
    const slider = document.querySelector<HTMLInputElement>('#slider')!;
    slider.value = '11';
    slider.dispatchEvent(new Event('input', { bubbles: true }));
    (globalThis as unknown as { loseDevice(): void }).loseDevice();
  });
  await expect(page.getByTestId('error')).toContainText('The GPU was lost');
  await expect(page.getByLabel('Filter', { exact: true })).toBeDisabled();
  await page.getByRole('button', { name: 'Restart' }).click();
  await demo.done();
  expect(await demo.caption()).toBe('Gaussian blur, 11 × 11');
  await demo.setSlider(9);
  expect(differences(await demo.pixels('after'), after, 0)).toBe(0);
});

test.describe('on a telephone', () => {
  test.use({ viewport: { width: 390, height: 844 } });

  test('nothing is cut off, and nothing moves when results arrive', async ({ demo, page }) => {
    const boxes = () =>
      page.evaluate(() =>
        ['before', 'after', 'status', 'timing', 'compare', 'comparison'].map((id) => {
          const { x, y, width, height } = document.getElementById(id)!.getBoundingClientRect();
          return [x + scrollX, y + scrollY, width, height];
        }),
      );
    await page.goto('demo/');
    const empty = await boxes();
    await demo.done();
    await expect(page.getByTestId('after-caption')).not.toBeEmpty();
    expect(await boxes()).toEqual(empty);
    await demo.setSlider(5);
    expect(await boxes()).toEqual(empty);
    await page.getByRole('button', { name: 'Compare with the CPU reference' }).click();
    await expect(page.getByTestId('comparison')).toContainText('OK');
    expect(await boxes()).toEqual(empty);
    await demo.chooseFilter('Your own filter'); // the widest controls
    await page.getByRole('radio', { name: '5 × 5' }).check();
    await demo.done();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  });
});
