// Cases of the family `gradients` as calls, of the reference and of the engine alike: which tensors stand where, and which are options.
import { type ConvProblem, convFilterShape, convInputShape, convProblem, type Rank } from '../../src/problem/index.js';
import type { Fixture } from './fixtures.js';

/** Whether a case is a gradient. */
export function isGradient({ operator }: Fixture): boolean {
  return operator.endsWith('Backward') || operator.startsWith('convBackward');
}

/** What the gradient of a convolution is of; undefined for all other cases. */
export function convGradientOf({ operator }: Fixture): 'input' | 'filter' | undefined {
  if (operator === 'convBackwardInput') return 'input';
  return operator === 'convBackwardFilter' ? 'filter' : undefined;
}

/** The forward problem of a convolution's gradient. */
export function forwardProblemOf({ operands, options }: Fixture): ConvProblem {
  const { operator = 'conv', activation: _, inputShape, filterShape, ...geometry } = options;
  const { gradient, input, filter } = operands;
  const rank = (gradient!.shape.length - 2) as Rank;
  return convProblem(operator as 'conv', rank, {
    ...geometry,
    inputShape: (input?.shape ?? inputShape) as readonly number[],
    filterShape: (filter?.shape ?? filterShape) as readonly number[],
    dtype: gradient!.dtype,
    filterDtype: (filter ?? gradient)!.dtype,
  });
}

/** The shape that the library says a gradient has; undefined where that is an operand's. */
export function gradientShapeOf(fixture: Fixture): readonly number[] | undefined {
  const of = convGradientOf(fixture);
  if (of === undefined) return undefined;
  return of === 'input' ? convInputShape(forwardProblemOf(fixture)) : convFilterShape(forwardProblemOf(fixture));
}

/** Tensors that stand before the options of a call, in their order. */
const OPERANDS: Readonly<Record<string, readonly string[]>> = {
  convBackwardInput: ['gradient', 'filter'],
  convBackwardFilter: ['input', 'gradient'],
  convBackwardBias: ['gradient'],
  activateBackward: ['gradient'],
  maxPoolBackward: ['gradient'],
  averagePoolBackward: ['gradient'],
  l2PoolBackward: ['gradient', 'input'],
};

/**
 * The arguments of a case's call.
 * @param tensorOf makes a tensor of an operand, or of the places of a max pooling's gradient.
 */
export function gradientArguments(
  { operator, options, operands, places }: Fixture,
  tensorOf: (operand: NonNullable<Fixture['places']> | Fixture['operands'][string]) => unknown,
): unknown[] {
  const names = OPERANDS[operator];
  if (!names) throw new Error(`nothing is known of the operands of '${operator}'`);
  const { slope, ...tensors } = operands;
  // that of a max pooling is what its places are found in
  const rest = Object.entries(tensors).filter(([name]) => !names.includes(name) && !(places && name === 'input'));
  const { activation, ...geometry } = options;
  const isActivation = operator === 'activateBackward'; // which stands among the operands there
  return [
    ...names.map((name) => tensorOf(tensors[name]!)),
    ...(places ? [tensorOf(places)] : []),
    ...(isActivation ? [activation] : []),
    {
      ...(isActivation ? geometry : options),
      ...Object.fromEntries(rest.map(([name, operand]) => [name, tensorOf(operand)])),
      ...(slope ? { slope: slope.data } : {}),
    },
  ];
}
