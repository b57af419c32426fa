// What `npm run train` gets from the page. Types only, for both sides.

export interface TrainingResult {
  readonly adapter: string;
  /** Of all steps and tests, and of the compilation before them; not of pauses. */
  readonly seconds: number;
  readonly steps: number;
  /** Share of the digits of held-out families that are read rightly, at the end. */
  readonly accuracy: number;
  /** Mean losses of ten steps each. */
  readonly losses: readonly number[];
  /** Bytes that the engine held at the second test, when all that is needed was allocated, and at the end. */
  readonly memoryBytes: readonly [first: number, last: number];
}
