// What a shape asks of this engine: the call of a program that computes it once, and the same prepared.
import type { Engine, Tensor } from 'webgpu-conv';
import type { BenchShape } from '../shapes/bench-shape.js';
import { filterShapeOf, geometryOf, inputShapeOf } from '../shapes/shape.js';

/** What both ways of calling are given. */
export interface CallSetting {
  /** Of the table; undefined: the planner chooses. */
  readonly algorithm: string | undefined;
  /** Of input and output, and their gradients. */
  readonly layout: 'nchw' | 'nhwc';
}

/** A prepared call, planned and compiled. */
export interface PreparedCall {
  readonly algorithm: string;
  readonly variant: string;
  /** By how much errors may exceed those of direct sums. */
  readonly errorGrowth: number;
  run(first: Tensor): Tensor;
}

/** A shape as calls of an engine. Operands are those of the shape, in its order. */
export interface EngineCalls {
  once(first: Tensor, second: Tensor): Promise<Tensor>;
  prepare(first: Tensor, second: Tensor): Promise<PreparedCall>;
}

/** The convolution itself. Prepared, its filter is packed once. */
function forwardCalls(engine: Engine, shape: BenchShape, { algorithm, layout }: CallSetting): EngineCalls {
  const options = { ...geometryOf(shape), ...(algorithm === undefined ? {} : { algorithm }), inputLayout: layout };
  const isConv = shape.operator === 'conv';
  return {
    once: (x, w) => (isConv ? engine.conv2d(x, w, options) : engine.convTranspose2d(x, w, options)),
    async prepare(x, filter) {
      const preparation = { ...options, inputShape: x.shape, filter };
      return isConv ? engine.prepareConv2d(preparation) : engine.prepareConvTranspose2d(preparation);
    },
  };
}

/** A gradient. Both operands are given to each run, and a filter is packed in each, since training changes it. */
function gradientCalls(engine: Engine, shape: BenchShape, { algorithm, layout }: CallSetting): EngineCalls {
  const [n, c, h, w] = inputShapeOf(shape) as [number, number, number, number];
  const inputShape = layout === 'nchw' ? [n, c, h, w] : [n, h, w, c];
  const filterShape = filterShapeOf(shape);
  const options = {
    operator: shape.operator,
    ...geometryOf(shape),
    ...(algorithm === undefined ? {} : { algorithm }),
    inputLayout: layout,
  };
  if (shape.gradient === 'input') {
    return {
      once: (dy, filter) => engine.convBackwardInput(dy, filter, { ...options, inputShape }),
      async prepare(_, filter) {
        const prepared = await engine.prepareConvBackwardInput({ ...options, inputShape, filterShape });
        const { algorithm, variant, errorGrowth } = prepared;
        return { algorithm, variant, errorGrowth, run: (dy) => prepared.run(dy, filter) };
      },
    };
  }
  return {
    once: (x, dy) => engine.convBackwardFilter(x, dy, { ...options, filterShape }),
    async prepare(_, dy) {
      const prepared = await engine.prepareConvBackwardFilter({ ...options, inputShape, filterShape });
      const { algorithm, variant } = prepared;
      return { algorithm, variant, errorGrowth: 1, run: (x) => prepared.run(x, dy) };
    },
  };
}

/** The calls of a shape. */
export function engineCalls(engine: Engine, shape: BenchShape, setting: CallSetting): EngineCalls {
  return (shape.gradient === undefined ? forwardCalls : gradientCalls)(engine, shape, setting);
}
