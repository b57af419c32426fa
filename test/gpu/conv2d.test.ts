// Every algorithm of the table, in every variant, over the ugly problems in either layout by turns, against the reference.
import { describe, expect, it } from 'vitest';
import { LAYOUTS, makeCase, runCase, supporting, VARIANTS } from './support/differential.js';
import { useEngine } from './support/engine.js';
import { UGLY_PROBLEMS } from './support/problems.js';

const engine = useEngine();

const PROBLEMS = UGLY_PROBLEMS.map((problem, index) => ({ problem, index }));

describe('the table of problems', () => {
  it('has at least 60, each with a name of its own', () => {
    expect(UGLY_PROBLEMS.length).toBeGreaterThanOrEqual(60);
    expect(new Set(UGLY_PROBLEMS.map(({ name }) => name)).size).toBe(UGLY_PROBLEMS.length);
    expect(VARIANTS.length).toBeGreaterThanOrEqual(3);
  });
});

describe.each(LAYOUTS)('conv2d in %s, %s equals the reference', (...layouts) => {
  // by turns: half of the problems in one layout, half in the other
  const inTurn = PROBLEMS.filter(({ index }) => LAYOUTS[index % LAYOUTS.length]![0] === layouts[0]);
  it.each(inTurn)('$problem.name', async ({ problem, index }) => {
    const data = makeCase(problem, layouts, 100 * index);
    const outcomes = await runCase(engine(), data);
    expect(outcomes).toHaveLength(supporting(data.problem).length);
    expect(outcomes.length).toBeGreaterThanOrEqual(1);
    expect(outcomes.filter(({ ok }) => !ok).map(({ line }) => line)).toEqual([]);
  });
});

describe('an algorithm that does not support a problem', () => {
  it('refuses it when forced, and says why; the others compute it', async () => {
    const refused: string[] = [];
    for (const [index, problem] of UGLY_PROBLEMS.entries()) {
      const data = makeCase(problem, LAYOUTS[0], index);
      const able = supporting(data.problem);
      for (const variant of VARIANTS.filter(
        (candidate) => !able.some(({ algorithm }) => algorithm === candidate.algorithm),
      )) {
        const error = await runCase(engine(), data, [variant]).catch((caught) => caught);
        expect(error).toMatchObject({ code: 'unsupported-problem' });
        refused.push(error.message);
      }
    }
    for (const reason of ['direct: the column stride is 2', 'direct: the column dilation is 2']) {
      expect(
        refused.some((message) => message.includes(reason)),
        reason,
      ).toBe(true);
    }
  });
});

describe('mixed layouts', () => {
  const problem = UGLY_PROBLEMS.find(({ name }) => name.startsWith('27×37, 23 channels, 5×3'))!;
  it.each([
    ['nchw', 'hwio'],
    ['nhwc', 'oihw'],
  ] as const)('%s with %s', async (inputLayout, filterLayout) => {
    const outcomes = await runCase(engine(), makeCase(problem, [inputLayout, filterLayout] as never, 5));
    expect(outcomes.filter(({ ok }) => !ok).map(({ line }) => line)).toEqual([]);
  });
});

describe('flipFilter', () => {
  it('is the same, bit for bit, as flipping the filter', async () => {
    const problem = UGLY_PROBLEMS.find(({ name }) => name === 'a flipped filter')!;
    const { input, filter, options, problem: described } = makeCase(problem, LAYOUTS[0], 6);
    const [rows, columns] = [3, 4];
    const flipped = filter.data.map((_, index) => {
      const tap = index % (rows * columns);
      return filter.data[index - tap + (rows * columns - 1 - tap)]!;
    });
    const x = engine().tensor(input.data, input.shape);
    const [w, v] = [filter.data, flipped].map((data) => engine().tensor(data, filter.shape));
    for (const variant of supporting(described)) {
      const outputs = [
        await engine().conv2d(x, w!, { ...options, ...variant }),
        await engine().conv2d(x, v!, { ...options, ...variant, flipFilter: false }),
      ];
      const [a, b] = await Promise.all(outputs.map((output) => output.read()));
      expect(a).toEqual(b);
    }
  });
});

describe('the check itself', () => {
  const problem = UGLY_PROBLEMS.find(({ name }) => name.startsWith('27×37, 23 channels, 3×3'))!;

  /** The largest of the ugly problems that a variant supports. */
  function largestFor(variant: { algorithm: string; variant: string }) {
    const cases = UGLY_PROBLEMS.map((candidate) => makeCase(candidate, LAYOUTS[0], 9));
    const able = cases.filter(({ problem: described }) =>
      supporting(described).some((other) => other.algorithm === variant.algorithm && other.variant === variant.variant),
    );
    return able.sort((a, b) => b.input.data.length - a.input.data.length)[0];
  }

  it('is asked of all variants but those for transposed convolutions', () => {
    const others = VARIANTS.filter((variant) => largestFor(variant) === undefined);
    expect(new Set(others.map(({ algorithm }) => algorithm))).toEqual(new Set(['col2im-gemm']));
  });

  it.each(VARIANTS.filter((variant) => largestFor(variant) !== undefined))(
    'fails for $algorithm $variant when one weight of the filter is changed',
    async (variant) => {
      const right = largestFor(variant)!;
      const data = right.filter.data.slice();
      data[data.length >> 1]! += 0.1;
      const [outcome] = await runCase(engine(), { ...right, filter: { ...right.filter, data } }, [variant]);
      expect(outcome!.ok).toBe(false);
      expect(outcome!.errorBoundUnits).toBeGreaterThan(1);
    },
  );

  it('fails when bias, activation or padding are not those of the reference', async () => {
    const right = makeCase(problem, LAYOUTS[0], 9);
    for (const wrong of [
      { bias: new Float32Array(17).fill(0.01) },
      { activation: 'relu' as const },
      { padding: 'same' as const, dilations: 2 },
    ]) {
      const [outcome] = await runCase(engine(), { ...right, options: { ...right.options, ...wrong } }, [
        VARIANTS.at(-1)!,
      ]);
      expect(outcome!.ok).toBe(false);
    }
  });
});

describe('bands', () => {
  it.each(VARIANTS.filter(({ algorithm }) => algorithm === 'im2col-gemm'))(
    'of $variant give bit for bit what one pass gives',
    async (variant) => {
      const { input, filter, options } = makeCase(
        { name: '', input: [2, 5, 33, 35], filter: [9, 3, 3], options: { padding: 1 }, bias: true },
        LAYOUTS[0],
        3,
      );
      const x = engine().tensor(input.data, input.shape);
      const w = engine().tensor(filter.data, filter.shape);
      const more = { ...options, ...variant };
      const prepare = (workspaceLimitBytes: number) =>
        engine().prepareConv2d({ ...more, inputShape: input.shape, filter: w, workspaceLimitBytes });
      const whole = await prepare(2 ** 24);
      const banded = await prepare(4 * 45 * 200);
      expect([whole.bands, banded.bands > 5]).toEqual([1, true]);
      expect(banded.workspaceBytes).toBeLessThanOrEqual(4 * 45 * 200);
      const [a, b] = await Promise.all([whole.run(x).read(), banded.run(x).read()]);
      expect(b).toEqual(a);
    },
  );
});
