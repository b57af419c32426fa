// Types of stored values. Arithmetic is f32 whatever the storage.

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
