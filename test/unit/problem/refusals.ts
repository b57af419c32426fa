// Reads the message of what a problem function throws.
import { expect } from 'vitest';
import { InvalidArgumentError } from '../../../src/errors.js';

/** The message of the InvalidArgumentError that `call` throws; fails if it throws something else or nothing. */
export function refusalOf(call: () => unknown): string {
  let thrown: unknown;
  try {
    call();
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(InvalidArgumentError);
  return (thrown as Error).message;
}
