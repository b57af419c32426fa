// The problem of an input's gradient, against the definition: where the forward problem's output p meets the padded input c at tap r, the adjoint's
// output c meets its input p at tap r; and what is folded where.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  adjointFilterLayout,
  type ConvAxis,
  type ConvProblem,
  conv1dProblem,
  conv2dProblem,
  convFilterShape,
  convOutputShape,
  convTranspose1dProblem,
  describeConv,
  FILTER_LAYOUTS,
  inputGradient,
} from '../../../src/problem/index.js';

/** Every (output, tap, input) of an axis that meet, as text; inputs may lie outside. */
function meetings(operator: ConvProblem['operator'], axis: ConvAxis): string[] {
  const { inputSize, filterSize, stride, dilation, padBegin, outputSize } = axis;
  const found: string[] = [];
  const range = (count: number) => Array.from({ length: count }, (_, index) => index);
  if (operator === 'conv') {
    for (const p of range(outputSize))
      for (const r of range(filterSize)) found.push(`${p} ${r} ${p * stride + r * dilation - padBegin}`);
  } else {
    for (const i of range(inputSize))
      for (const r of range(filterSize)) found.push(`${i * stride + r * dilation - padBegin} ${r} ${i}`);
  }
  return found;
}

/** Those whose output and input exist, the two exchanged if `swap`, and inputs counted from `before`. */
function inside(found: readonly string[], outputs: number, inputs: number, swap: boolean): string[] {
  return found
    .map((text) => text.split(' ').map(Number) as [number, number, number])
    .filter(([output, , input]) => output >= 0 && output < outputs && input >= 0 && input < inputs)
    .map(([output, tap, input]) => (swap ? `${input} ${tap} ${output}` : `${output} ${tap} ${input}`))
    .sort();
}

const sizes = { inputSize: fc.integer({ min: 1, max: 17 }), filterSize: fc.integer({ min: 1, max: 5 }) };
const steps = { stride: fc.integer({ min: 1, max: 6 }), dilation: fc.integer({ min: 1, max: 4 }) };
const pads = fc.tuple(fc.integer({ min: -2, max: 7 }), fc.integer({ min: -2, max: 7 }));

function problemOr(make: () => ConvProblem): ConvProblem | undefined {
  try {
    return make();
  } catch {
    return undefined; // nothing is left of it: no problem
  }
}

describe('the gradient of an input', () => {
  it('has the meetings of the forward problem, inputs and outputs exchanged', () => {
    const given = fc.record({
      ...sizes,
      ...steps,
      padding: pads,
      transposed: fc.boolean(),
      rounding: fc.constantFrom('floor' as const, 'ceil' as const),
    });
    let checked = 0;
    fc.assert(
      fc.property(given, ({ inputSize, filterSize, stride, dilation, padding, transposed, rounding }) => {
        const geometry = { strides: stride, dilations: dilation, padding: [padding] as const };
        const shapes = {
          inputShape: [2, 3, inputSize],
          filterShape: transposed ? [3, 4, filterSize] : [4, 3, filterSize],
        };
        const forward = problemOr(() =>
          transposed
            ? convTranspose1dProblem({ ...geometry, ...shapes })
            : conv1dProblem({ ...geometry, ...shapes, rounding }),
        );
        if (!forward) return;
        checked++;
        const { problem, fold } = inputGradient(forward, false);
        expect(fold).toBeUndefined();
        const [from, to] = [forward.axes[0]!, problem.axes[0]!];
        expect(to.outputSize).toBe(inputSize);
        const adjoint = inside(meetings(problem.operator, to), to.outputSize, to.inputSize, true);
        expect(adjoint).toEqual(inside(meetings(forward.operator, from), from.outputSize, from.inputSize, false));
        expect(convFilterShape(problem)).toEqual(convFilterShape(forward)); // the same memory
      }),
      { numRuns: 500 },
    );
    expect(checked).toBeGreaterThan(200);
  });

  it('is of the padded input, where padding holds values of the input and windows meet it', () => {
    const given = fc.record({
      ...sizes,
      ...steps,
      padding: pads,
      paddingMode: fc.constantFrom('replicate' as const, 'circular' as const, 'symmetric' as const),
    });
    fc.assert(
      fc.property(given, ({ inputSize, filterSize, stride, dilation, padding, paddingMode }) => {
        const forward = problemOr(() =>
          conv1dProblem({
            ...{ inputShape: [1, 1, inputSize], filterShape: [1, 1, filterSize], strides: stride, dilations: dilation },
            padding: [padding],
            paddingMode,
          }),
        );
        if (!forward) return;
        const { problem, fold } = inputGradient(forward, true);
        const met = meetings('conv', forward.axes[0]!).map((text) => Number(text.split(' ')[2]));
        const [first, last] = [Math.min(...met), Math.max(...met)];
        const reachesOut = first < 0 || last >= inputSize;
        expect(fold !== undefined).toBe(reachesOut);
        expect(problem.epilogue.hasResidual).toBe(!reachesOut);
        if (!fold) return;
        expect(fold).toEqual({
          mode: paddingMode,
          axes: [{ size: inputSize, paddedSize: last + 1 - first, before: 0 - first }],
        });
        // coordinate c of the padded input is the output c − first
        const to = problem.axes[0]!;
        const adjoint = inside(meetings('convTranspose', to), to.outputSize, to.inputSize, false);
        const shifted = meetings('conv', forward.axes[0]!).map((text) => {
          const [p, r, c] = text.split(' ').map(Number) as [number, number, number];
          return `${c - first} ${r} ${p}`;
        });
        expect(adjoint).toEqual(shifted.sort());
      }),
      { numRuns: 500 },
    );
  });

  it('folds only the axes that need it, and rounds to halves after that', () => {
    const forward = conv2dProblem({
      ...{ inputShape: [1, 2, 9, 10], filterShape: [3, 2, 1, 3], padding: [0, 1], paddingMode: 'reflect' },
      dtype: 'float16',
    });
    const { problem, fold } = inputGradient(forward, false);
    expect(fold?.axes).toEqual([
      { size: 9, paddedSize: 9, before: 0 },
      { size: 10, paddedSize: 12, before: 1 },
    ]);
    expect([problem.dtype, problem.filterDtype]).toEqual(['float32', 'float16']);
    expect(convOutputShape(problem)).toEqual([1, 2, 9, 12]);
  });

  it('knows nothing of a constant in the padding, nor of the forward epilogue', () => {
    const forward = conv2dProblem({
      ...{ inputShape: [1, 2, 9, 10], filterShape: [3, 2, 3, 3], padding: 1, paddingMode: 4 },
      ...{ biasShape: [3], activation: 'relu' },
    });
    const { problem, fold } = inputGradient(forward, false);
    expect(fold).toBeUndefined();
    expect(describeConv(problem)).toBe('9×10×3 → 9×10×2, 3×3, transposed, padding 1');
    expect(problem.epilogue).toMatchObject({ hasBias: false, hasResidual: false, activation: { name: 'none' } });
  });
});

describe('the filter of the adjoint', () => {
  it.each([1, 2, 3] as const)('lies as it lay, in a layout that exists, at rank %i', (rank) => {
    for (const layout of FILTER_LAYOUTS[rank]) {
      const adjoint = adjointFilterLayout(layout);
      expect(FILTER_LAYOUTS[rank]).toContain(adjoint);
      expect(adjoint).not.toBe(layout);
      expect(adjointFilterLayout(adjoint)).toBe(layout);
    }
    expect(adjointFilterLayout('hwio')).toBe('hwoi');
  });
});
