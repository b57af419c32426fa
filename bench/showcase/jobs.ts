// The convolutions of the showcase: filters on a picture, whose colour planes ride in the batch dimension, a bank of
// filters with a stride, and two layers of ResNet-50.
import {
  emboss,
  gaussian,
  laplacian,
  type PictureFilter,
  type Pixels,
  pixelsOf,
  planesOf,
  sobelX,
  sobelY,
} from 'webgpu-conv/image';
import type { Shape } from 'webgpu-conv/reference';
import { type ConvData, layerData, RESNET50_LAYERS } from '../support/resnet50.js';
import { BANK_NAMES, bankBias, bankWeights } from './filter-bank.js';
import { contactSheet, gradientPicture } from './pictures.js';

/** A convolution to run, and how to show its result. */
export interface Job {
  readonly id: string;
  readonly title: string;
  readonly data: ConvData;
  /** Absent where the result is no picture. */
  readonly picture?: {
    readonly caption: string;
    draw(values: Float32Array, shape: Shape): Pixels;
  };
}

type Planes = ConvData['input'];

/** The result as it stands, as a picture. */
const asItStands = (values: Float32Array, shape: Shape) => pixelsOf(values, shape[3]!, shape[2]!);

/** Filters on each colour plane alone. */
function onPlanes(input: Planes, filters: readonly PictureFilter[]): ConvData {
  const [rows, columns] = filters[0]!.size;
  return {
    input,
    filter: {
      data: Float32Array.from(filters.flatMap(({ weights }) => [...weights])),
      shape: [filters.length, 1, rows, columns],
    },
    options: { padding: 'same' },
  };
}

/** All jobs, in the order they run and are shown in. */
export function jobsFor(pixels: Pixels): Job[] {
  const { width, height } = pixels;
  const data = planesOf(pixels);
  const planes: Planes = { data, shape: [3, 1, height, width] };
  const colours: Planes = { data, shape: [1, 3, height, width] };
  return [
    {
      id: 'gaussian-5',
      title: 'Gaussian blur 5×5',
      data: onPlanes(planes, [gaussian(5)]),
      picture: { caption: 'Noise and fine texture are gone.', draw: asItStands },
    },
    {
      id: 'gaussian-15',
      title: 'Gaussian blur 15×15',
      data: onPlanes(planes, [gaussian(15)]),
      picture: {
        caption: '225 products for every value: the most arithmetic of the picture filters.',
        draw: asItStands,
      },
    },
    {
      id: 'sobel',
      title: 'Sobel edges 3×3',
      data: onPlanes(planes, [sobelX, sobelY]),
      picture: {
        caption: 'Two filters, across and down; shown is the length of the gradient in each colour.',
        draw: (values, shape) => gradientPicture(values, shape[3]!, shape[2]!),
      },
    },
    {
      id: 'laplacian',
      title: 'Laplacian 3×3',
      data: onPlanes(planes, [laplacian]),
      picture: { caption: 'Bright where a pixel stands out from its eight neighbours.', draw: asItStands },
    },
    {
      id: 'emboss',
      title: 'Emboss 3×3',
      data: onPlanes(planes, [emboss]),
      picture: { caption: 'A relief, lit from the top left.', draw: asItStands },
    },
    {
      id: 'bank-3x3-s2',
      title: 'Bank of 16 filters 3×3, stride 2',
      data: {
        input: colours,
        filter: { data: bankWeights(), shape: [16, 3, 3, 3] },
        options: { strides: 2, padding: 1, activation: 'relu', bias: bankBias() },
      },
      picture: {
        caption: `From three colours to 16 channels at half the size: ${BANK_NAMES.join(', ')}.`,
        draw: (values, shape) => contactSheet(values, shape[3]!, shape[2]!, 4),
      },
    },
    {
      id: 'resnet50-56x56x64',
      title: 'ResNet-50 layer 56×56, 64 → 64',
      data: layerData(RESNET50_LAYERS['resnet50-56x56x64']),
    },
    {
      id: 'resnet50-14x14x256',
      title: 'ResNet-50 layer 14×14, 256 → 256',
      data: layerData(RESNET50_LAYERS['resnet50-14x14x256']),
    },
  ];
}
