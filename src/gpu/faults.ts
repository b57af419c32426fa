// Errors that WebGPU reports late: validation, out of memory, internal. Each guarded action gets error scopes; what they
// catch is kept until somebody waits for results, and is thrown there, typed.
import { type ConvError, KernelError, OutOfMemoryError } from '../errors.js';

/** Collects what error scopes catch. */
export class FaultLog {
  readonly #device: GPUDevice;
  readonly #pending = new Set<Promise<void>>();
  #first: ConvError | undefined;

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /** Runs `action` inside error scopes. `what` tells, in a message, what was being done; `undo` runs if it failed, late. */
  guard<T>(what: string, action: () => T, undo: () => void = () => {}): T {
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

  #watch(what: string, popped: Promise<GPUError | null>, undo: () => void): void {
    const watched = popped
      .then(
        (error) => {
          if (!error) return;
          this.#first ??= typedError(what, error);
          undo();
        },
        () => {}, // the device is lost: whoever waits for results learns it there
      )
      .finally(() => this.#pending.delete(watched));
    this.#pending.add(watched);
  }

  /** Waits for all scopes so far, then throws the first fault since the last call, if any. */
  async settle(): Promise<void> {
    await Promise.all(this.#pending);
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
