// A case as a call of the CPU reference: its values, the bound of an f32 result, and how far two float64 results may differ.
import * as reference from 'webgpu-conv/reference';
import {
  longestSum,
  parseActivation,
  type SignalKind,
  type SignalOptions,
  signalProblem,
} from '../../src/problem/index.js';
import { activationErrorBound } from '../../src/reference/activation-error.js';
import { productCounts } from '../../src/reference/backward-sums.js';
import type { Fixture, Operand } from './fixtures.js';
import { convGradientOf, forwardProblemOf, gradientArguments, isGradient } from './gradient-calls.js';
import { CHANNEL_OPERANDS, convProblemOf, isConvolution, poolKindOf } from './problems.js';

/** What a function of the reference returns. */
export interface ReferenceOutput {
  readonly data: Float64Array;
  readonly shape: readonly number[];
  /** Of a max pooling. */
  readonly indices?: ArrayLike<number>;
  /** Of the functions called expected…: largest permitted |value − reference|. */
  readonly bound?: Float64Array;
}

/** One signature for all of them: this file is where a case's words become a call. */
type ReferenceFunction = (...operandsAndOptions: readonly unknown[]) => ReferenceOutput;

function referenceFunction(name: string): ReferenceFunction {
  const found = (reference as unknown as Readonly<Record<string, ReferenceFunction | undefined>>)[name];
  if (!found) throw new Error(`the reference has no function '${name}'`);
  return found;
}

/** `conv2d`, or with bounds `expectedConv2d`. */
function functionOf(operator: string, withBound: boolean): ReferenceFunction {
  return referenceFunction(withBound ? `expected${operator[0]!.toUpperCase()}${operator.slice(1)}` : operator);
}

const tensorOf = ({ data, shape }: Operand) => ({ data, shape });

/** The axis of the channels. */
function channelAxis({ options, expected }: Fixture): number {
  return /^n[dhw]+c$/.test(String(options.inputLayout)) ? expected.shape.length - 1 : 1;
}

/** An activation as a depthwise convolution with a filter of ones, which in float64 changes nothing. */
function asConvolution(fixture: Fixture): Fixture {
  const { operands, options, expected } = fixture;
  const rank = expected.shape.length - 2;
  const channels = expected.shape[channelAxis(fixture)]!;
  const shape = [channels, 1, ...Array<number>(rank).fill(1)];
  const filter: Operand = { data: new Float32Array(channels).fill(1), shape, dtype: 'float32' };
  const depthwise = { ...options, groups: channels };
  return { ...fixture, operator: `conv${rank}d`, operands: { ...operands, filter }, options: depthwise };
}

/** A convolve or correlate call as the convolution that the library makes of it. */
function signalConvolution({ operator, operands, options }: Fixture) {
  const [a, b] = [operands.a!, operands.b!];
  const problem = signalProblem(operator as SignalKind, a.shape, b.shape, options as SignalOptions);
  const { inputShape, filterShape, ...geometry } = problem.description;
  const [input, filter] = problem.swapped ? [b, a] : [a, b];
  return {
    operator: `conv${problem.rank}d`,
    input: { data: input.data, shape: inputShape },
    filter: { data: filter.data, shape: filterShape },
    options: geometry,
  };
}

function callConvolution({ operator, operands, options }: Fixture, withBound: boolean): ReferenceOutput {
  const terms = CHANNEL_OPERANDS.filter((name) => operands[name]).map((name) => [name, operands[name]!.data]);
  return functionOf(operator, withBound)(tensorOf(operands.input!), tensorOf(operands.filter!), {
    ...options,
    ...Object.fromEntries(terms),
    ...(operands.residual ? { residual: tensorOf(operands.residual) } : {}),
    dtype: operands.input!.dtype,
    filterDtype: operands.filter!.dtype,
  });
}

/** The gradients of convolutions alone know of a filter stored in another type. */
function callGradient(fixture: Fixture, withBound: boolean): ReferenceOutput {
  const { operator, operands } = fixture;
  const all = gradientArguments(fixture, ({ data, shape }) => ({ data, shape }));
  const { dtype } = operands.gradient!;
  const filterDtype = operator === 'convBackwardInput' ? { filterDtype: operands.filter!.dtype } : {};
  const options = { ...(all.at(-1) as object), dtype, ...filterDtype };
  return functionOf(operator, withBound)(...all.slice(0, -1), options);
}

/** Computes a case by the reference. */
export function callReference(fixture: Fixture): ReferenceOutput {
  const { operator, operands, options, indices } = fixture;
  if (isConvolution(fixture)) return callConvolution(fixture, false);
  if (isGradient(fixture)) return callGradient(fixture, false);
  if (operator === 'activation') return callConvolution(asConvolution(fixture), false);
  if (!poolKindOf(fixture)) return functionOf(operator, false)(tensorOf(operands.a!), tensorOf(operands.b!), options);
  const { dtype } = operands.input!;
  const more = indices ? { returnIndices: true } : {};
  return functionOf(operator, false)(tensorOf(operands.input!), { ...options, dtype, ...more });
}

/** The same case with all operands stored as float32: float16 numbers are float32 numbers. */
export function inSinglePrecision(fixture: Fixture): Fixture {
  const operands = Object.entries(fixture.operands).map(([name, operand]) => [name, { ...operand, dtype: 'float32' }]);
  return { ...fixture, operands: Object.fromEntries(operands) };
}

/** What the reference says how far an f32 result may be from each value, before it is stored. */
export function boundsOf(fixture: Fixture): Float64Array {
  const single = inSinglePrecision(fixture);
  const { operator, operands, options } = single;
  if (isConvolution(single)) return callConvolution(single, true).bound!;
  if (isGradient(single)) return callGradient(single, true).bound!;
  if (poolKindOf(single)) return functionOf(operator, true)(tensorOf(operands.input!), options).bound!;
  if (operator === 'activation') {
    const spec = parseActivation('activation', options.activation);
    const { data, shape } = operands.input!;
    const channels = shape[channelAxis(single)]!;
    const pitch = shape.slice(channelAxis(single) + 1).reduce((product, size) => product * size, 1);
    const slope = operands.slope?.data ?? [0];
    const slopeAt = (index: number) => slope[slope.length === 1 ? 0 : Math.floor(index / pitch) % channels]!;
    return Float64Array.from(data, (x, index) => activationErrorBound(spec, x, 0, slopeAt(index)));
  }
  const signal = signalConvolution(single);
  return functionOf(signal.operator, true)(signal.input, signal.filter, signal.options).bound!;
}

const absolute = (operand: Operand): Operand => ({ ...operand, data: operand.data.map(Math.abs) });

/** The case of the absolute values of everything that is summed, without the activation: how large the terms are that may have cancelled. */
function magnitudesOf(fixture: Fixture): Fixture {
  const isActivation = fixture.operator === 'activateBackward'; // which is not computed without what it gave or was given
  const omitted = isActivation ? ['slope'] : ['slope', 'output', 'preActivation'];
  const operands = Object.entries(fixture.operands).filter(([name]) => !omitted.includes(name));
  const { activation: _, ...rest } = fixture.options;
  const options = isActivation ? { ...rest, activation: 'none' } : rest;
  const numbers = ['paddingMode', 'fillValue'].filter((name) => typeof options[name] === 'number');
  return {
    ...fixture,
    operands: Object.fromEntries(operands.map(([name, operand]) => [name, absolute(operand)])),
    options: { ...options, ...Object.fromEntries(numbers.map((name) => [name, Math.abs(options[name] as number)])) },
  };
}

/** Number of values that are summed in an output, the epilogue's included. */
function termsOf(fixture: Fixture): number {
  const { operator, operands, options } = fixture;
  if (isConvolution(fixture)) return longestSum(convProblemOf(fixture)) + 4;
  const of = convGradientOf(fixture);
  if (of) return Math.max(...productCounts(forwardProblemOf(fixture), of)) + 1;
  if (operator === 'convBackwardBias') return operands.gradient!.data.length + 1;
  if (operator.startsWith('activat')) return 1;
  if (!poolKindOf(fixture) && !isGradient(fixture)) return signalConvolution(fixture).filter.data.length;
  const inputShape = operands.input?.shape ?? (options.inputShape as readonly number[]);
  const { windowDimensions = inputShape } = options;
  const taps = Array.isArray(windowDimensions)
    ? windowDimensions.reduce((product: number, size: number) => product * size, 1)
    : (windowDimensions as number) ** (inputShape.length - 2);
  return Math.min(
    taps,
    inputShape.reduce((product, size) => product * size, 1),
  );
}

/** Activations that do nothing but select or multiply: these add no more than a rounding to what comes in. */
const SIMPLE = ['none', 'relu', 'relu6', 'leakyRelu', 'prelu', 'clamp'];
const UNIT_ROUNDOFF = 2 ** -53;

/**
 * How far two float64 computations of a case may differ: each output is a sum of D terms in any order, twice off by D + 2
 * roundings of the magnitudes (N. J. Higham, Accuracy and Stability of Numerical Algorithms, equation (3.5)), times the steepest
 * slope of the activation; evaluating that is taken to lose at most 4 bits of its argument or of 1, its derivative at most 6 bits of 1, which
 * 'silu' and its like multiply with their argument. A largest value is exact.
 */
export function float64Tolerances(fixture: Fixture): Float64Array {
  const { data: magnitudes } = callReference(magnitudesOf(fixture));
  if (poolKindOf(fixture) === 'max') return magnitudes.fill(0);
  const { name, alpha, beta } = parseActivation('tolerance', fixture.options.activation ?? 'none');
  const slopes = [...(fixture.operands.slope?.data ?? [])];
  const parameters = name === 'clamp' ? [] : [alpha, beta, ...slopes];
  // 1.13 of gelu is the most of those without parameters, but for 1.5 at the end of hardSwish
  const steepest = Math.max(name === 'hardSwish' ? 1.5 : 1.2, ...parameters.map(Math.abs));
  const roundings = 2 * (termsOf(fixture) + 4);
  return magnitudes.map((magnitude) => {
    const lost = isGradient(fixture) ? 64 * magnitude : 16 * Math.max(1, magnitude);
    const evaluation = SIMPLE.includes(name) ? magnitude : lost;
    return UNIT_ROUNDOFF * steepest * (roundings * magnitude + evaluation) + fixture.uncertainty;
  });
}
