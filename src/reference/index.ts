// Entry point `webgpu-conv/reference`: the CPU reference, and the comparison of results with it. Needs no GPU.
export { ConvError, type ConvErrorCode, InvalidArgumentError } from '../errors.js';
export type {
  Activation,
  Conv2dGeometryOptions,
  Conv2dPadding,
  FilterLayout,
  InputLayout,
  Shape,
} from '../problem/index.js';
export { conv2d, type ReferenceConv2dOptions, type ReferenceResult, type ReferenceTensor } from './conv2d.js';
export { type Comparison, compare, type ExpectedResult, expectedConv2d } from './error-bound.js';
