// Whether an output is right. This project's results are held to the bound that the reference derives for sums of products;
// Winograd's, whose rounding errors are larger, to so many times the largest bound of their channel as the engine's option
// `accuracy` documents. Those of others, of whose algorithms nothing is known, must be within a thousandth of the largest value.
import {
  compare,
  type ExpectedResult,
  expectedConv2d,
  expectedConvBackwardFilter,
  expectedConvBackwardInput,
  expectedConvTranspose2d,
} from 'webgpu-conv/reference';
import type { BenchShape } from '../shapes/bench-shape.js';
import { asReference, type OperandLayout, type Operands } from '../shapes/operands.js';
import { callReference } from '../shapes/reference-call.js';

export const PEER_TOLERANCE = 1e-3;

const EXPECTED = {
  conv: expectedConv2d,
  convTranspose: expectedConvTranspose2d,
  convBackwardInput: expectedConvBackwardInput,
  convBackwardFilter: expectedConvBackwardFilter,
};

export function expectedOf(shape: BenchShape, operands: Operands): ExpectedResult {
  return callReference(EXPECTED, shape, operands);
}

/** The same values with bounds for an algorithm whose errors may be `growth` times as large as those of sums nearby. */
export function grown(expected: ExpectedResult, growth: number): ExpectedResult {
  if (growth === 1) return expected;
  const plane = expected.shape.slice(2).reduce((product, size) => product * size, 1); // of (N, K, P, Q) or (N, C, H, W)
  const bound = Float64Array.from(expected.bound);
  for (let start = 0; start < bound.length; start += plane) {
    const largest = bound.subarray(start, start + plane).reduce((most, value) => Math.max(most, value), 0);
    bound.fill(growth * largest, start, start + plane);
  }
  return { ...expected, bound };
}

/** The same values with the looser bounds for others. */
export function loosened(expected: ExpectedResult): ExpectedResult {
  const largest = expected.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return { ...expected, bound: expected.bound.map((bound) => Math.max(bound, PEER_TOLERANCE * largest)) };
}

/** Why an output is wrong, or undefined if it is right. `expected`: with the bounds that hold for the engine. */
export function wrongness(values: Float32Array, layout: OperandLayout, expected: ExpectedResult): string | undefined {
  if (values.length !== expected.data.length) {
    return `the output has ${values.length} values instead of ${expected.data.length}`;
  }
  const { data } = asReference(Float32Array.from(values), layout, expected.shape);
  const { ok, errorBoundUnits, worst } = compare(data, expected);
  if (ok) return undefined;
  const place = worst.coordinates.join(', ');
  return `${worst.actual} instead of ${worst.expected} at [${place}], ${errorBoundUnits.toPrecision(3)} times the bound`;
}
