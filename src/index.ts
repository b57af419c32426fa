// Entry point `webgpu-conv`.
export type { Bias, Conv2dOptions, PrepareConv2dOptions } from './conv2d-options.js';
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
export type { BufferBinding, EncodeOperands, PreparedConv2d } from './prepared-conv2d.js';
export {
  type Activation,
  type AxisPadding,
  type Conv2dDescription,
  type Conv2dGeometryOptions,
  type Conv2dPadding,
  type Conv2dProblem,
  type ConvAxis,
  compulsoryBytes,
  conv2dOutputShape,
  conv2dProblem,
  describeConv2d,
  type Epilogue,
  type FilterLayout,
  flopCount,
  type InputLayout,
  type Shape,
  type TensorLayout,
} from './problem/index.js';
export type { Tensor } from './tensor.js';
