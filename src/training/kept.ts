// Things that are to be given back together: on the way out if something failed, or when their owner is disposed.

/** Anything that is given back. */
export interface Disposable {
  dispose(): void;
}

/** A list of such things. */
export class Kept implements Disposable {
  readonly #things: Disposable[] = [];

  keep<T extends Disposable>(thing: T): T {
    this.#things.push(thing);
    return thing;
  }

  dispose(): void {
    for (const thing of this.#things.splice(0)) thing.dispose();
  }
}

/** Waits for things that are being made at the same time; if one fails, the others are given back. */
export async function allOrNone<T extends Disposable>(making: readonly Promise<T>[]): Promise<T[]> {
  const results = await Promise.allSettled(making);
  const made = results.filter((result) => result.status === 'fulfilled').map(({ value }) => value);
  const failed = results.find((result) => result.status === 'rejected');
  if (!failed) return made;
  for (const one of made) one.dispose();
  throw failed.reason;
}
