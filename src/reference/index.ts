// Entry point `webgpu-conv/reference`: the CPU reference, and the comparison of results with it. Needs no GPU.
export { ConvError, type ConvErrorCode, InvalidArgumentError } from '../errors.js';
export {
  type Activation,
  type ActivationName,
  type AveragePoolOptions,
  type AxisPadding,
  type ConvDescription,
  type ConvGeometryOptions,
  type ConvOperator,
  type ConvProblem,
  type ConvTransposeDescription,
  type ConvTransposeGeometryOptions,
  conv1dProblem,
  conv2dProblem,
  conv3dProblem,
  convTranspose1dProblem,
  convTranspose2dProblem,
  convTranspose3dProblem,
  type FilterLayout,
  type FloatDType,
  type InputLayout,
  type Padding,
  type PaddingMode,
  type PaddingRule,
  type PerAxis,
  type PoolOptions,
  type Rank,
  type Rounding,
  type Shape,
  type SignalOptions,
} from '../problem/index.js';
export { activate, expectedActivate, type ReferenceActivateOptions } from './activate.js';
export {
  activateBackward,
  expectedActivateBackward,
  type ReferenceActivateBackwardOptions,
} from './activate-backward.js';
export { convBackwardFilter, convBackwardInput } from './backward.js';
export { expectedConvBackwardFilter, expectedConvBackwardInput } from './backward-error.js';
export type {
  ReferenceConvBackwardFilterOptions,
  ReferenceConvBackwardInputOptions,
} from './backward-operands.js';
export {
  convBackwardBias,
  expectedConvBackwardBias,
  type ReferenceConvBackwardBiasOptions,
} from './bias-backward.js';
export { type Comparison, compare } from './compare.js';
export { conv1d, conv2d, conv3d, convTranspose1d, convTranspose2d, convTranspose3d } from './conv.js';
export {
  expectedConv1d,
  expectedConv2d,
  expectedConv3d,
  expectedConvTranspose1d,
  expectedConvTranspose2d,
  expectedConvTranspose3d,
} from './error-bound.js';
export type { ExpectedResult } from './expected.js';
export { type ConvolutionMatrix, convolutionMatrix } from './matrix.js';
export type {
  ReferenceConvOptions,
  ReferenceConvTransposeOptions,
  ReferenceEpilogueOptions,
  ReferenceResult,
  ReferenceTensor,
} from './operands.js';
export type {
  ReferenceAveragePoolOptions,
  ReferenceL2PoolOptions,
  ReferenceMaxPoolOptions,
  ReferenceMaxPoolResult,
} from './pool.js';
export type {
  ReferenceAveragePoolBackwardOptions,
  ReferenceL2PoolBackwardOptions,
  ReferenceMaxPoolBackwardOptions,
} from './pool-backward.js';
export {
  expectedAveragePool1d,
  expectedAveragePool2d,
  expectedAveragePool3d,
  expectedL2Pool1d,
  expectedL2Pool2d,
  expectedL2Pool3d,
  expectedMaxPool1d,
  expectedMaxPool2d,
  expectedMaxPool3d,
} from './pool-error.js';
export {
  averagePool1d,
  averagePool2d,
  averagePool3d,
  l2Pool1d,
  l2Pool2d,
  l2Pool3d,
  maxPool1d,
  maxPool2d,
  maxPool3d,
} from './pooling.js';
export {
  averagePoolBackward,
  expectedAveragePoolBackward,
  expectedL2PoolBackward,
  expectedMaxPoolBackward,
  l2PoolBackward,
  maxPoolBackward,
} from './pooling-backward.js';
export { convolve, correlate } from './signal.js';
