// The filters on offer, and what each asks of the engine: a filter tensor, and how its result is to be looked at.
// A filter with one input channel goes over the colour planes one by one, which ride in the batch dimension; one with
// three mixes them.
import type { Shape } from 'webgpu-conv';
import { box, emboss, gaussian, laplacian, type PictureFilter, sharpen, sobelX, sobelY } from 'webgpu-conv/image';
import { greyscale, hueRotation, sepia } from './colours.js';

/** One convolution of a picture. */
export interface Job {
  /** Name and setting, in words. */
  readonly name: string;
  readonly weights: Float32Array;
  /** (K, C, R, S), where C is 1 or 3. */
  readonly filterShape: Shape;
  /** Whether the two outputs of each colour are the sides of a right triangle, of which the third is shown. */
  readonly isMagnitude: boolean;
}

/** What a slider sets. */
export interface Setting {
  readonly label: string;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly initial: number;
  text(value: number): string;
}

export interface FilterChoice {
  readonly id: string;
  readonly group: string;
  readonly name: string;
  readonly hint: string;
  readonly setting?: Setting;
  /** The job at a setting; undefined for the filter that the visitor types in. */
  readonly job?: (setting: number) => Job;
}

/** A filter that goes over each colour plane. */
export function planeJob(name: string, { size: [rows, columns], weights }: PictureFilter): Job {
  return { name, weights, filterShape: [1, 1, rows, columns], isMagnitude: false };
}

function colourJob(name: string, weights: Float32Array): Job {
  return { name, weights, filterShape: [3, 3, 1, 1], isMagnitude: false };
}

const square = (size: number) => `${size} × ${size}`;
const degrees = (angle: number) => `${angle}°`;
const blurSize: Setting = { label: 'Size', min: 3, max: 31, step: 2, initial: 9, text: square };

export const FILTERS: readonly FilterChoice[] = [
  {
    id: 'gaussian',
    group: 'Blur',
    name: 'Gaussian blur',
    hint: 'Mean by a bell curve; beyond the edge is black.',
    setting: blurSize,
    job: (size) => planeJob(`Gaussian blur, ${square(size)}`, gaussian(size)),
  },
  {
    id: 'box',
    group: 'Blur',
    name: 'Box blur',
    hint: 'Plain mean; beyond the edge is black.',
    setting: blurSize,
    job: (size) => planeJob(`box blur, ${square(size)}`, box(size)),
  },
  {
    id: 'sharpen',
    group: 'Detail',
    name: 'Sharpen',
    hint: 'Sets every pixel off against its four neighbours.',
    job: () => planeJob('sharpen', sharpen),
  },
  {
    id: 'emboss',
    group: 'Detail',
    name: 'Emboss',
    hint: 'The picture as a relief, lit from one corner.',
    job: () => planeJob('emboss', emboss),
  },
  {
    id: 'sobel',
    group: 'Edges',
    name: 'Sobel edges',
    hint: 'Steepness across and down together, from two filters at once.',
    job: () => ({
      name: 'Sobel edges',
      weights: Float32Array.of(...sobelX.weights, ...sobelY.weights),
      filterShape: [2, 1, ...sobelX.size],
      isMagnitude: true,
    }),
  },
  {
    id: 'laplacian',
    group: 'Edges',
    name: 'Laplacian',
    hint: 'How far a pixel stands out from its eight neighbours.',
    job: () => planeJob('Laplacian', laplacian),
  },
  {
    id: 'sepia',
    group: 'Colour',
    name: 'Sepia',
    hint: 'A 1 × 1 convolution from three colours to three.',
    job: () => colourJob('sepia', sepia),
  },
  {
    id: 'hue',
    group: 'Colour',
    name: 'Hue rotation',
    hint: 'A 1 × 1 convolution that turns all colours about the grey axis.',
    setting: { label: 'Angle', min: 0, max: 360, step: 5, initial: 120, text: degrees },
    job: (angle) => colourJob(`hue rotation, ${degrees(angle)}`, hueRotation(angle)),
  },
  {
    id: 'greyscale',
    group: 'Colour',
    name: 'Greyscale',
    hint: 'A 1 × 1 convolution that weighs the colours as the eye does.',
    job: () => colourJob('greyscale', greyscale),
  },
  {
    id: 'own',
    group: 'Your own',
    name: 'Your own filter',
    hint: 'Type the weights: numbers such as 2 or −0.5, or fractions such as 1/9.',
  },
];
