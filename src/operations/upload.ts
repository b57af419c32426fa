// Values from the CPU to the GPU.
import { InvalidArgumentError } from '../errors.js';
import type { GpuContext } from '../gpu/context.js';
import {
  describe,
  elementCount,
  FLOAT_DTYPES,
  type FloatDType,
  formatShape,
  isFloat32Array,
  isNumberArray,
  oneOf,
  parseShape,
  rejectUnknownOptions,
  type Shape,
  storedBytes,
  TENSOR_LAYOUTS,
  type TensorLayout,
  toHalfBits,
} from '../problem/index.js';
import { Tensor, TensorStorage } from '../tensor.js';
import { assertBindable } from './core.js';

/** Options of `engine.tensor`. */
export interface TensorOptions {
  /** What the axes mean; default unknown. */
  readonly layout?: TensorLayout;
  /** How the values are stored; default 'float32'. */
  readonly dtype?: FloatDType;
}

/** Makes a tensor of values. */
export function uploadTensor(
  gpu: GpuContext,
  values: Float32Array | readonly number[],
  shape: Shape,
  options: TensorOptions,
): Tensor {
  const action = 'tensor';
  gpu.assertAlive(action);
  rejectUnknownOptions(action, options, ['layout', 'dtype']);
  const parsed = parseShape(action, 'shape', shape);
  const layout = options.layout === undefined ? undefined : parseLayout(action, options.layout, parsed);
  const dtype = oneOf(action, 'dtype', options.dtype ?? 'float32', FLOAT_DTYPES);
  const isFloats = isFloat32Array(values);
  if (!isFloats && !isNumberArray(values)) {
    throw new InvalidArgumentError(
      `${action}: values must be a Float32Array or a flat array of numbers, got ${describe(values)}.`,
    );
  }
  const count = elementCount(parsed);
  if (values.length !== count) {
    const empty = isFloats && values.length === 0 ? ' It is empty: was its buffer transferred elsewhere?' : '';
    throw new InvalidArgumentError(
      `${action}: got ${values.length} values, but shape ${formatShape(parsed)} needs ${count}.${empty}`,
    );
  }
  assertBindable(gpu, action, 'the tensor', parsed, dtype);
  const data = dtype === 'float16' ? halves(values) : isFloats ? values : Float32Array.from(values);
  const bytes = storedBytes(parsed, dtype);
  return Tensor.create(parsed, layout, dtype, new TensorStorage(gpu, gpu.upload('storage', data), bytes));
}

/** A layout that a tensor of this shape can have. */
function parseLayout(action: string, layout: unknown, shape: Shape): TensorLayout {
  const fitting = TENSOR_LAYOUTS.filter((choice) => choice.length === shape.length);
  if (fitting.length > 0) return oneOf(action, 'layout', layout, fitting);
  throw new InvalidArgumentError(
    `${action}: layout is ${describe(layout)}, but a tensor of shape ${formatShape(shape)} has none: layouts are those of 3, 4 and 5 axes.`,
  );
}

/** Values as halves, in whole words. */
function halves(values: ArrayLike<number>): Uint16Array<ArrayBuffer> {
  const bits = toHalfBits(values);
  if (bits.length % 2 === 0) return bits;
  const padded = new Uint16Array(bits.length + 1);
  padded.set(bits);
  return padded;
}
