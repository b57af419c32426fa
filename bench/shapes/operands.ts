// The data of a shape, the same for every engine, and the ways from one layout to another.
import type { Shape } from 'webgpu-conv';
import { randomValues } from '../../test/support/random.js';
import type { BenchShape } from './bench-shape.js';
import { filterShapeOf, inputShapeOf, outputShapeOf } from './shape.js';

export interface Operand {
  readonly data: Float32Array<ArrayBuffer>;
  readonly shape: Shape;
}

/** The two operands of a call, in its order. */
export interface Operands {
  /** The input (N, C, H, W); of the input's gradient that of the output (N, K, P, Q). */
  readonly first: Operand;
  /** The filter (K, C/G, R, S), transposed (C, K/G, R, S); of the filter's gradient that of the output (N, K, P, Q). */
  readonly second: Operand;
}

/** How operands lie: (N, C, H, W) and filters (O, I, H, W), or with their axes in another order. */
export type OperandLayout = 'nchw' | 'nhwc' | 'oihw' | 'hwio' | 'hwoi';

const count = (shape: Shape) => shape.reduce((product, size) => product * size, 1);

/** Seeded values in [−1, 1). What they are does not change how long a convolution takes. */
export function operandsOf(shape: BenchShape): Operands {
  const seeded = (size: Shape, seed: number): Operand => ({ data: randomValues(count(size), seed), shape: size });
  const input = () => seeded(inputShapeOf(shape), 1);
  const filter = () => seeded(filterShapeOf(shape), 2);
  const gradient = () => seeded(outputShapeOf(shape), 3);
  if (shape.gradient === undefined) return { first: input(), second: filter() };
  return shape.gradient === 'input' ? { first: gradient(), second: filter() } : { first: input(), second: gradient() };
}

type Order = readonly [number, number, number, number];

/** Reorders the four axes: axis i of the result is axis order[i] of the operand. */
export function permuted({ data, shape }: Operand, order: Order): Operand {
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

/** Reorders the axes from one layout to another of the same letters. */
export function relaid(operand: Operand, from: OperandLayout, to: OperandLayout): Operand {
  return from === to ? operand : permuted(operand, [...to].map((letter) => from.indexOf(letter)) as unknown as Order);
}

/** (N, C, H, W) → (N, H, W, C) */
export const toNhwc = (operand: Operand) => relaid(operand, 'nchw', 'nhwc');
/** (N, H, W, C) → (N, C, H, W) */
export const toNchw = (operand: Operand) => relaid(operand, 'nhwc', 'nchw');

/** A result in a layout, as the reference gives it: (N, C, H, W), or a filter (O, I, H, W). `shape`: the latter. */
export function asReference(values: Float32Array<ArrayBuffer>, layout: OperandLayout, shape: Shape): Operand {
  const plain = layout.includes('n') ? 'nchw' : 'oihw';
  const sizes = [...layout].map((letter) => shape[plain.indexOf(letter)]!);
  return relaid({ data: values, shape: sizes }, layout, plain);
}
