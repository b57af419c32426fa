// Problems that have tripped convolutions before: each probes what its name says. Sizes are ugly on purpose.
import type { ConvGeometryOptions } from 'webgpu-conv';

/** A problem in letters: N images of C×H×W, K filters of R×S; layouts are chosen by the test. */
export interface UglyProblem {
  readonly name: string;
  /** [N, C, H, W] */
  readonly input: readonly [number, number, number, number];
  /** [K, R, S] */
  readonly filter: readonly [number, number, number];
  readonly options?: Omit<ConvGeometryOptions<2>, 'inputLayout' | 'filterLayout'>;
  readonly bias?: boolean;
  readonly workspaceLimitBytes?: number;
}

type Row = [
  name: string,
  input: UglyProblem['input'],
  filter: UglyProblem['filter'],
  options?: UglyProblem['options'] & { bias?: boolean; workspaceLimitBytes?: number },
];

const ROWS: Row[] = [
  // images and filters of the smallest sizes
  ['1×1 image, 1×1 filter, one of everything', [1, 1, 1, 1], [1, 1, 1]],
  ['1×1 image, padded 3×3 filter: only the middle tap counts', [1, 3, 1, 1], [2, 3, 3], { padding: 1 }],
  ['1×1 image, many channels: a dot product', [1, 67, 1, 1], [5, 1, 1]],
  ['1×1 image, a batch', [9, 5, 1, 1], [7, 1, 1]],
  ['one row', [1, 3, 1, 29], [4, 1, 5], { padding: [0, 2] }],
  ['one column', [1, 3, 29, 1], [4, 5, 1], { padding: [2, 0] }],
  ['filter as large as the image: a dense layer', [3, 4, 5, 7], [11, 5, 7]],
  ['filter larger than the image, with padding', [1, 2, 3, 4], [3, 7, 9], { padding: [3, 4] }],
  ['filter larger than the image, "same"', [2, 2, 2, 3], [3, 5, 7], { padding: 'same' }],
  ['output of one value per filter', [1, 3, 4, 4], [6, 4, 4]],
  // ugly sizes
  ['27×37, 23 channels, 3×3', [1, 23, 27, 37], [17, 3, 3], { padding: 1 }],
  ['27×37, 23 channels, 5×3', [1, 23, 27, 37], [9, 5, 3]],
  ['13×11, 31 channels to 33', [1, 31, 13, 11], [33, 3, 3], { padding: 'same' }],
  ['primes throughout', [3, 7, 13, 17], [19, 5, 3], { padding: [2, 1] }],
  ['a width of 1 in the output', [1, 4, 9, 3], [5, 3, 3]],
  ['a height of 1 in the output', [1, 4, 3, 9], [5, 3, 3]],
  // numbers of filters around tiles of 4, 8, 16, 64
  ...[1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 63, 64, 65].map(
    (k): Row => [`${k} filters`, [1, 3, 6, 7], [k, 3, 3], { padding: 1, bias: true }],
  ),
  // numbers of positions around tiles of 4, 8, 16, 64
  ...[2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 63, 64, 65].map((w): Row => [`${w} positions`, [1, 2, 1, w], [5, 1, 1]]),
  // depths around the step of 16
  ...[1, 15, 16, 17, 31, 33].map((c): Row => [`depth ${c}`, [1, c, 3, 5], [10, 1, 1]]),
  // strides
  ['stride 2', [1, 5, 14, 15], [6, 3, 3], { strides: 2 }],
  ['stride 2, "same"', [1, 5, 14, 15], [6, 3, 3], { strides: 2, padding: 'same' }],
  ['stride 2, "same-lower"', [1, 5, 14, 15], [6, 3, 3], { strides: 2, padding: 'same-lower' }],
  ['strides of 1 and 3', [1, 5, 14, 15], [6, 3, 3], { strides: [1, 3] }],
  ['stride above the filter: input is skipped', [1, 3, 17, 19], [4, 2, 2], { strides: 5 }],
  ['stride above the image', [2, 3, 5, 5], [4, 3, 3], { strides: 9, padding: 1 }],
  ['a filter that does not fit the stride (floor)', [1, 1, 7, 7], [2, 3, 3], { strides: 3 }],
  // dilations
  ['dilation 2', [1, 5, 14, 15], [6, 3, 3], { dilations: 2, padding: 2 }],
  ['dilations of 1 and 4', [1, 5, 14, 15], [6, 3, 3], { dilations: [1, 4] }],
  [
    'dilation with stride and padding',
    [2, 3, 19, 23],
    [7, 3, 5],
    { dilations: [3, 2], strides: [2, 3], padding: [3, 4] },
  ],
  ['dilation whose outer taps all lie in the padding', [1, 3, 4, 4], [5, 3, 3], { dilations: 7, padding: 7 }],
  // padding
  ['padding wider than the filter: outputs that see no input', [1, 3, 4, 5], [6, 3, 3], { padding: 4 }],
  [
    'asymmetric padding',
    [1, 3, 6, 7],
    [4, 3, 3],
    {
      padding: [
        [0, 2],
        [3, 1],
      ],
    },
  ],
  [
    'padding of one side only',
    [1, 3, 6, 7],
    [4, 3, 3],
    {
      padding: [
        [0, 0],
        [0, 5],
      ],
    },
  ],
  ['"same" with an even filter', [1, 3, 6, 7], [4, 4, 2], { padding: 'same' }],
  ['"same-lower" with an even filter', [1, 3, 6, 7], [4, 4, 2], { padding: 'same-lower' }],
  ['"full": wherever filter and input overlap', [1, 3, 5, 6], [4, 3, 4], { padding: 'full' }],
  ['"full" with strides', [2, 3, 5, 26], [4, 3, 4], { padding: 'full', strides: [2, 1] }],
  ['cropping on all sides', [1, 3, 9, 30], [4, 3, 3], { padding: -2 }],
  [
    'cropping here, padding there',
    [2, 3, 9, 30],
    [4, 3, 3],
    {
      padding: [
        [-3, 2],
        [1, -4],
      ],
    },
  ],
  [
    'cropping with strides and dilations',
    [1, 2, 21, 23],
    [5, 3, 2],
    {
      padding: [
        [-1, -2],
        [-3, 0],
      ],
      strides: 2,
      dilations: 3,
    },
  ],
  // true convolution
  ['a flipped filter', [1, 3, 9, 30], [5, 3, 4], { flipFilter: true, padding: 1, bias: true }],
  ['a flipped filter, "full"', [2, 3, 5, 6], [4, 4, 3], { flipFilter: true, padding: 'full' }],
  ['a flipped filter in groups, with strides', [1, 6, 9, 12], [4, 2, 3], { flipFilter: true, groups: 2, strides: 2 }],
  ['a flipped filter, depthwise', [1, 5, 9, 20], [5, 3, 5], { flipFilter: true, groups: 5, padding: 'same' }],
  // batches: positions of several images in one tile
  ['batch 2 of 3×3 outputs', [2, 3, 5, 5], [4, 3, 3]],
  ['batch 7 of 1×3 outputs', [7, 3, 3, 5], [9, 3, 3]],
  ['batch 33 of single outputs', [33, 2, 3, 3], [5, 3, 3]],
  ['colour planes in the batch', [3, 1, 21, 34], [1, 5, 5], { padding: 'same' }],
  // epilogue
  ['bias', [2, 4, 6, 5], [9, 3, 3], { bias: true }],
  ['relu', [2, 4, 6, 5], [9, 3, 3], { activation: 'relu' }],
  ['bias and relu', [2, 4, 6, 5], [9, 3, 3], { bias: true, activation: 'relu' }],
  ['bias and relu6', [2, 40, 6, 5], [9, 3, 3], { bias: true, activation: 'relu6' }],
  ['sigmoid', [2, 40, 6, 5], [9, 3, 3], { activation: 'sigmoid' }],
  // bands forced by a small workspace
  ['two bands', [1, 4, 24, 24], [6, 3, 3], { padding: 1, workspaceLimitBytes: 4 * 36 * 300 }],
  ['many bands of one tile', [1, 3, 17, 23], [5, 3, 3], { padding: 1, workspaceLimitBytes: 4 * 27 * 64 }],
  ['bands across images', [5, 3, 9, 10], [5, 3, 3], { padding: 1, bias: true, workspaceLimitBytes: 4 * 27 * 128 }],
  [
    'bands with stride and dilation',
    [2, 3, 31, 29],
    [9, 3, 3],
    { strides: 2, dilations: 2, padding: 2, workspaceLimitBytes: 4 * 27 * 64 },
  ],
  // groups
  ['2 groups', [1, 6, 9, 11], [8, 3, 3], { groups: 2, padding: 1, bias: true }],
  ['3 groups of other sizes in and out', [2, 9, 8, 21], [6, 3, 5], { groups: 3, padding: 'same' }],
  ['depthwise', [2, 13, 14, 15], [13, 3, 3], { groups: 13, padding: 1, activation: 'relu6' }],
  ['depthwise with a channel multiplier', [1, 5, 9, 33], [15, 5, 5], { groups: 5, padding: 2 }],
  ['depthwise, 3×4, row stride 2', [2, 3, 15, 19], [3, 3, 4], { groups: 3, strides: [2, 1], padding: 1 }],
  ['depthwise, 2×5, column stride 2', [1, 6, 9, 37], [6, 2, 5], { groups: 6, strides: [1, 2], padding: 2 }],
  ['depthwise, 5×5, stride 2', [1, 5, 14, 22], [5, 5, 5], { groups: 5, strides: 2, padding: 'same', bias: true }],
  ['depthwise, 7×17: three walks of six taps', [1, 2, 13, 37], [2, 7, 17], { groups: 2, padding: [3, 8] }],
  ['depthwise, 11×9, strides 3 and 2', [1, 3, 23, 41], [3, 11, 9], { groups: 3, strides: [3, 2], padding: 4 }],
  ['depthwise, 2×3, strides larger than the filter', [1, 3, 23, 41], [3, 2, 3], { groups: 3, strides: [3, 5] }],
  ['depthwise, 9×1', [1, 2, 12, 18], [4, 9, 1], { groups: 2, padding: [4, 0] }],
  ['depthwise, one row', [1, 4, 1, 50], [4, 1, 9], { groups: 4, padding: [0, 4] }],
  [
    'groups with row stride and row dilation',
    [1, 4, 19, 17],
    [4, 3, 4],
    { groups: 2, strides: [2, 1], dilations: [3, 1] },
  ],
  // filters of one tap, read as they lie: in whole vec4 or not
  ['1×1, 4×8 positions of 3 images, 12 channels to 37', [3, 12, 4, 8], [37, 1, 1], { bias: true }],
  ['1×1, 20 channels to 65, 65 positions', [1, 20, 5, 13], [65, 1, 1]],
  ['1×1 with strides', [2, 8, 9, 13], [18, 1, 1], { strides: [2, 3] }],
  [
    '1×1, cropped',
    [2, 8, 8, 11],
    [18, 1, 1],
    {
      padding: [
        [-1, -3],
        [-2, 0],
      ],
    },
  ],
  ['1×1 in groups of 8 channels and 17 filters', [2, 24, 6, 6], [51, 1, 1], { groups: 3, activation: 'relu' }],
  ['1×1 in groups of 5 channels', [1, 15, 4, 7], [30, 1, 1], { groups: 3 }],
  ['1×1 with padding: outputs that meet no input', [1, 8, 4, 4], [18, 1, 1], { padding: 1, strides: 2 }],
  // widths of a filter row around quads of 4, heights that do not matter to them
  ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((s): Row => [`${s} taps in a row`, [1, 2, 3, 40], [3, 2, s], { padding: [0, 3] }]),
  // longer sums
  ['a sum of 4,608 products', [1, 512, 3, 3], [10, 3, 3], { padding: 1 }],
  ['a 15×15 filter', [1, 2, 20, 18], [3, 15, 15], { padding: 7 }],
];

export const UGLY_PROBLEMS: readonly UglyProblem[] = ROWS.map(([name, input, filter, given = {}]) => {
  const { bias, workspaceLimitBytes, ...options } = given;
  return {
    name,
    input,
    filter,
    options,
    ...(bias === undefined ? {} : { bias }),
    ...(workspaceLimitBytes === undefined ? {} : { workspaceLimitBytes }),
  };
});
