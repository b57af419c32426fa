// Properties of what the engine computes, on random problems: small ones, of every kind, with every option. A property that fails is
// tried on smaller and smaller problems, and printed as a line that can be pasted into REPROS.
//
// The same problems in every run. To look for others, and many more (test/support/arbitrary-settings.ts):
//
//     VITE_PROPERTIES_SEED=7 VITE_PROPERTIES_RUNS=10 npx vitest run --project gpu test/gpu/properties.test.ts
import { describe, expect, it } from 'vitest';
import { drawn } from '../support/arbitrary-problem.js';
import { IS_EXPLORING, RUNS_FACTOR } from '../support/arbitrary-settings.js';
import {
  circularCommutesWithShifts,
  equalsItsMatrix,
  flipsFilters,
  hasAdjoint,
  hasIdentity,
  isLinear,
  validCommutesWithShifts,
} from './properties/algebra.js';
import { groupsAreConvolutions, layoutsDoNotMatter } from './properties/arrangement.js';
import { gradientsAreAdjoint, gradientsEqualReference } from './properties/gradients.js';
import { type Property, reproduceProperty, tryProperty } from './properties/property.js';
import {
  activationsEqualReference,
  convolutionsEqualReference,
  poolingsEqualReference,
} from './properties/reference.js';
import { sequencesAreTheirSteps } from './properties/sequences.js';
import { useEngine } from './support/engine.js';

const engine = useEngine();

const PROPERTIES = [
  convolutionsEqualReference,
  poolingsEqualReference,
  activationsEqualReference,
  isLinear,
  circularCommutesWithShifts,
  validCommutesWithShifts,
  hasIdentity,
  flipsFilters,
  hasAdjoint,
  equalsItsMatrix,
  layoutsDoNotMatter,
  groupsAreConvolutions,
  sequencesAreTheirSteps,
  gradientsEqualReference,
  gradientsAreAdjoint,
] as unknown as readonly Property<unknown>[];

/** Cases that failed once: lines as they were printed. */
const REPROS: readonly [name: string, given: unknown][] = [];

/** Nearly all of the time goes to compiling pipelines: 200 of them, and any combination is ten times as many. */
const timeout = 600_000 * Math.max(1, RUNS_FACTOR) * (IS_EXPLORING ? 4 : 1);

describe('properties', { timeout }, () => {
  it.each(REPROS)('repro: %s %j', async (name, given) => {
    const property = PROPERTIES.find((each) => each.name === name);
    if (!property) throw new RangeError(`There is no property '${name}'.`);
    await reproduceProperty(property, engine(), given);
  });

  it.each(PROPERTIES)('$name', (property) => tryProperty(property, engine()));

  it('are tried on 1,000 problems or more, and most draws are problems', () => {
    const { problems, conv, convKept, pool, poolKept } = drawn;
    expect(problems).toBeGreaterThanOrEqual(1000 * RUNS_FACTOR);
    expect(convKept / conv).toBeGreaterThan(1 / 3);
    expect(poolKept / pool).toBeGreaterThan(1 / 3);
  });
});
