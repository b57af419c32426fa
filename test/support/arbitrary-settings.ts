// How the property tests draw their problems. By default the same problems in every run and on every machine, with kernels that are compiled
// for few combinations of overrides; with a seed of one's own other problems, and any combination:
//
//     VITE_PROPERTIES_SEED=7 VITE_PROPERTIES_RUNS=10 npx vitest run --project gpu test/gpu/properties.test.ts
//
// VITE_PROPERTIES_RUNS multiplies the number of problems. The prefix is what Vite lets through to a browser.

const { VITE_PROPERTIES_SEED: givenSeed, VITE_PROPERTIES_RUNS: givenRuns } = import.meta.env as Readonly<
  Record<string, string | undefined>
>;

function number(name: string, text: string | undefined, byDefault: number): number {
  const value = text === undefined ? byDefault : Number(text);
  if (Number.isFinite(value)) return value;
  throw new RangeError(`${name} is "${text}", but must be a number.`);
}

/** Seed of all problems. */
export const SEED = number('VITE_PROPERTIES_SEED', givenSeed, 20_260_101);

/** What the number of problems is multiplied with. */
export const RUNS_FACTOR = number('VITE_PROPERTIES_RUNS', givenRuns, 1);

/** True where time to compile does not count. */
export const IS_EXPLORING = givenSeed !== undefined;
