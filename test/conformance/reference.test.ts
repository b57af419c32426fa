// The CPU reference against PyTorch and SciPy: every case, within what float64 sums may differ by.
import { describe, expect, it } from 'vitest';
import { coordinatesOf, FAMILIES, type Family, type Fixture, named, readFamily } from './fixtures.js';
import { outputShapeOf } from './problems.js';
import { callReference, float64Tolerances } from './reference-calls.js';

/** Fewest cases that each family must have. */
const LEAST: Record<Family, number> = {
  conv: 300,
  transposed: 120,
  pool: 140,
  signal: 100,
  activation: 40,
  gradients: 600,
};

/** What is wrong with a case, a line for its worst value; empty if nothing is. */
function faultsOf(fixture: Fixture): string[] {
  const { name, expected, indices } = fixture;
  const faults: string[] = [];
  const result = callReference(fixture);
  if (result.shape.join() !== expected.shape.join()) {
    return [`${name}: the reference's shape is [${result.shape.join(', ')}], expected [${expected.shape.join(', ')}]`];
  }
  const tolerances = float64Tolerances(fixture);
  let [worst, excess] = [0, -1];
  for (const [index, value] of expected.data.entries()) {
    const error = Math.abs(result.data[index]! - value);
    const times = error === 0 ? 0 : error / tolerances[index]!;
    if (times > excess || Number.isNaN(times)) [worst, excess] = [index, Number.isNaN(times) ? Infinity : times];
  }
  if (excess > 1) {
    const place = coordinatesOf(worst, expected.shape).join(', ');
    faults.push(
      `${name}: the reference at [${place}]: got ${result.data[worst]}, expected ${expected.data[worst]}, ${excess.toPrecision(3)} tolerances off`,
    );
  }
  const wrongIndex = indices?.findIndex((index, output) => result.indices?.[output] !== index) ?? -1;
  if (wrongIndex >= 0) {
    const place = coordinatesOf(wrongIndex, expected.shape).join(', ');
    faults.push(`${name}: index at [${place}]: got ${result.indices?.[wrongIndex]}, expected ${indices![wrongIndex]}`);
  }
  return faults;
}

const counts: Partial<Record<Family, number>> = {};

describe.each(FAMILIES)('the reference on %s', (family) => {
  const fixtures = readFamily(family);
  counts[family] = fixtures.length;

  it.each(named(fixtures))('%s', (_, fixture) => {
    expect(outputShapeOf(fixture) ?? fixture.expected.shape).toEqual(fixture.expected.shape);
    expect(faultsOf(fixture)).toEqual([]);
  });
});

describe('the check itself', () => {
  const fixture = readFamily('conv').find(({ name }) => name === 'conv2d flipped')!;

  it('fails when one weight or one option is another', () => {
    const filter = { ...fixture.operands.filter!, data: fixture.operands.filter!.data.slice() };
    filter.data[3]! *= 1 + 2 ** -20;
    expect(faultsOf({ ...fixture, operands: { ...fixture.operands, filter } })).toEqual([
      expect.stringMatching(
        /^conv2d flipped: the reference at \[\d+, \d+, \d+, \d+\]: got \S+, expected \S+, \S+ tolerances off$/,
      ),
    ]);
    expect(faultsOf({ ...fixture, options: { ...fixture.options, flipFilter: false } })).toHaveLength(1);
  });
});

describe('the fixtures', () => {
  it('are at least 1,400, at least so many of each family, each with a name of its own', () => {
    const families = FAMILIES.map((family) => [family, counts[family]!] as const);
    for (const [family, count] of families) expect(count, family).toBeGreaterThanOrEqual(LEAST[family]);
    const total = families.reduce((sum, [, count]) => sum + count, 0);
    expect(total).toBeGreaterThanOrEqual(1400);
    const names = FAMILIES.flatMap((family) => readFamily(family).map(({ name }) => `${family}: ${name}`));
    expect(new Set(names).size).toBe(total);
    console.info(`${total} conformance cases: ${families.map(([family, count]) => `${count} ${family}`).join(', ')}`);
  });
});
