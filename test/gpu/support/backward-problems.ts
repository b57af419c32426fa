// Forward problems whose gradients have a way of going wrong: each probes what its name says. Channels first; a test chooses the layouts.
import type { ConvGeometryOptions, ConvTransposeGeometryOptions } from 'webgpu-conv';

/** A forward problem in letters: input [N, C, …], filter [K, C/G, …], transposed [C, K/G, …]. */
export interface ForwardProblem {
  readonly name: string;
  readonly operator: 'conv' | 'convTranspose';
  readonly input: readonly number[];
  readonly filter: readonly number[];
  readonly options: Omit<
    ConvGeometryOptions & ConvTransposeGeometryOptions,
    'inputLayout' | 'filterLayout' | 'activation'
  >;
}

type Row = [name: string, input: readonly number[], filter: readonly number[], options?: ForwardProblem['options']];

const CONVOLUTIONS: Row[] = [
  ['1×1 of everything', [1, 1, 1, 1], [1, 1, 1, 1]],
  ['a dense layer', [3, 4, 5, 7], [11, 4, 5, 7]],
  ['3×3, "same"', [2, 9, 13, 11], [17, 9, 3, 3], { padding: 'same' }],
  ['3×3 without padding', [1, 5, 9, 10], [6, 5, 3, 3]],
  ['1×1, 20 channels to 65', [2, 20, 5, 8], [65, 20, 1, 1]],
  ['1×1 with strides: inputs that no window meets', [2, 8, 9, 13], [18, 8, 1, 1], { strides: [2, 3] }],
  ['stride 2', [1, 5, 14, 15], [6, 5, 3, 3], { strides: 2, padding: 1 }],
  ['7×7, stride 2, 3 channels', [1, 3, 21, 19], [10, 3, 7, 7], { strides: 2, padding: 3 }],
  ['stride above the filter', [1, 3, 17, 19], [4, 3, 2, 2], { strides: 5 }],
  ['stride above the image', [2, 3, 5, 5], [4, 3, 3, 3], { strides: 9, padding: 1 }],
  ['the last inputs left over (floor)', [1, 2, 9, 10], [3, 2, 3, 3], { strides: 4 }],
  [
    'rounding "ceil": windows past the padding',
    [1, 2, 9, 10],
    [3, 2, 3, 3],
    { strides: 4, rounding: 'ceil', padding: 1 },
  ],
  ['dilation 2', [1, 5, 14, 15], [6, 5, 3, 3], { dilations: 2, padding: 2 }],
  ['dilation with strides', [2, 3, 19, 23], [7, 3, 3, 5], { dilations: [3, 2], strides: [2, 3], padding: [3, 4] }],
  ['outer taps all in the padding', [1, 3, 4, 4], [5, 3, 3, 3], { dilations: 7, padding: 7 }],
  ['outputs that see no input', [1, 3, 4, 5], [6, 3, 3, 3], { padding: 4 }],
  [
    'cropped here, padded there',
    [2, 3, 9, 20],
    [4, 3, 3, 3],
    {
      padding: [
        [-3, 2],
        [1, -4],
      ],
    },
  ],
  ['"full" with strides', [2, 3, 5, 26], [4, 3, 3, 4], { padding: 'full', strides: [2, 1] }],
  ['a constant in the padding', [1, 3, 6, 7], [5, 3, 3, 3], { padding: 1, paddingMode: 0.75 }],
  ['a flipped filter', [1, 3, 9, 20], [5, 3, 3, 4], { flipFilter: true, padding: 1 }],
  ['3 groups of other sizes in and out', [2, 9, 8, 21], [6, 3, 3, 5], { groups: 3, padding: 'same' }],
  ['groups, flipped, with strides', [1, 6, 9, 12], [4, 3, 2, 3], { groups: 2, flipFilter: true, strides: 2 }],
  ['depthwise', [2, 13, 14, 15], [13, 1, 3, 3], { groups: 13, padding: 1 }],
  ['depthwise with a multiplier', [1, 5, 9, 33], [15, 1, 5, 5], { groups: 5, padding: 2 }],
  ['depthwise, stride 2', [1, 5, 14, 22], [5, 1, 5, 5], { groups: 5, strides: 2, padding: 'same' }],
  ['depthwise, 11×9, strides 3 and 2', [1, 3, 23, 41], [3, 1, 11, 9], { groups: 3, strides: [3, 2], padding: 4 }],
  ['9×9 taps of one channel', [1, 1, 30, 40], [1, 1, 9, 9], { padding: 4 }],
  ['a sum over 300 filters', [1, 7, 3, 3], [300, 7, 3, 3], { padding: 1 }],
  ['a sequence', [2, 5, 31], [7, 5, 4], { strides: 3, padding: [[2, 1]] }],
  ['a volume', [1, 3, 5, 6, 7], [4, 3, 2, 3, 3], { strides: [1, 2, 1], padding: 1 }],
];

