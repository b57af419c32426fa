// Convolution layers of ResNet-50 (K. He, X. Zhang, S. Ren, J. Sun, Deep Residual Learning for Image Recognition, 2016,
// table 1) for one picture of 224×224, with seeded data of their real size. What the numbers are does not change how
// long a layer takes, so nothing is downloaded.
import type { ConvGeometryOptions, Shape } from 'webgpu-conv/reference';
import { randomValues, seededRandom } from '../../test/support/random.js';

/** A layer with square maps and a square filter. */
export interface Layer {
  readonly id: string;
  readonly size: number;
  readonly inputChannels: number;
  readonly outputChannels: number;
  readonly filterSize: number;
  readonly stride: number;
}

/** A convolution with its data on the CPU. */
export interface ConvData {
  readonly input: { readonly data: Float32Array; readonly shape: Shape };
  readonly filter: { readonly data: Float32Array; readonly shape: Shape };
  readonly options: ConvGeometryOptions<2> & { readonly bias?: Float32Array };
}

export const RESNET50_LAYERS = {
  'resnet50-56x56x64': {
    id: 'resnet50-56x56x64',
    size: 56,
    inputChannels: 64,
    outputChannels: 64,
    filterSize: 3,
    stride: 1,
  },
  'resnet50-14x14x256': {
    id: 'resnet50-14x14x256',
    size: 14,
    inputChannels: 256,
    outputChannels: 256,
    filterSize: 3,
    stride: 1,
  },
} as const satisfies Record<string, Layer>;

/**
 * Data of a layer: inputs as after a relu (a half of them 0), weights of the variance that such networks are initialised
 * with (2 / fan-in), a small bias, and a relu behind.
 */
export function layerData(layer: Layer, seed = 1): ConvData {
  const { size, inputChannels, outputChannels, filterSize, stride } = layer;
  const random = seededRandom(seed);
  const fanIn = inputChannels * filterSize ** 2;
  const scale = Math.sqrt(6 / fanIn); // a uniform value in [−a, a) has variance a² / 3
  return {
    input: {
      data: Float32Array.from({ length: inputChannels * size ** 2 }, () => Math.max(0, 2 * random() - 1)),
      shape: [1, inputChannels, size, size],
    },
    filter: {
      data: randomValues(outputChannels * fanIn, seed + 1).map((value) => value * scale),
      shape: [outputChannels, inputChannels, filterSize, filterSize],
    },
    options: {
      strides: stride,
      padding: (filterSize - 1) / 2,
      activation: 'relu',
      bias: randomValues(outputChannels, seed + 2).map((value) => value / 10),
    },
  };
}
