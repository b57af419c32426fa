// The algorithm table. The planner, the compile test, the differential tests and the benchmark iterate over it: an
// algorithm that is not in it does not exist, one that is in it is tested.
import type { Algorithm } from './algorithm.js';
import { col2imGemm } from './col2im-gemm.js';
import { depthwise } from './depthwise.js';
import { direct } from './direct.js';
import { fft } from './fft.js';
import { im2colGemm } from './im2col-gemm.js';
import { implicitGemm } from './implicit-gemm.js';
import { pointwise } from './pointwise.js';
import { separable } from './separable.js';
import { winograd } from './winograd.js';

export const ALGORITHMS: readonly Algorithm[] = [
  separable,
  depthwise,
  direct,
  pointwise,
  winograd,
  fft,
  implicitGemm,
  col2imGemm,
  im2colGemm,
];
