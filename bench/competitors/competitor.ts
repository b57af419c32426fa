// What an engine must be able to do to be measured. One file of this folder for each engine; the runner knows no other way
// to them, so that all are started, waited for and checked alike.

import type { BenchShape } from '../shapes/bench-shape.js';
import type { OperandLayout, Operands } from '../shapes/operands.js';

/** A convolution that the engine does not offer, by its own documentation or its own refusal. */
export class UnsupportedError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UnsupportedError';
  }
}

/** What is to be measured. */
export interface Task {
  readonly shape: BenchShape;
  readonly operands: Operands;
  /** One of the competitor's variants for the shape. */
  readonly variant: string;
}

/** One engine with one task. Its operands lie on its device, the first twice, so that calls in a row read different buffers. */
export interface Contender {
  /** Layout of what `endToEnd` gives. */
  readonly layout: OperandLayout;
  /** What it computes, where that is not the task's shape: the convolution itself beside its gradient. */
  readonly shape?: BenchShape;
  /** Makes this engine the one that runs, where engines share a switch. Not timed. */
  select?(): Promise<void>;
  /** Starts the call of a program that computes it once, where an engine offers another for many. Then that is the first call. */
  once?(): Promise<void>;
  /** Plans, compiles, packs: what is needed once before `run`. Timed as part of the first call, where there is no `once`. */
  prepare(): Promise<void>;
  /** Starts a call on copy 0 or 1 of the first operand. Its output stays on the device, and is given back by the next call or `wait`. */
  run(copy: 0 | 1): void | Promise<void>;
  /** Submits what was started, waits until the device's queue has done it. */
  wait(): Promise<void>;
  /** Upload of the first operand, the call, read-back of the result. */
  endToEnd(): Promise<Float32Array>;
  /**
   * By how much errors may exceed the derived bound of sums of products, once prepared. Absent where nothing is derived: then
   * results are held to a looser bound.
   */
  errorGrowth?(): number;
  /** True of what all others are checked against, which is not checked against itself. */
  readonly isReference?: boolean;
  /** What was chosen, where the engine tells. */
  plan?(): string;
  /** Most GPU memory held in the first call, where the engine tells. */
  peakBytes?(): number;
  dispose(): void | Promise<void>;
}

export interface Competitor {
  /** The ways in which it computes a shape, each of which becomes a row. */
  variants(shape: BenchShape): Promise<readonly string[]>;
  /** Uploads the operands. @throws UnsupportedError */
  open(task: Task): Promise<Contender>;
}
