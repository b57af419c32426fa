import { describe, expect, it } from 'vitest';
import { box, emboss, gaussian, laplacian, pixelsOf, planesOf, sharpen, sobelX, sobelY } from 'webgpu-conv/image';

const sum = (values: ArrayLike<number>) => Array.from(values).reduce((total, value) => total + value, 0);

describe('named filters', () => {
  it.each([1, 3, 5, 15, 31])('gaussian(%i) sums to 1, is symmetric and highest in the middle', (size) => {
    const { weights, size: shape } = gaussian(size);
    expect(shape).toEqual([size, size]);
    expect(sum(weights)).toBeCloseTo(1, 6);
    expect(weights).toEqual(weights.slice().reverse());
    expect(Math.max(...weights)).toBe(weights[(size * size - 1) / 2]);
  });

  it('gaussian has the ratio of neighbours that its definition says', () => {
    const { weights } = gaussian(5, 1.25);
    expect(weights[13]! / weights[12]!).toBeCloseTo(Math.exp(-1 / (2 * 1.25 ** 2)), 6);
  });

  it.each([
    ['derivatives and Laplacian sum to 0', [sobelX, sobelY, laplacian], 0],
    ['sharpen, emboss and box keep the brightness', [sharpen, emboss, box(4)], 1],
  ] as const)('%s', (_, filters, total) => {
    for (const { weights } of filters) expect(sum(weights)).toBeCloseTo(total, 6);
  });

  it('refuse sizes and widths that mean nothing', () => {
    expect(() => gaussian(4)).toThrow('gaussian: size is 4, but must be odd to have a middle.');
    expect(() => gaussian(0)).toThrow('gaussian: size is 0, but must be an integer of at least 1.');
    expect(() => gaussian(3, 0)).toThrow('gaussian: sigma is 0, but must lie between 0.001 and 1,000,000 pixels.');
    expect(() => gaussian(3, Number.NaN)).toThrow('gaussian: sigma is NaN');
    expect(() => gaussian(3, 1e-200)).toThrow('gaussian: sigma is 1e-200');
    expect(() => box(1.5)).toThrow('box: size is 1.5, but must be an integer of at least 1.');
  });
});

describe('pixels', () => {
  const pixels = { width: 2, height: 1, data: Uint8ClampedArray.from([255, 0, 51, 9, 0, 102, 255, 255]) };

  it('become planes in [0, 1], and come back opaque', () => {
    const planes = planesOf(pixels);
    expect([...planes]).toEqual([1, 0, 0, 102 / 255, 51 / 255, 1].map(Math.fround));
    expect([...pixelsOf(planes, 2, 1).data]).toEqual([255, 0, 51, 255, 0, 102, 255, 255]);
  });

  it('clamp and round what they show, and can be shifted', () => {
    expect([...pixelsOf([-1, 2, 0.5], 1, 1).data]).toEqual([0, 255, 128, 255]);
    expect([...pixelsOf([-0.5, 0, 0.5], 1, 1, 0.5).data]).toEqual([0, 128, 255, 255]);
  });

  it('refuse what is none', () => {
    expect(() => planesOf(undefined as never)).toThrow(
      'planesOf: pixels must be { width, height, data }, got undefined.',
    );
  });

  it('refuse sizes that do not agree', () => {
    expect(() => planesOf({ ...pixels, height: 2 })).toThrow('planesOf: 2×2 pixels need 16 bytes (RGBA), got 8.');
    expect(() => pixelsOf([1, 2], 1, 1)).toThrow('pixelsOf: 1×1 needs 3 values, got 2.');
  });
});
