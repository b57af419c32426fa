// The problems that kernels are measured on: for every kernel some that go around each of its loops few and many times, and some with
// few and many invocations. Small enough that all kernels take a few minutes on a software adapter.
import {
  type ConvGeometryOptions,
  type ConvProblem,
  conv1dProblem,
  conv2dProblem,
  convTranspose2dProblem,
} from 'webgpu-conv';

type Options = Omit<ConvGeometryOptions<2>, 'inputLayout' | 'filterLayout'>;

/** [channels, rows, columns], [filters, rows, columns] */
const CONVOLUTIONS: readonly (readonly [readonly number[], readonly number[], Options?])[] = [
  // layers of networks
  [[64, 28, 28], [64, 3, 3], { padding: 1 }],
  [[128, 14, 14], [128, 3, 3], { padding: 1 }],
  [[320, 7, 7], [128, 3, 3], { padding: 1 }],
  [[3, 64, 64], [64, 7, 7], { strides: 2, padding: 3 }],
  [[64, 28, 28], [64, 3, 3], { strides: 2, padding: 1 }],
  [[16, 56, 56], [16, 3, 3], { padding: 1 }],
  [[8, 40, 40], [32, 3, 3], { padding: 1 }],
  [[32, 14, 14], [64, 5, 5], { padding: 2 }],
  // one tap
  [
    [64, 28, 28],
    [256, 1, 1],
  ],
  [
    [512, 14, 14],
    [128, 1, 1],
  ],
  [
    [16, 56, 56],
    [96, 1, 1],
  ],
  [
    [320, 7, 7],
    [320, 1, 1],
  ],
  [[64, 28, 28], [64, 1, 1], { strides: 2 }],
  [
    [24, 28, 28],
    [144, 1, 1],
  ],
  [
    [1024, 7, 8],
    [256, 1, 1],
  ],
  [
    [64, 56, 56],
    [128, 1, 1],
  ],
  // a filter for each channel, or for few
  [[32, 112, 112], [32, 3, 3], { groups: 32, padding: 1 }],
  [[256, 14, 14], [256, 3, 3], { groups: 256, padding: 1 }],
  [[64, 56, 56], [64, 5, 5], { groups: 64, padding: 2 }],
  [[64, 56, 56], [64, 3, 3], { groups: 64, padding: 1, strides: 2 }],
  [[16, 20, 20], [16, 3, 3], { groups: 16, padding: 1 }],
  [[32, 56, 56], [32, 5, 5], { groups: 32, padding: 2, strides: 2 }],
  [[512, 7, 7], [512, 3, 3], { groups: 512, padding: 1 }],
  [[3, 128, 128], [3, 31, 31], { groups: 3, padding: 15 }],
  [[3, 512, 512], [3, 31, 31], { groups: 3, padding: 15 }],
  [[8, 64, 64], [8, 9, 9], { groups: 8, padding: 4 }],
  [[128, 28, 28], [128, 3, 3], { groups: 16, padding: 1 }],
  [[64, 28, 28], [64, 3, 3], { groups: 4, padding: 1 }],
  // pictures
  [[1, 400, 600], [1, 3, 3], { padding: 1 }],
  [[1, 200, 300], [1, 15, 15], { padding: 7 }],
  [[1, 1080, 1920], [1, 9, 9], { padding: 4 }],
  [[3, 100, 150], [4, 3, 3], { padding: 1 }],
  [[3, 100, 150], [16, 5, 5], { padding: 2 }],
  [[4, 64, 64], [4, 21, 21], { padding: 10 }],
  [[16, 32, 32], [16, 15, 15], { padding: 7 }],
  [[32, 64, 64], [32, 11, 11], { padding: 5 }],
  [[16, 60, 40], [16, 9, 9], { padding: 4 }],
  [[16, 40, 40], [48, 1, 3], { padding: [0, 1] }],
  [[64, 28, 28], [64, 3, 1], { padding: [1, 0] }],
  // hardly anything
  [[4, 8, 8], [4, 3, 3], { padding: 1 }],
  [
    [16, 16, 16],
    [16, 1, 1],
  ],
];

function problemOf([[c, h, w], [k, r, s], options = {}]: (typeof CONVOLUTIONS)[number], last: boolean): ConvProblem {
  const inputShape = last ? [1, h!, w!, c!] : [1, c!, h!, w!];
  const filterShape = [k!, c! / (options.groups ?? 1), r!, s!];
  return conv2dProblem({ ...options, inputShape, filterShape, inputLayout: last ? 'nhwc' : 'nchw' });
}

/** All problems: some in both layouts. */
export function calibrationProblems(): ConvProblem[] {
  return [
    ...CONVOLUTIONS.map((row) => problemOf(row, false)),
    ...CONVOLUTIONS.filter((_, index) => index % 3 === 0).map((row) => problemOf(row, true)),
    convTranspose2dProblem({ inputShape: [1, 32, 28, 28], filterShape: [32, 32, 4, 4], strides: 2, padding: 1 }),
    convTranspose2dProblem({ inputShape: [1, 16, 14, 14], filterShape: [16, 8, 3, 3], strides: 2, padding: 1 }),
    convTranspose2dProblem({ inputShape: [1, 24, 40, 40], filterShape: [24, 8, 2, 2], strides: 2 }),
    convTranspose2dProblem({ inputShape: [1, 64, 14, 14], filterShape: [64, 32, 5, 5], padding: 2 }),
    conv1dProblem({ inputShape: [1, 64, 2000], filterShape: [64, 64, 3], padding: 1 }),
    conv1dProblem({ inputShape: [1, 16, 8000], filterShape: [16, 16, 3], padding: 1 }),
    conv1dProblem({ inputShape: [1, 32, 500], filterShape: [64, 32, 3], padding: 1 }),
  ];
}
