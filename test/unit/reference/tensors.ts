// Small tensors and lists for the tests of the reference.
import type { ReferenceTensor } from 'webgpu-conv/reference';

/** A tensor of the values given. */
export function tensor(data: ArrayLike<number>, ...shape: number[]): ReferenceTensor {
  return { data, shape };
}

/** 1, 2, 3, … in a shape. */
export function counting(...shape: number[]): ReferenceTensor {
  const count = shape.reduce((product, size) => product * size, 1);
  return tensor(
    Array.from({ length: count }, (_, index) => index + 1),
    ...shape,
  );
}
