// Types of stored values. Arithmetic is f32 whatever the storage.

import { elementCount, type Shape } from './shape.js';

/** Types that a tensor's values may be stored in. 'uint32' holds indices. */
export const DTYPES = ['float32', 'float16', 'uint32'] as const;
export type DType = (typeof DTYPES)[number];

/** Types that a convolution reads and writes. */
export const FLOAT_DTYPES = ['float32', 'float16'] as const;
export type FloatDType = (typeof FLOAT_DTYPES)[number];

/** Bytes of one value. */
export function dtypeBytes(dtype: DType): number {
  return dtype === 'float16' ? 2 : 4;
}

/** Bytes that a tensor takes in a buffer: halves are stored in whole words. */
export function storedBytes(shape: Shape, dtype: DType): number {
  return Math.ceil((elementCount(shape) * dtypeBytes(dtype)) / 4) * 4;
}
