// A convolution with everything done that can be done once: planned, compiled, its filter packed.
import type { Plan } from '../algorithms/algorithm.js';
import { InvalidArgumentError } from '../errors.js';
import type { PooledBuffer } from '../gpu/buffer-pool.js';
import { type BufferSlice, EncoderRecorder } from '../gpu/command-stream.js';
import type { GpuContext } from '../gpu/context.js';
import type { BufferHandle, CommandEncoderHandle } from '../gpu/handles.js';
import type { Loan } from '../planner/plan-cache.js';
import {
  assertOptionsObject,
  convInputShape,
  convOutputShape,
  describe,
  type FloatDType,
  rejectUnknownOptions,
  type Shape,
  storedBytes,
} from '../problem/index.js';
import { type Tensor, type TensorStorage, useTensor } from '../tensor.js';
import { recordRun, wholeSlice } from './record.js';

/**
 * A buffer of the caller's: usage STORAGE, from `offset` on (bytes, a multiple of 256; default 0). Values are f32, or halves if
 * the convolution was prepared with dtype 'float16'.
 */
export type BufferBinding = BufferHandle | { readonly buffer: BufferHandle; readonly offset?: number };

/** Operands of {@link PreparedConv.encode}. */
export interface EncodeOperands {
  readonly input: BufferBinding;
  readonly output: BufferBinding;
  /** As the output; where a residual was prepared for. */
  readonly residual?: BufferBinding;
}

/** Operands of {@link PreparedConv.run} besides the input. */
export interface RunOptions {
  /** As the output; where a residual was prepared for. */
  readonly residual?: Tensor;
}

/** What a run needs besides input and output. */
export interface PreparedParts {
  readonly loan: Loan<Plan>;
  readonly packedFilter: TensorStorage;
  /** Folded bias, scale, shift and slope. */
  readonly terms: TensorStorage | undefined;
}

const STORAGE_USAGE = 0x80;

/** A prepared convolution; made by `engine.prepareConv2d` and its like. */
export class PreparedConv {
  /** (N, C, H, W), or as the input layout says. */
  readonly inputShape: Shape;
  /** (N, K, P, Q), or as the input layout says. */
  readonly outputShape: Shape;
  /** Name of the algorithm that computes it. */
  readonly algorithm: string;
  /** Variant of the algorithm. */
  readonly variant: string;
  /**
   * By how much rounding errors may exceed those of f32 sums computed directly: the error of an output is at most this times the largest
   * bound of `expectedConv2d` in its neighbourhood. 1 for most algorithms; see `accuracy`.
   */
  readonly errorGrowth: number;
  /** Bytes of workspace that a run borrows. */
  readonly workspaceBytes: number;
  /** Bytes of packed filter and folded epilogue that this object keeps. */
  readonly weightBytes: number;
  /** Bands that a run computes its outputs in: more than one where the workspace is small, or a software adapter's cache is. */
  readonly bands: number;
  readonly #gpu: GpuContext;
  readonly #parts: PreparedParts;
  #ownWorkspace: PooledBuffer | undefined;
  #encoded = false;
  #disposed = false;

  private constructor(gpu: GpuContext, parts: PreparedParts) {
    const { plan } = parts.loan;
    this.#gpu = gpu;
    this.#parts = parts;
    this.inputShape = Object.freeze(convInputShape(plan.problem));
    this.outputShape = Object.freeze(convOutputShape(plan.problem));
    this.algorithm = plan.algorithm;
    this.variant = plan.variant;
    this.errorGrowth = plan.errorGrowth;
    this.workspaceBytes = plan.workspaceBytes;
    this.bands = plan.bands;
    this.weightBytes = plan.packedFilterBytes + (parts.terms?.slice.sizeBytes ?? 0);
  }

  /** @internal */
  static create(gpu: GpuContext, parts: PreparedParts): PreparedConv {
    return new PreparedConv(gpu, parts);
  }

