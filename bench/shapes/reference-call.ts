// A shape as a call of the reference: of its results, or of those with their error bounds.
import type {
  ReferenceConvBackwardFilterOptions,
  ReferenceConvBackwardInputOptions,
  ReferenceConvOptions,
  ReferenceTensor,
} from 'webgpu-conv/reference';
import type { BenchShape } from './bench-shape.js';
import type { Operands } from './operands.js';
import { filterShapeOf, geometryOf, inputShapeOf } from './shape.js';

type Call<Options, Result> = (first: ReferenceTensor, second: ReferenceTensor, options: Options) => Result;

/** One function for each thing that may be computed of a shape. */
export interface ReferenceFunctions<Result> {
  readonly conv: Call<ReferenceConvOptions<2>, Result>;
  readonly convTranspose: Call<ReferenceConvOptions<2>, Result>;
  readonly convBackwardInput: Call<ReferenceConvBackwardInputOptions, Result>;
  readonly convBackwardFilter: Call<ReferenceConvBackwardFilterOptions, Result>;
}

/** Calls the function for a shape. */
export function callReference<Result>(
  functions: ReferenceFunctions<Result>,
  shape: BenchShape,
  { first, second }: Operands,
): Result {
  const { operator, gradient } = shape;
  const geometry = geometryOf(shape);
  if (gradient === undefined) return functions[operator](first, second, geometry);
  return gradient === 'input'
    ? functions.convBackwardInput(first, second, { operator, ...geometry, inputShape: inputShapeOf(shape) })
    : functions.convBackwardFilter(first, second, { operator, ...geometry, filterShape: filterShapeOf(shape) });
}
