// The table of algorithms for the gradients of filters: as the algorithm table (../table.ts), for another problem. Planner and tests iterate over it.
import type { FilterGradientAlgorithm } from './algorithm.js';
import { depthwise } from './depthwise.js';
import { direct } from './direct.js';
import { im2colGemm } from './im2col-gemm.js';
import { implicitGemm } from './implicit-gemm.js';

export const FILTER_GRADIENT_ALGORITHMS: readonly FilterGradientAlgorithm[] = [
  depthwise,
  direct,
  implicitGemm,
  im2colGemm,
];
