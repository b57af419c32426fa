// The cost model: what it is made of is there for every kernel, and it says more for more work.
import { describe, expect, it } from 'vitest';
import { calibrationProblems } from '../../../bench/calibration/problems.js';
import type { Algorithm } from '../../../src/algorithms/algorithm.js';
import type { RunStepDesign, StepDesign } from '../../../src/algorithms/design.js';
import { FILTER_GRADIENT_ALGORITHMS } from '../../../src/algorithms/filter-gradient/table.js';
import { ALGORITHMS } from '../../../src/algorithms/table.js';
import type { Capabilities } from '../../../src/gpu/capabilities.js';
import { kernelName, machineOf, predictMs, rateName } from '../../../src/planner/cost-model.js';
import { HARDWARE } from '../../../src/planner/rates/hardware.js';
import { lackOf } from '../../../src/planner/support.js';
import { type ConvProblem, conv2dProblem, filterGradientProblem } from '../../../src/problem/index.js';
import { GPU, LAVAPIPE, RICH_GPU, SWIFTSHADER } from '../../support/devices.js';

/** A design of any table. */
interface Designed {
  readonly pack?: readonly StepDesign<never>[];
  readonly run: readonly RunStepDesign<never>[];
}

/** Every way of computing a problem, and its filter's gradient. */
function designs(problem: ConvProblem, device: Capabilities): Designed[] {
  const limits = { workspaceLimitBytes: 2 ** 27, device };
  const designsOf = <Problem>(table: readonly Algorithm<Problem, Designed>[], given: Problem) =>
    table.flatMap((algorithm) =>
      algorithm.variants
        .filter((variant) => algorithm.unsupported(given, variant) === undefined)
        .filter((variant) => lackOf(algorithm, variant, device) === undefined)
        .map((variant) => algorithm.design(given, variant, limits)),
    );
  return [...designsOf(ALGORITHMS, problem), ...designsOf(FILTER_GRADIENT_ALGORITHMS, filterGradientProblem(problem))];
}

/** Their dispatches. */
const dispatches = (problem: ConvProblem, device: Capabilities) => designs(problem, device).flatMap(({ run }) => run);

describe('rates', () => {
  it.each([
    ['swiftshader', { ...SWIFTSHADER, features: ['subgroups'], subgroupMinSize: 4 }],
    ['lavapipe', { ...LAVAPIPE, features: ['shader-f16', 'subgroups'], subgroupMinSize: 8 }],
  ])('of %s are known of every kernel, one for each of its loops', (_, device) => {
    const machine = machineOf(device);
    if (machine.kind !== 'measured') throw new Error('a software adapter has measured rates');
    const used = new Map(
      calibrationProblems()
        .flatMap((problem) => dispatches(problem, device))
        .map((step) => [rateName(step), step]),
    );
    const wanted = [...used].map(([name, { work }]) => [name, 1 + work.loops.length]);
    const known = Object.entries(machine.kernels).map(([name, { ns }]) => [name, ns.length]);
    expect(known.sort()).toEqual(wanted.sort());
    const compiled = calibrationProblems()
      .flatMap((problem) => designs(problem, device))
      .flatMap(({ pack = [], run }) => [...pack, ...run])
      .map(({ kernel }) => kernelName(kernel));
    expect(Object.keys(machine.compileMs).sort()).toEqual([...new Set(compiled)].sort());
  });

  it('of GPUs are known of every kernel that multiplies', () => {
    const used = calibrationProblems().flatMap((problem) => dispatches(problem, RICH_GPU));
    const multiplying = used.filter(({ work }) => work.multiplyAdds > 0).map(rateName);
    expect(Object.keys(HARDWARE.share).sort()).toEqual([...new Set(multiplying)].sort());
  });
});

describe('the work of a design', () => {
  it('is at least what the problem asks for, of every way but those that multiply less', () => {
    const problem = conv2dProblem({ inputShape: [1, 24, 20, 20], filterShape: [40, 24, 5, 5], padding: 2 });
    const products = 24 * 40 * 5 * 5 * 20 * 20;
    for (const { name, variants, design, errorGrowth } of ALGORITHMS) {
      if (errorGrowth || ALGORITHMS.find((row) => row.name === name)!.unsupported(problem)) continue;
      for (const variant of variants) {
        const { run } = design(problem, variant, {
          workspaceLimitBytes: 2 ** 27,
          device: RICH_GPU,
        });
        const multiplyAdds = run.reduce((sum, { work }) => sum + work.multiplyAdds, 0);
        expect(multiplyAdds, `${name} ${variant}`).toBeGreaterThanOrEqual(products);
        expect(multiplyAdds, `${name} ${variant}`).toBeLessThan(8 * products);
      }
    }
  });
});

describe('the prediction', () => {
  const times = (size: number, device: Capabilities) => {
    const problem = conv2dProblem({ inputShape: [1, 32, size, size], filterShape: [32, 32, 3, 3], padding: 1 });
    const limits = { workspaceLimitBytes: 2 ** 27, device };
    return ALGORITHMS.filter((algorithm) => algorithm.unsupported(problem) === undefined).flatMap((algorithm) =>
      algorithm.variants
        .filter((variant) => !algorithm.unsupported(problem, variant) && !lackOf(algorithm, variant, device))
        .map((variant) => predictMs(algorithm.design(problem, variant, limits), machineOf(device))),
    );
  };

  it.each([
    ['SwiftShader', SWIFTSHADER],
    ['lavapipe', LAVAPIPE],
    ['a GPU', GPU],
  ])('grows with the image on %s', (_, device) => {
    const [small, large] = [times(32, device), times(512, device)]; // on a GPU both fill it
    expect(small.length).toBeGreaterThan(5);
    for (const [index, ms] of small.entries()) {
      expect(ms).toBeGreaterThan(0);
      expect(large[index]).toBeGreaterThan(ms);
      expect(large[index]).toBeLessThan(Number.POSITIVE_INFINITY);
    }
  });
});