const PADDED: Row[] = [
  ['reflect', [2, 3, 7, 9], [4, 3, 3, 5], { padding: [1, 2], paddingMode: 'reflect' }],
  [
    'reflect as far as it reaches',
    [1, 2, 4, 5],
    [3, 2, 5, 3],
    {
      padding: [
        [3, 3],
        [4, 4],
      ],
      paddingMode: 'reflect',
    },
  ],
  ['reflect of two elements', [1, 2, 2, 6], [3, 2, 3, 3], { padding: 1, paddingMode: 'reflect' }],
  [
    'reflect with strides and dilations',
    [1, 3, 11, 12],
    [4, 3, 3, 3],
    { padding: 3, paddingMode: 'reflect', strides: 2, dilations: 2 },
  ],
  ['symmetric', [2, 3, 7, 9], [4, 3, 3, 5], { padding: [1, 2], paddingMode: 'symmetric' }],
  [
    'symmetric, several times around',
    [1, 2, 2, 3],
    [3, 2, 3, 3],
    {
      padding: [
        [5, 7],
        [8, 4],
      ],
      paddingMode: 'symmetric',
    },
  ],
  ['replicate', [2, 3, 7, 9], [4, 3, 3, 5], { padding: [3, 4], paddingMode: 'replicate' }],
  ['replicate of one element', [1, 2, 1, 6], [3, 2, 3, 3], { padding: 2, paddingMode: 'replicate' }],
  [
    'replicate, cropped at the beginning',
    [1, 2, 8, 9],
    [3, 2, 3, 3],
    {
      padding: [
        [-2, 3],
        [2, -3],
      ],
      paddingMode: 'replicate',
    },
  ],
  ['circular', [2, 3, 7, 9], [4, 3, 3, 5], { padding: [1, 2], paddingMode: 'circular' }],
  [
    'circular, several times around',
    [1, 2, 2, 3],
    [3, 2, 3, 3],
    {
      padding: [
        [5, 7],
        [8, 4],
      ],
      paddingMode: 'circular',
    },
  ],
  [
    'circular with rounding "ceil"',
    [1, 2, 9, 10],
    [3, 2, 3, 3],
    { strides: 4, rounding: 'ceil', padding: 1, paddingMode: 'circular' },
  ],
  ['circular along one axis alone', [1, 2, 9, 10], [3, 2, 1, 3], { padding: [0, 1], paddingMode: 'circular' }],
  ['depthwise, reflect', [1, 5, 9, 11], [5, 1, 3, 3], { groups: 5, padding: 1, paddingMode: 'reflect' }],
  ['3×3 of many channels, reflect', [1, 24, 10, 11], [20, 24, 3, 3], { padding: 1, paddingMode: 'reflect' }],
  ['a padding mode that meets no padding', [1, 2, 9, 10], [3, 2, 3, 3], { paddingMode: 'replicate' }],
  ['a circular sequence', [2, 5, 31], [7, 5, 4], { strides: 3, padding: [[2, 1]], paddingMode: 'circular' }],
  ['a reflected volume', [1, 2, 4, 5, 6], [3, 2, 3, 3, 2], { padding: [1, 2, 1], paddingMode: 'reflect' }],
];

const TRANSPOSED: Row[] = [
  ['transposed', [2, 5, 6, 7], [5, 4, 3, 3], { padding: 1 }],
  ['transposed, stride 2', [1, 6, 7, 5], [6, 9, 4, 4], { strides: 2, padding: 1 }],
  ['transposed, outputs that no input meets', [1, 3, 5, 6], [3, 4, 2, 2], { strides: 3, outputPadding: [2, 1] }],
  [
    'transposed, cropped by an output shape',
    [1, 3, 5, 6],
    [3, 4, 3, 3],
    {
      strides: 2,
      padding: [
        [1, 0],
        [0, 2],
      ],
      outputShape: [11, 11],
    },
  ],
  [
    'transposed, groups, dilated, flipped',
    [2, 6, 7, 5],
    [6, 2, 3, 3],
    { groups: 3, dilations: 2, strides: 3, flipFilter: true },
  ],
  ['transposed, depthwise', [1, 5, 8, 9], [5, 1, 3, 3], { groups: 5, strides: 2, padding: 1 }],
  ['a transposed sequence', [2, 5, 11], [5, 3, 4], { strides: 2 }],
  ['a transposed volume', [1, 3, 4, 3, 5], [3, 2, 2, 3, 3], { strides: [2, 1, 2] }],
];

const problemOf =
  (operator: ForwardProblem['operator']) =>
  ([name, input, filter, options = {}]: Row): ForwardProblem => ({ name, operator, input, filter, options });

/** Convolutions with zeros or a constant in the padding, and transposed ones. */
export const PLAIN_PROBLEMS: readonly ForwardProblem[] = [
  ...CONVOLUTIONS.map(problemOf('conv')),
  ...TRANSPOSED.map(problemOf('convTranspose')),
];

/** Convolutions whose padding holds values of the input. */
export const PADDED_PROBLEMS: readonly ForwardProblem[] = PADDED.map(problemOf('conv'));
