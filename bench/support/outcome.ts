// What functions of the page give to the scripts that call them: a value, or the reason why there is none. They never
// throw, since an exception that crosses from the page to a script loses its type. Types only, for both sides.

/** A step of a run, as it begins. */
export interface Progress {
  readonly index: number;
  readonly count: number;
  readonly title: string;
}

/** Why there is no result: the picture, the browser's WebGPU, or a mistake. */
export interface Failure {
  readonly kind: 'picture' | 'webgpu' | 'error';
  readonly message: string;
}

export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure };
