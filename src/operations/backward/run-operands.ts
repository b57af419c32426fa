// What a run of a prepared gradient is given besides its two operands.
import { InvalidArgumentError } from '../../errors.js';
import {
  type FloatDType,
  formatShape,
  rejectUnknownOptions,
  type Shape,
  type TensorLayout,
} from '../../problem/index.js';
import type { Tensor, TensorStorage } from '../../tensor.js';
import type { EngineCore } from '../core.js';
import { type DerivativeCall, derivativeStorage } from './derivative.js';
import { accumulatedStorage } from './options.js';

/** Tensors of a run of a prepared gradient besides its operands: those that it was prepared for. */
export interface GradientRunOperands {
  /** What the forward operator gave; prepared with an activation and `derivativeFrom: 'output'`. */
  readonly output?: Tensor;
  /** What the activation was given; prepared with `derivativeFrom: 'preActivation'`. */
  readonly preActivation?: Tensor;
  /** An existing gradient that the result is added to; prepared with `accumulate: true`. */
  readonly accumulate?: Tensor;
}

/** What was prepared. */
export interface PreparedFor {
  readonly derivative: DerivativeCall | undefined;
  readonly accumulate: boolean;
  readonly result: { readonly shape: Shape; readonly layout?: TensorLayout; readonly dtype: FloatDType };
}

/**
 * The storages of a run's operands.
 * @throws InvalidArgumentError for one that was not prepared for, that is missing, or that does not fit. InvalidTensorError.
 */
export function runOperands(
  core: EngineCore,
  action: string,
  operands: GradientRunOperands,
  { derivative, accumulate, result }: PreparedFor,
): { readonly operand: TensorStorage | undefined; readonly existing: TensorStorage | undefined } {
  rejectUnknownOptions(action, operands, ['output', 'preActivation', 'accumulate']);
  for (const name of ['output', 'preActivation'] as const) {
    if (operands[name] === undefined || derivative?.from === name) continue;
    throw new InvalidArgumentError(
      `${action}: ${name} was given, but the gradient was prepared ${derivative ? `with derivativeFrom: '${derivative.from}'` : 'without an activation'}. Leave it out, or prepare with derivativeFrom: '${name}'.`,
    );
  }
  if (accumulate !== (operands.accumulate !== undefined)) {
    throw new InvalidArgumentError(
      accumulate
        ? `${action}: the gradient was prepared with accumulate: true, and needs an existing gradient of shape ${formatShape(result.shape)} as accumulate.`
        : `${action}: accumulate was given, but the gradient was prepared without. Prepare it with accumulate: true.`,
    );
  }
  let operand: TensorStorage | undefined;
  if (derivative) {
    const { activation, from } = derivative;
    const { shape, layout, problem } = activation;
    operand = derivativeStorage(core, action, from, operands[from], { shape, layout, dtype: problem.dtype });
  }
  return { operand, existing: accumulatedStorage(core.gpu, action, operands.accumulate, result) };
}
