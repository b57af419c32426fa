// The jobs of the showcase are valid problems of the sizes they claim, and their results make pictures.
import { describe, expect, it } from 'vitest';
import { conv2dProblem, convOutputShape, flopCount } from 'webgpu-conv';
import { conv2d } from 'webgpu-conv/reference';
import { fittingSize } from '../../../bench/showcase/decode.js';
import { BANK_NAMES, bankBias, bankWeights } from '../../../bench/showcase/filter-bank.js';
import { jobsFor } from '../../../bench/showcase/jobs.js';
import { contactSheet, gradientPicture } from '../../../bench/showcase/pictures.js';
import type { ConvData } from '../../../bench/support/resnet50.js';
import { layerData, RESNET50_LAYERS } from '../../../bench/support/resnet50.js';
import { seededRandom } from '../../support/random.js';

const [width, height] = [24, 16];
const random = seededRandom(5);
const data = Uint8ClampedArray.from({ length: 4 * width * height }, () => 256 * random());
const jobs = jobsFor({ width, height, data });
const job = (id: string) => jobs.find((candidate) => candidate.id === id)!;

function problemOf({ input, filter, options: { bias, ...geometry } }: ConvData) {
  const biasShape = bias === undefined ? {} : { biasShape: [bias.length] };
  return conv2dProblem({ ...geometry, ...biasShape, inputShape: input.shape, filterShape: filter.shape });
}

describe('jobsFor', () => {
  it('gives the eight convolutions, each with an id of its own that can be a file name', () => {
    const ids = jobs.map(({ id }) => id);
    expect(ids).toEqual([
      'gaussian-5',
      'gaussian-15',
      'sobel',
      'laplacian',
      'emboss',
      'bank-3x3-s2',
      'resnet50-56x56x64',
      'resnet50-14x14x256',
    ]);
    expect(ids.every((id) => /^[a-z0-9-]+$/.test(id))).toBe(true);
  });

  it.each([
    ['gaussian-5', [3, 1, height, width]],
    ['gaussian-15', [3, 1, height, width]],
    ['sobel', [3, 2, height, width]],
    ['bank-3x3-s2', [1, 16, height / 2, width / 2]],
    ['resnet50-56x56x64', [1, 64, 56, 56]],
    ['resnet50-14x14x256', [1, 256, 14, 14]],
  ])('%s has outputs of shape %j', (id, shape) => {
    expect(convOutputShape(problemOf(job(id).data))).toEqual(shape);
  });

  it.each(jobs.filter(({ picture }) => picture).map(({ id }) => id))('%s makes a picture that is not empty', (id) => {
    const { data: conv, picture } = job(id);
    const result = conv2d(conv.input, conv.filter, conv.options);
    const drawn = picture!.draw(Float32Array.from(result.data), result.shape);
    expect(drawn.data).toHaveLength(4 * drawn.width * drawn.height);
    const colours = drawn.data.filter((_, byte) => byte % 4 !== 3);
    expect(new Set(colours).size).toBeGreaterThan(20);
  });
});

describe('layerData', () => {
  const layer = RESNET50_LAYERS['resnet50-56x56x64'];

  it('is of the real size: 231 million operations', () => {
    expect(flopCount(problemOf(layerData(layer)))).toBe(2 * 56 * 56 * 64 * 64 * 9);
  });

  it('is the same every time, and another with another seed', () => {
    const small = { ...layer, size: 5, inputChannels: 4, outputChannels: 3 };
    expect(layerData(small)).toEqual(layerData(small));
    expect(layerData(small, 2).filter.data).not.toEqual(layerData(small).filter.data);
  });
});

describe('the bank', () => {
  it('has 16 filters of 3×3×3, and a name and a bias for each', () => {
    expect(bankWeights()).toHaveLength(16 * 27);
    expect(bankBias()).toHaveLength(16);
    expect(new Set(BANK_NAMES).size).toBe(16);
  });

  it('has opposite weights in opposite directions', () => {
    const weights = bankWeights();
    for (let index = 0; index < 27; index++) expect(weights[index]).toBeCloseTo(-weights[4 * 27 + index]!, 6);
  });
});

describe('pictures', () => {
  it('gradientPicture shows the length of both directions', () => {
    const values = Float32Array.from([0.3, 0.4, 0.6, 0, 0, 0.8]); // (3, 2, 1, 1)
    expect([...gradientPicture(values, 1, 1, 1).data]).toEqual([128, 153, 204, 255]);
  });

  it('contactSheet puts planes side by side, each with a white of its own, on grey', () => {
    const {
      width: sheetWidth,
      height: sheetHeight,
      data: sheet,
    } = contactSheet(Float32Array.of(0, 2, 8, 4, 0, 0), 2, 1, 2);
    expect([sheetWidth, sheetHeight]).toEqual([8, 6]);
    const grey = (x: number, y: number) => sheet[4 * (y * sheetWidth + x)];
    expect([grey(0, 0), grey(1, 0), grey(6, 0), grey(7, 0)]).toEqual([0, 255, 255, 255]);
    expect([grey(2, 0), grey(0, 1), grey(7, 5)]).toEqual([64, 64, 64]); // gaps, and no fourth plane
    expect([grey(0, 5), grey(1, 5)]).toEqual([0, 0]);
  });

  it('fittingSize keeps small pictures, and the shape of large ones', () => {
    expect(fittingSize(600, 400, 2e6)).toEqual([600, 400]);
    const [w, h] = fittingSize(6000, 4000, 2e6);
    expect(w * h).toBeLessThanOrEqual(2e6);
    expect(w / h).toBeCloseTo(1.5, 2);
    expect(fittingSize(40_000_000, 1, 2e6)[1]).toBe(1);
  });
});
