// The way to the gradients, which are loaded when they are first asked for. Loading takes a moment, in which the caller may dispose tensors and
// change arrays: what a call was given is kept as it was.
import { isFloat32Array } from '../problem/index.js';
import { aliasOf, Tensor } from '../tensor.js';

type Backward = typeof import('./backward/index.js');

/** What a call was given. */
class Kept {
  readonly #aliases: Tensor[] = [];

  #one(value: unknown): unknown {
    if (Array.isArray(value) || isFloat32Array(value)) return value.slice();
    if (!(value instanceof Tensor) || value.disposed) return value;
    const alias = aliasOf(value);
    this.#aliases.push(alias);
    return alias;
  }

  /** An operand, or options with operands in them. */
  keep<T>(value: T): T {
    if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) {
      return this.#one(value) as T;
    }
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, this.#one(item)])) as T;
  }

  dispose(): void {
    for (const alias of this.#aliases) alias.dispose();
  }
}

/** Calls a gradient with what it was given now, when it is loaded. */
export async function withBackward<Operands extends readonly unknown[], Result>(
  operands: Operands,
  call: (backward: Backward, operands: Operands) => Promise<Result>,
): Promise<Result> {
  const kept = new Kept();
  try {
    const as = operands.map((operand) => kept.keep(operand)) as unknown as Operands;
    return await call(await import('./backward/index.js'), as);
  } finally {
    kept.dispose();
  }
}
