// A linear map as the steps in which a kernel evaluates it in f32, and the roundings that its results go through. Each step is a sum of
// one or two earlier values times constants. A product rounds unless its constant is a power of two, a sum rounds, and a constant
// that f32 does not hold counts by its own error; fused, a step has fewer.

/** An earlier value (the inputs come first, then the steps) and its factor. */
export type Term = readonly [value: number, factor: number];

/** How a kernel computes some results from some inputs. */
export interface LinearSteps {
  readonly inputs: number;
  readonly steps: readonly (readonly [Term] | readonly [Term, Term])[];
  /** The value that each result is. */
  readonly results: readonly number[];
}

/** An operation that rounds: by at most `roundings` · 2^-24 of its exact value. */
export interface Rounding {
  readonly roundings: number;
  /** Of each input in the exact value. */
  readonly factors: readonly number[];
  /** How often its error is in each result. */
  readonly gains: readonly number[];
}

/** What an evaluation comes to. */
export interface Evaluation {
  /** results × inputs */
  readonly matrix: readonly (readonly number[])[];
  readonly errors: readonly Rounding[];
  /** Most roundings on the way from an input to a result. */
  readonly longest: number;
}

/** Roundings of a product with a constant. */
function productRoundings(factor: number): number {
  if (Number.isInteger(Math.log2(Math.abs(factor)))) return 0;
  return 1 + Math.abs(Math.fround(factor) / factor - 1) * 2 ** 24;
}

/** How often an error of each value is in each result: the adjoint of the steps. */
function gainsOf({ inputs, steps, results }: LinearSteps): number[][] {
  const gains = Array.from({ length: inputs + steps.length }, () => results.map(() => 0));
  for (const [number, value] of results.entries()) gains[value]![number] = 1;
  for (const [index, terms] of [...steps.entries()].reverse())
    for (const [value, factor] of terms)
      for (const number of results.keys()) gains[value]![number]! += factor * gains[inputs + index]![number]!;
  return gains;
}

/** The matrix of an evaluation, and its roundings. */
export function evaluate(evaluation: LinearSteps): Evaluation {
  const { inputs, steps, results } = evaluation;
  const gains = gainsOf(evaluation);
  const values = Array.from({ length: inputs }, (_, input) =>
    Array.from({ length: inputs }, (__, other) => Number(input === other)),
  );
  const counts: number[] = Array(inputs).fill(0);
  const errors: Rounding[] = [];
  for (const [index, terms] of steps.entries()) {
    const products = terms.map(([value, factor]) => values[value]!.map((part) => factor * part));
    const sum = products[0]!.map((_, input) => products.reduce((total, product) => total + product[input]!, 0));
    const at = gains[inputs + index]!;
    for (const [term, [, factor]] of terms.entries()) {
      const roundings = productRoundings(factor);
      if (roundings > 0) errors.push({ roundings, factors: products[term]!, gains: at });
    }
    if (terms.length > 1) errors.push({ roundings: 1, factors: sum, gains: at });
    values.push(sum);
    const before = terms.map(([value, factor]) => counts[value]! + productRoundings(factor));
    counts.push(Math.max(...before) + terms.length - 1);
  }
  return {
    matrix: results.map((value) => values[value]!),
    errors,
    longest: Math.max(...results.map((value) => counts[value]!)),
  };
}
