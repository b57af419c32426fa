// Shapes of tensors: lists of positive integers whose product a kernel can index with 32 bits.
import { InvalidArgumentError } from '../errors.js';
import { describe, integerAtLeast } from './options.js';

/** Sizes of a tensor's axes, outermost first. */
export type Shape = readonly number[];

/** Most elements that a tensor may have: kernels index with u32 and keep one bit in reserve for address arithmetic. */
const MAX_ELEMENTS = 2 ** 31 - 1;

/** Number of elements of a shape. */
export function elementCount(shape: Shape): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** A shape as it stands in a message: `[1, 3, 400, 600]`. */
export function formatShape(shape: Shape): string {
  return `[${shape.join(', ')}]`;
}

/** True if both shapes have the same sizes. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

/**
 * Checks that `value` is a shape (of `rank` axes, if given) and returns a frozen copy.
 * @throws InvalidArgumentError if it is no list, an axis is not a positive integer, or it has more than 2^31 − 1 elements.
 */
export function parseShape(action: string, name: string, value: unknown, rank?: number): Shape {
  if (!Array.isArray(value)) {
    throw new InvalidArgumentError(`${action}: ${name} must be an array of sizes, got ${describe(value)}.`);
  }
  if (rank !== undefined && value.length !== rank) {
    throw new InvalidArgumentError(
      `${action}: ${name} is ${describe(value)} with ${value.length} axes, but must have ${rank}.`,
    );
  }
  for (const [axis, size] of value.entries())
    integerAtLeast(action, `axis ${axis} of ${name} ${describe(value)}`, size, 1);
  const count = elementCount(value as number[]);
  if (count > MAX_ELEMENTS) {
    throw new InvalidArgumentError(
      `${action}: ${name} ${describe(value)} has ${count} elements, but at most ${MAX_ELEMENTS} (2^31 - 1) can be indexed. Split the batch.`,
    );
  }
  return Object.freeze([...(value as number[])]);
}
