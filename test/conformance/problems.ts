// From a case to the problem that the library makes of its options.
import {
  type ConvProblem,
  convOutputShape,
  convProblem,
  type PoolKind,
  type PoolProblem,
  poolOutputShape,
  poolProblem,
  type Rank,
} from '../../src/problem/index.js';
import type { Fixture } from './fixtures.js';
import { gradientShapeOf } from './gradient-calls.js';

/** Operands of an epilogue, other than the residual, that a case may have. */
export const CHANNEL_OPERANDS = ['bias', 'scale', 'shift', 'slope'] as const;

/** The number in an operator's name. */
export function rankOf({ operator }: Fixture): Rank {
  return Number(/(\d)d$/.exec(operator)?.[1]) as Rank;
}

/** Whether a case is a convolution or a transposed one. */
export function isConvolution({ operator }: Fixture): boolean {
  return /^conv(Transpose)?\dd$/.test(operator);
}

/** The kind of pooling that a case is. */
export function poolKindOf({ operator }: Fixture): PoolKind | undefined {
  return /^(max|average|l2)Pool\dd$/.exec(operator)?.[1] as PoolKind | undefined;
}

/** The problem of a convolution's case. */
export function convProblemOf(fixture: Fixture): ConvProblem {
  const { operands, options, operator } = fixture;
  const shapes = Object.entries(operands).map(([name, { shape }]) => [`${name}Shape`, shape]);
  return convProblem(operator.startsWith('convTranspose') ? 'convTranspose' : 'conv', rankOf(fixture), {
    ...options,
    ...Object.fromEntries(shapes),
    dtype: operands.input!.dtype,
    filterDtype: operands.filter!.dtype,
  } as Parameters<typeof convProblem>[2]);
}

/** The problem of a pooling's case. */
export function poolProblemOf(fixture: Fixture): PoolProblem {
  const { shape, dtype } = fixture.operands.input!;
  return poolProblem(poolKindOf(fixture)!, rankOf(fixture), { ...fixture.options, inputShape: shape, dtype });
}

/** The shape that the library says the output has; undefined for cases that have no problem. */
export function outputShapeOf(fixture: Fixture): readonly number[] | undefined {
  if (isConvolution(fixture)) return convOutputShape(convProblemOf(fixture));
  if (poolKindOf(fixture)) return poolOutputShape(poolProblemOf(fixture));
  return gradientShapeOf(fixture);
}
