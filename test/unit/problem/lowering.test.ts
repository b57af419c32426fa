// The gathers that transposed convolutions come down to, against the definition: every input i and tap r meet at the output
// i · stride + r · dilation − padding. Brute force over the coordinates of one axis.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ConvProblem,
  conv1dProblem,
  convTranspose1dProblem,
  convTranspose2dProblem,
  gatherCount,
  gathersOf,
  greatestCommonDivisor,
  longestSum,
} from '../../../src/problem/index.js';

/** Which input meets which tap at which output, as text, sorted: by the gathers. Fails if an output is computed twice or not at all. */
function meetingsByGathers(problem: ConvProblem): string[] {
  const meetings: string[] = [];
  const outputs: number[] = [];
  for (const [, , axis] of gathersOf(problem)) {
    for (let j = 0; j < axis.outputs; j++) {
      const output = axis.outputFirst + j * axis.outputStep;
      outputs.push(output);
      for (let m = 0; m < axis.taps; m++) {
        const input = j * axis.stride + m * axis.dilation - axis.padBegin;
        if (input >= 0 && input < axis.inputSize)
          meetings.push(`${output}: ${input} · ${axis.firstTap + m * axis.tapStep}`);
      }
    }
  }
  const { outputSize } = problem.axes[0]!;
  expect(outputs.sort((a, b) => a - b)).toEqual(Array.from({ length: outputSize }, (_, output) => output));
  return meetings.sort();
}

/** The same by the definition. */
function meetingsByDefinition({ operator, axes, flipFilter }: ConvProblem): string[] {
  const { inputSize, filterSize, stride, dilation, padBegin, outputSize } = axes[0]!;
  const meetings: string[] = [];
  for (let input = 0; input < inputSize; input++)
    for (let tap = 0; tap < filterSize; tap++)
      for (let output = 0; output < outputSize; output++) {
        const meets =
          operator === 'conv'
            ? output * stride + tap * dilation - padBegin === input
            : input * stride + tap * dilation - padBegin === output;
        if (meets) meetings.push(`${output}: ${input} · ${flipFilter ? filterSize - 1 - tap : tap}`);
      }
  return meetings.sort();
}

const size = fc.integer({ min: 1, max: 9 });
const step = fc.integer({ min: 1, max: 6 });
const pad = fc.integer({ min: -3, max: 5 });

describe('gathersOf', () => {
  it('meets, for any transposed axis, what the definition says, and no more taps than the longest sum', () => {
    let compared = 0;
    fc.assert(
      fc.property(size, size, step, step, pad, pad, fc.boolean(), step, (h, r, s, d, b, e, flipFilter, extra) => {
        fc.pre((h - 1) * s + (r - 1) * d + 1 - b - e > 0);
        const problem = convTranspose1dProblem({
          inputShape: [1, 1, h],
          filterShape: [1, 1, r],
          strides: s,
          dilations: d,
          padding: [[b, e]],
          outputPadding: Math.min(extra - 1, Math.max(s, d) - 1),
          flipFilter,
        });
        compared++;
        expect(meetingsByGathers(problem)).toEqual(meetingsByDefinition(problem));
        expect(gathersOf(problem)).toHaveLength(gatherCount(problem));
        for (const [, , { taps }] of gathersOf(problem)) expect(taps).toBeLessThanOrEqual(longestSum(problem));
      }),
      { seed: 1, numRuns: 400 },
    );
    expect(compared).toBeGreaterThan(300);
  });

  it('meets, for any axis of a convolution, what the definition says, in one gather', () => {
    fc.assert(
      fc.property(size, size, step, step, pad, pad, fc.boolean(), (h, r, s, d, b, e, flipFilter) => {
        fc.pre(h + b + e >= (r - 1) * d + 1);
        const problem = conv1dProblem({
          inputShape: [1, 1, h],
          filterShape: [1, 1, r],
          strides: s,
          dilations: d,
          padding: [[b, e]],
          flipFilter,
        });
        expect(gathersOf(problem)).toHaveLength(1);
        expect(meetingsByGathers(problem)).toEqual(meetingsByDefinition(problem));
      }),
      { seed: 1 },
    );
  });

  it('divides a filter of 3 at stride 2 into taps 2 and 0 for even outputs, tap 1 for odd ones', () => {
    const problem = convTranspose1dProblem({ inputShape: [1, 1, 4], filterShape: [1, 1, 3], strides: 2 });
    const [even, odd] = gathersOf(problem).map(([, , columns]) => columns);
    expect(even).toMatchObject({
      outputFirst: 0,
      outputStep: 2,
      outputs: 5,
      taps: 2,
      firstTap: 2,
      tapStep: -2,
      padBegin: 1,
    });
    expect(odd).toMatchObject({ outputFirst: 1, outputStep: 2, outputs: 4, taps: 1, firstTap: 1, padBegin: 0 });
  });

  it('has a gather without taps where no input reaches: stride 2, one tap', () => {
    const problem = convTranspose1dProblem({ inputShape: [1, 1, 3], filterShape: [1, 1, 1], strides: 2 });
    expect(gathersOf(problem).map(([, , { taps, outputs }]) => [taps, outputs])).toEqual([
      [1, 3],
      [0, 2],
    ]);
  });

  it('combines the phases of all axes', () => {
    const problem = convTranspose2dProblem({ inputShape: [1, 1, 4, 4], filterShape: [1, 1, 3, 3], strides: [2, 3] });
    expect(gatherCount(problem)).toBe(6);
    const places = gathersOf(problem).map(([depth, rows, columns]) => [
      depth.outputs,
      rows.outputFirst,
      columns.outputFirst,
    ]);
    expect(places).toEqual([0, 1].flatMap((row) => [0, 1, 2].map((column) => [1, row, column])));
  });
});

it('finds the greatest common divisor', () => {
  expect([greatestCommonDivisor(12, 18), greatestCommonDivisor(5, 1), greatestCommonDivisor(7, 7)]).toEqual([6, 1, 7]);
});
