// What lies in the padding, as an override of kernels that read inputs.
import type { PaddingContent } from '../problem/index.js';

/** Numbers of the padding modes in shaders/shared/padding.wgsl. */
export const PADDING_CODES: Readonly<Record<PaddingContent['mode'], number>> = {
  constant: 0,
  reflect: 1,
  symmetric: 2,
  replicate: 3,
  circular: 4,
};
