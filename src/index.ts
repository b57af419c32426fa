// Entry point `webgpu-conv`.

export type { CompileProgress } from './algorithms/design.js';
export {
  createEngine,
  type Engine,
  type EngineInfo,
  type EngineOptions,
  type EngineStats,
  type Measurement,
} from './engine.js';
export {
  ConvError,
  type ConvErrorCode,
  DeviceLostError,
  InvalidArgumentError,
  InvalidTensorError,
  KernelError,
  OutOfMemoryError,
  UnsupportedProblemError,
  WebGPUUnavailableError,
  WorkspaceLimitError,
} from './errors.js';
export type { MemoryReport } from './gpu/buffer-pool.js';
export type { Capabilities, DeviceLimits } from './gpu/capabilities.js';
export type { GpuTiming, LostInfo } from './gpu/context.js';
export type { BufferHandle, CommandEncoderHandle, DeviceHandle, GpuHandle } from './gpu/handles.js';
export type { PassTime } from './gpu/profiler.js';
export type { ActivateOptions } from './operations/activate.js';
export type { ActivateBackwardOptions } from './operations/backward/activate-backward.js';
export type {
  ConvBackwardBiasOptions,
  PrepareConvBackwardBiasOptions,
  PreparedConvBackwardBias,
} from './operations/backward/conv-backward-bias.js';
export type {
  ConvBackwardFilterOptions,
  PrepareConvBackwardFilterOptions,
  PreparedConvBackwardFilter,
} from './operations/backward/conv-backward-filter.js';
export type {
  ConvBackwardInputOptions,
  PrepareConvBackwardInputOptions,
  PreparedConvBackwardInput,
} from './operations/backward/conv-backward-input.js';
export type {
  DerivativeOptions,
  PreparedDerivativeOptions,
} from './operations/backward/derivative.js';
export type {
  ForwardOptions,
  GradientOptions,
  GradientPreparationOptions,
} from './operations/backward/options.js';
export type {
  AveragePoolBackwardOptions,
  L2PoolBackwardOptions,
  MaxPoolBackwardOptions,
} from './operations/backward/pool-backward.js';
export type { GradientRunOperands } from './operations/backward/run-operands.js';
export type {
  CallOptions,
  ChannelOperand,
  ConvOptions,
  ConvTransposeOptions,
  EpilogueOptions,
  PlanOptions,
  PreparationOptions,
  PrepareConvOptions,
  PrepareConvTransposeOptions,
} from './operations/conv-options.js';
export type { ExplainOptions } from './operations/explain.js';
export type { MaxPoolOptions, MaxPoolResult } from './operations/pool.js';
export type { BufferBinding, EncodeOperands, PreparedConv, RunOptions } from './operations/prepared-conv.js';
export type { Sequence, SequenceOptions, StepReport } from './operations/sequence.js';
export type { SequenceStep } from './operations/sequence-steps.js';
export type { Support } from './operations/supports.js';
export type { TensorOptions } from './operations/upload.js';
export type { Accuracy } from './planner/choose.js';
export type { Explanation, ExplanationRow } from './planner/explain.js';
export type { AlgorithmSupport } from './planner/support.js';
export {
  type Activation,
  type ActivationName,
  type ActivationSpec,
  type AveragePoolOptions,
  type AxisPadding,
  type AxisTuple,
  averagePool1dProblem,
  averagePool2dProblem,
  averagePool3dProblem,
  type ConvAxis,
  type ConvDescription,
  type ConvGeometryOptions,
  type ConvProblem,
  type ConvTransposeDescription,
  type ConvTransposeGeometryOptions,
  compulsoryBytes,
  conv1dProblem,
  conv2dProblem,
  conv3dProblem,
  convFilterShape,
  convInputShape,
  convOutputShape,
  convTranspose1dProblem,
  convTranspose2dProblem,
  convTranspose3dProblem,
  type DerivativeSource,
  type DType,
  describeConv,
  describePool,
  type Epilogue,
  type FilterLayout,
  type FloatDType,
  flopCount,
  type InputLayout,
  isSeparableFilter,
  l2Pool1dProblem,
  l2Pool2dProblem,
  l2Pool3dProblem,
  maxPool1dProblem,
  maxPool2dProblem,
  maxPool3dProblem,
  type Padding,
  type PaddingContent,
  type PaddingMode,
  type PaddingRule,
  type PerAxis,
  type PoolDescription,
  type PoolKind,
  type PoolOptions,
  type PoolProblem,
  poolInputShape,
  poolOutputShape,
  type Rank,
  type Rounding,
  type Shape,
  type SignalOptions,
  type TensorLayout,
  withSeparableFilter,
} from './problem/index.js';
export type { Tensor, TensorValues } from './tensor.js';
export type { CandidateReport, TuningRecord, TuningStore } from './tuning/tuning-store.js';
export { VERSION } from './version.js';
