// The data of a shape, the same for every engine, and the ways from one layout to another.
import type { Shape } from 'webgpu-conv';
import { randomValues } from '../../test/support/random.js';
import type { BenchShape } from './bench-shape.js';
import { filterShapeOf, inputShapeOf } from './shape.js';

export interface Operand {
  readonly data: Float32Array<ArrayBuffer>;
  readonly shape: Shape;
}

export interface Operands {
  /** (N, C, H, W) */
  readonly input: Operand;
  /** (K, C/G, R, S); transposed (C, K/G, R, S) */
  readonly filter: Operand;
}

const count = (shape: Shape) => shape.reduce((product, size) => product * size, 1);

/** Seeded values in [−1, 1). What they are does not change how long a convolution takes. */
export function operandsOf(shape: BenchShape): Operands {
  const [inputShape, filterShape] = [inputShapeOf(shape), filterShapeOf(shape)];
  return {
    input: { data: randomValues(count(inputShape), 1), shape: inputShape },
    filter: { data: randomValues(count(filterShape), 2), shape: filterShape },
  };
}

/** Reorders the four axes: axis i of the result is axis order[i] of the operand. */
export function permuted({ data, shape }: Operand, order: readonly [number, number, number, number]): Operand {
  const pitches = shape.map((_, axis) => count(shape.slice(axis + 1)));
  const sizes = order.map((axis) => shape[axis]!) as [number, number, number, number];
  const steps = order.map((axis) => pitches[axis]!) as [number, number, number, number];
  const values = new Float32Array(data.length);
  let index = 0;
  for (let a = 0; a < sizes[0]; a++) {
    for (let b = 0; b < sizes[1]; b++) {
      for (let c = 0; c < sizes[2]; c++) {
        const start = a * steps[0] + b * steps[1] + c * steps[2];
        for (let d = 0; d < sizes[3]; d++) values[index++] = data[start + d * steps[3]]!;
      }
    }
  }
  return { data: values, shape: sizes };
}

/** (N, C, H, W) → (N, H, W, C) */
export const toNhwc = (operand: Operand) => permuted(operand, [0, 2, 3, 1]);
/** (N, H, W, C) → (N, C, H, W) */
export const toNchw = (operand: Operand) => permuted(operand, [0, 3, 1, 2]);
