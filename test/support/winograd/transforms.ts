// The transforms of src/algorithms/winograd-transforms.ts as the steps of the kernels of shaders/winograd/, because their rounding errors
// depend on them (src/algorithms/winograd-errors.ts).
import { F2, F4, UNTRANSFORMED, type WinogradTransform } from '../../../src/algorithms/winograd-transforms.js';
import { type Evaluation, evaluate, type LinearSteps, type Term } from './linear-steps.js';

/** A transform, evaluated. */
export interface EvaluatedTransform {
  readonly tile: number;
  readonly taps: number;
  /** Aᵀ: m × (m + r − 1) */
  readonly output: Evaluation;
  /** G: (m + r − 1) × r */
  readonly filter: Evaluation;
  /** Bᵀ: (m + r − 1) × (m + r − 1) */
  readonly input: Evaluation;
}

function transform(output: LinearSteps, filter: LinearSteps, input: LinearSteps): EvaluatedTransform {
  return {
    tile: output.results.length,
    taps: filter.inputs,
    output: evaluate(output),
    filter: evaluate(filter),
    input: evaluate(input),
  };
}

const sum = (first: number, second: number): [Term, Term] => [
  [first, 1],
  [second, 1],
];
const difference = (first: number, second: number): [Term, Term] => [
  [first, 1],
  [second, -1],
];

const asItIs: LinearSteps = { inputs: 1, steps: [], results: [0] };
const untransformed = transform(asItIs, asItIs, asItIs);

const f2 = transform(
  { inputs: 4, steps: [sum(1, 2), difference(1, 2), sum(0, 4), difference(5, 3)], results: [6, 7] },
  {
    inputs: 3,
    steps: [sum(0, 2), [[3, 0.5]], [[1, 0.5]], sum(4, 5), difference(4, 5)],
    results: [0, 6, 7, 2],
  },
  { inputs: 4, steps: [difference(0, 2), sum(1, 2), difference(2, 1), difference(1, 3)], results: [4, 5, 6, 7] },
);

// from the points 0, ±a, ±b and ∞. Of all points these have within 2% the least κ (winograd-errors.ts), 14.01 (0, ±1, ±2, ∞ have 31),
// and they are short binary fractions, so Aᵀ and Bᵀ are exact in f32
const [a, b] = [5 / 8, 13 / 8];
const [a2, b2] = [a * a, b * b];
const near0 = 1 / (a2 * b2);
const nearA = 1 / (2 * a2 * (a2 - b2));
const nearB = 1 / (2 * b2 * (b2 - a2));

const f4 = transform(
  {
    inputs: 6,
    steps: [
      ...[sum(1, 2), difference(1, 2), sum(3, 4), difference(3, 4)], // 6 to 9: even and odd parts of ±a and ±b
      ...[sum(6, 8), sum(0, 10)], // 11
      [
        [7, a],
        [9, b],
      ],
      [
        [6, a2],
        [8, b2],
      ],
      [
        [9, b * b2],
        [5, 1],
      ],
      [
        [7, a * a2],
        [14, 1],
      ],
    ],
    results: [11, 12, 13, 15],
  },
  {
    inputs: 3,
    steps: [
      [
        [2, nearA * a2],
        [0, nearA],
      ],
      [[1, nearA * a]],
      [
        [2, nearB * b2],
        [0, nearB],
      ],
      [[1, nearB * b]],
      ...[sum(3, 4), difference(3, 4), sum(5, 6), difference(5, 6)], // 7 to 10
      [[0, near0]],
    ],
    results: [11, 7, 8, 9, 10, 2],
  },
  {
    inputs: 6,
    steps: [
      [
        [2, -b2],
        [4, 1],
      ],
      [
        [1, -a * b2],
        [3, a],
      ],
      [
        [2, -a2],
        [4, 1],
      ],
      [
        [1, -b * a2],
        [3, b],
      ],
      ...[sum(6, 7), difference(6, 7), sum(8, 9), difference(8, 9)], // 10 to 13
      [
        [2, -(a2 + b2)],
        [4, 1],
      ],
      [
        [0, a2 * b2],
        [14, 1],
      ],
      [
        [3, -(a2 + b2)],
        [5, 1],
      ],
      [
        [1, a2 * b2],
        [16, 1],
      ],
    ],
    results: [15, 10, 11, 12, 13, 17],
  },
);

const EVALUATED = new Map([
  [UNTRANSFORMED, untransformed],
  [F2, f2],
  [F4, f4],
]);

/** A transform with its matrices and roundings. */
export function evaluated(transform: WinogradTransform): EvaluatedTransform {
  return EVALUATED.get(transform)!;
}
