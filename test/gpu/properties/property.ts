// How a property is tried: on many problems at a time, whose reads share submissions; one that fails is made as small as it goes,
// problem by problem, and printed as a line that can be pasted.
import fc from 'fast-check';
import type { Engine } from 'webgpu-conv';
import { drawn } from '../../support/arbitrary-problem.js';
import { RUNS_FACTOR, SEED } from '../../support/arbitrary-settings.js';

/** Something that holds for every case. */
export interface Property<T> {
  readonly name: string;
  readonly cases: fc.Arbitrary<T>;
  /** Number of cases by default. */
  readonly runs: number;
  /** Tells what is wrong with a case; undefined: nothing. */
  wrong(engine: Engine, given: T): Promise<string | undefined>;
}

/** Cases in flight at a time: their tensors and plans are alive together. */
const BATCH = 24;
/** Time for making a failing case smaller; each step may compile pipelines. */
const SHRINK_MS = 60_000;

async function verdict<T>({ wrong }: Property<T>, engine: Engine, given: T): Promise<string | undefined> {
  try {
    return await wrong(engine, given);
  } catch (error) {
    return String((error as Error).stack ?? error);
  }
}

/** A line for the list of such in properties.test.ts. */
function reproLine(name: string, given: unknown): string {
  return `paste into REPROS: [${JSON.stringify(name)}, ${JSON.stringify(given)}],`;
}

/** Throws with what is wrong and how to reproduce it. */
export async function reproduceProperty<T>(property: Property<T>, engine: Engine, given: T): Promise<void> {
  const wrong = await verdict(property, engine, given);
  if (wrong !== undefined) throw new Error(`${property.name}: ${wrong}\n${reproLine(property.name, given)}`);
}

/** Tries a property on its cases. Throws for the first that fails, made smaller. */
export async function tryProperty<T>(property: Property<T>, engine: Engine): Promise<void> {
  const { name, cases } = property;
  const numRuns = Math.ceil(property.runs * RUNS_FACTOR);
  const predicate = fc.asyncProperty(cases, (given) => reproduceProperty(property, engine, given));
  // fc.check draws case number i again for the path `${i}`; fc.sample would draw others
  const all: T[] = [];
  const collect = fc.property(cases, (given) => void all.push(given));
  fc.assert(collect, { seed: SEED, numRuns });
  drawn.problems += all.length;
  for (let first = 0; first < all.length; first += BATCH) {
    const batch = all.slice(first, first + BATCH);
    const verdicts = await Promise.all(batch.map((given) => verdict(property, engine, given)));
    const failed = verdicts.findIndex((wrong) => wrong !== undefined);
    if (failed < 0) continue;
    const smaller = await fc.check(predicate, {
      seed: SEED,
      path: `${first + failed}`,
      numRuns: 1,
      interruptAfterTimeLimit: SHRINK_MS,
    });
    const count = verdicts.filter((wrong) => wrong !== undefined).length;
    const original = `case ${first + failed} of seed ${SEED}, ${count} of ${batch.length} in its batch`;
    const message = (smaller.errorInstance as Error | undefined)?.message;
    throw new Error(
      message === undefined
        ? `${name}: fails among others, but not by itself (${original}): ${verdicts[failed]}\n${reproLine(name, batch[failed])}`
        : `${message}\n(${original}; made smaller ${smaller.numShrinks} times)`,
    );
  }
}
