// Every error that this library throws on purpose, each with a stable `code` to branch on. A message reads
// `<action>: <what is wrong, with the value>. <the rule or the way out>.`

/** What went wrong, for programs. Codes stay stable across versions; messages may improve. */
export type ConvErrorCode =
  | 'invalid-argument'
  | 'unknown-option'
  | 'unsupported-problem'
  | 'invalid-tensor'
  | 'webgpu-unavailable'
  | 'workspace-limit'
  | 'out-of-memory'
  | 'device-lost'
  | 'engine-disposed'
  | 'kernel-failed';

/** Base class of all errors of this library. */
export class ConvError extends Error {
  // written out in every class: a minifier renames classes
  override readonly name: string = 'ConvError';
  /** Stable identifier of the kind of error. */
  readonly code: ConvErrorCode;

  constructor(code: ConvErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** An argument has a wrong type, value or shape (`invalid-argument`), or an option does not exist (`unknown-option`). */
export class InvalidArgumentError extends ConvError {
  override readonly name = 'InvalidArgumentError';

  constructor(message: string, code: 'invalid-argument' | 'unknown-option' = 'invalid-argument') {
    super(code, message);
  }
}

/** The problem is valid, but no algorithm (or not the one asked for) can compute it (`unsupported-problem`). */
export class UnsupportedProblemError extends ConvError {
  override readonly name = 'UnsupportedProblemError';

  constructor(message: string) {
    super('unsupported-problem', message);
  }
}

/** A tensor was disposed, belongs to another engine, or has another shape or layout than asked for (`invalid-tensor`). */
export class InvalidTensorError extends ConvError {
  override readonly name = 'InvalidTensorError';

  constructor(message: string) {
    super('invalid-tensor', message);
  }
}

/** WebGPU, an adapter or a device is not to be had here (`webgpu-unavailable`). */
export class WebGPUUnavailableError extends ConvError {
  override readonly name = 'WebGPUUnavailableError';

  constructor(message: string, options?: ErrorOptions) {
    super('webgpu-unavailable', message, options);
  }
}

/** Not even one tile's band of the problem fits `workspaceLimitBytes` or the device's limits (`workspace-limit`). */
export class WorkspaceLimitError extends ConvError {
  override readonly name = 'WorkspaceLimitError';

  /** Bytes of workspace that would do. */
  readonly neededBytes: number;

  constructor(message: string, neededBytes: number) {
    super('workspace-limit', message);
    this.neededBytes = neededBytes;
  }
}

/** The device could not allocate a buffer (`out-of-memory`). */
export class OutOfMemoryError extends ConvError {
  override readonly name = 'OutOfMemoryError';

  constructor(message: string, options?: ErrorOptions) {
    super('out-of-memory', message, options);
  }
}

/** The device was lost, or the engine disposed (`device-lost`, `engine-disposed`): all tensors are gone. */
export class DeviceLostError extends ConvError {
  override readonly name = 'DeviceLostError';

  constructor(message: string, code: 'device-lost' | 'engine-disposed' = 'device-lost') {
    super(code, message);
  }
}

/** A kernel failed to compile, or the device refused a command: a bug of this library or of a driver (`kernel-failed`). */
export class KernelError extends ConvError {
  override readonly name = 'KernelError';

  constructor(message: string, options?: ErrorOptions) {
    super('kernel-failed', message, options);
  }
}
