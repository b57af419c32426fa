// Errors that WebGPU reports late: validation, out of memory, internal. Each guarded action gets error scopes, and what they
// catch is kept in two ways: a refused submission loses all its commands, so every read of what it (or anything before it,
// that the values depend on) computed fails from then on; and `settle` throws the first fault since it was last called.
import { type ConvError, KernelError, OutOfMemoryError } from '../errors.js';

/** Collects what error scopes catch. */
export class FaultLog {
  readonly #device: GPUDevice;
  readonly #pending = new Set<Promise<void>>();
  readonly #refused: { readonly submission: number; readonly error: ConvError }[] = [];
  #first: ConvError | undefined;
  #outOfMemory: ConvError | undefined;

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /** Runs `action` inside error scopes. `what` tells, in a message, what was being done; `undo` runs if it failed, late. */
  guard<T>(what: string, action: () => T, undo: (error: ConvError) => void = () => {}): T {
    this.#device.pushErrorScope('validation');
    this.#device.pushErrorScope('out-of-memory');
    this.#device.pushErrorScope('internal');
    try {
      return action();
    } finally {
      // popped in any case, or the device's scope stack would be off for everybody else
      for (let scope = 0; scope < 3; scope++) this.#watch(what, this.#device.popErrorScope(), undo);
    }
  }

  /** Runs `submit` as submission number `submission`, and remembers if it is refused. */
  guardSubmission(submission: number, submit: () => void): void {
    this.guard('submit', submit, (error) => {
      // what could not be allocated is why the commands that use it were refused; scopes report in order
      this.#refused.push({ submission, error: this.#outOfMemory ?? error });
      this.#outOfMemory = undefined;
    });
  }

  #watch(what: string, popped: Promise<GPUError | null>, undo: (error: ConvError) => void): void {
    const watched = popped
      .then(
        (fault) => {
          if (!fault) return;
          const error = typedError(what, fault);
          this.#first ??= error;
          if (error instanceof OutOfMemoryError) this.#outOfMemory = error;
          undo(error);
        },
        () => {}, // the device is lost: whoever waits for results learns it there
      )
      .finally(() => this.#pending.delete(watched));
    this.#pending.add(watched);
  }

  /** Waits for all scopes so far. */
  async wait(): Promise<void> {
    await Promise.all(this.#pending);
  }

  /** The error of the first refused submission from `oldest` to `newest`, if any. */
  refusedBetween(oldest: number, newest: number): ConvError | undefined {
    return this.#refused.find(({ submission }) => submission >= oldest && submission <= newest)?.error;
  }

  /** Waits for all scopes so far, then throws the first fault since the last call, if any. */
  async settle(): Promise<void> {
    await this.wait();
    const fault = this.#first;
    this.#first = undefined;
    if (fault) throw fault;
  }
}

function typedError(what: string, error: GPUError): ConvError {
  // by name, not instanceof: the device may come from another realm, or from a package in Node
  if (error.constructor.name === 'GPUOutOfMemoryError') {
    return new OutOfMemoryError(
      `${what}: the device is out of memory. Dispose tensors, lower workspaceLimitBytes, or split the batch.`,
      { cause: error },
    );
  }
  return new KernelError(`${what}: the device refused it: ${error.message}`, { cause: error });
}