  #assertUsable(action: string): void {
    this.#gpu.assertAlive(action);
    if (this.#disposed) {
      throw new InvalidArgumentError(`${action}: the prepared convolution was disposed. Prepare it again.`);
    }
  }

  /**
   * Records the convolution of `input` and returns its output at once, without waiting for the GPU.
   * @throws InvalidTensorError if the input was disposed, belongs to another engine, or has another shape, layout or dtype.
   * @throws InvalidArgumentError for a residual that was not prepared for, or that is missing.
   */
  run(input: Tensor, options: RunOptions = {}): Tensor {
    const action = 'run';
    this.#assertUsable(action);
    rejectUnknownOptions(action, options, ['residual']);
    const { loan, packedFilter, terms } = this.#parts;
    const { problem } = loan.plan;
    const { inputLayout: layout, dtype } = problem;
    const storage = useTensor(this.#gpu, action, 'input', input, { shape: this.inputShape, layout, dtype });
    this.#assertResidual(action, options.residual);
    const residual =
      options.residual &&
      useTensor(this.#gpu, action, 'residual', options.residual, { shape: this.outputShape, layout, dtype });
    return recordRun(this.#gpu, loan.plan, { input: storage, packedFilter, terms, residual });
  }

  #assertResidual(action: string, residual: unknown): void {
    const { hasResidual } = this.#parts.loan.plan.problem.epilogue;
    if (hasResidual === (residual !== undefined)) return;
    throw new InvalidArgumentError(
      hasResidual
        ? `${action}: the convolution was prepared with residual: true, and needs a residual of shape [${this.outputShape.join(', ')}].`
        : `${action}: a residual was given, but the convolution was prepared without. Prepare it with residual: true.`,
    );
  }

  /**
   * Records the convolution into a command encoder of the caller's, from buffer to buffer; the caller submits. The first
   * call allocates a workspace that this object keeps. Submit before you dispose: encoders submitted later are refused.
   * What the device refuses comes to light in the caller's own error scopes, and in `engine.finish()`.
   * @throws InvalidArgumentError if a buffer is too small, lacks usage STORAGE, is not aligned, or is used for both.
   */
  encode(commandEncoder: CommandEncoderHandle, operands: EncodeOperands): void {
    const action = 'encode';
    this.#assertUsable(action);
    if (typeof (commandEncoder as GPUCommandEncoder | undefined)?.beginComputePass !== 'function') {
      throw new InvalidArgumentError(
        `${action}: the first argument must be a GPUCommandEncoder, got ${describe(commandEncoder)}.`,
      );
    }
    assertOptionsObject(action, operands);
    rejectUnknownOptions(action, operands, ['input', 'output', 'residual']);
    this.#assertResidual(action, operands.residual);
    const { loan, packedFilter, terms } = this.#parts;
    const { plan } = loan;
    const { dtype } = plan.problem;
    const input = callersSlice(action, 'input', operands.input, this.inputShape, dtype);
    const output = callersSlice(action, 'output', operands.output, this.outputShape, dtype);
    const residual =
      operands.residual === undefined
        ? undefined
        : callersSlice(action, 'residual', operands.residual, this.outputShape, dtype);
    for (const [name, slice] of Object.entries({ input, residual })) {
      if (slice?.buffer !== output.buffer) continue;
      throw new InvalidArgumentError(
        `${action}: ${name} and output are the same buffer. Give the output one of its own.`,
      );
    }
    const workspace = this.#takeWorkspace(plan);
    this.#encoded = true;
    const recorder = new EncoderRecorder(this.#gpu.device, commandEncoder as GPUCommandEncoder);
    plan.run(recorder, {
      input,
      output,
      packedFilter: packedFilter.slice,
      terms: terms?.slice,
      residual,
      workspace,
    });
    recorder.end();
  }

  #takeWorkspace({ workspaceBytes }: Plan): BufferSlice | undefined {
    if (workspaceBytes === 0) return undefined;
    // a buffer that the device could not back with memory was discarded: try again
    if (!this.#ownWorkspace || this.#ownWorkspace.discarded) this.#ownWorkspace = this.#gpu.acquire(workspaceBytes);
    return wholeSlice(this.#ownWorkspace, workspaceBytes);
  }

  /** Gives filter, workspace and plan back. Outputs of earlier runs stay valid. Twice is once. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    const { loan, packedFilter, terms } = this.#parts;
    // an encoder of the caller's that is not submitted yet must be refused, not compute with what these buffers hold next
    if (this.#encoded) packedFilter.discard();
    if (this.#ownWorkspace) this.#gpu.discard(this.#ownWorkspace);
    packedFilter.release();
    terms?.release();
    loan.release();
  }

  /** As {@link PreparedConv.dispose}. */
  [Symbol.dispose](): void {
    this.dispose();
  }
}

function callersSlice(
  action: string,
  name: string,
  binding: BufferBinding,
  shape: Shape,
  dtype: FloatDType,
): BufferSlice {
  const sizeBytes = storedBytes(shape, dtype);
  if (typeof binding === 'object' && binding !== null && 'buffer' in binding) {
    rejectUnknownOptions(`${action}: ${name}`, binding, ['buffer', 'offset']);
  }
  const given = binding as GPUBuffer | { buffer: GPUBuffer; offset?: number } | null | undefined;
  const { buffer, offset: offsetBytes = 0 } =
    typeof given === 'object' && given !== null && 'buffer' in given ? given : { buffer: given };
  if (typeof buffer?.size !== 'number' || typeof buffer.usage !== 'number') {
    throw new InvalidArgumentError(
      `${action}: ${name} must be a GPUBuffer or { buffer, offset }, got ${describe(binding)}.`,
    );
  }
  if ((buffer.usage & STORAGE_USAGE) === 0) {
    throw new InvalidArgumentError(
      `${action}: ${name} buffer lacks usage STORAGE. Create it with GPUBufferUsage.STORAGE.`,
    );
  }
  if (!Number.isSafeInteger(offsetBytes) || offsetBytes < 0 || offsetBytes % 256 !== 0) {
    throw new InvalidArgumentError(
      `${action}: ${name} offset is ${describe(offsetBytes)}, but must be a multiple of 256 bytes.`,
    );
  }
  if (buffer.size - offsetBytes < sizeBytes) {
    throw new InvalidArgumentError(
      `${action}: ${name} buffer has ${buffer.size - offsetBytes} bytes from offset ${offsetBytes} on, but shape [${shape.join(', ')}] needs ${sizeBytes}.`,
    );
  }
  return { buffer, offsetBytes, sizeBytes };
}
