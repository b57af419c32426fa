// The epilogue: what happens to a sum before it is stored. y = activation((sum + bias) · scale + shift + residual), where
// bias, scale and shift have one value for each output channel and the residual one for each output.
import { InvalidArgumentError } from '../errors.js';
import { type ActivationSpec, NO_ACTIVATION, parseActivation } from './activation.js';
import { formatShape, parseShape, type Shape, sameShape } from './shape.js';

/** Operands of the epilogue that have one value for each output channel. */
export const CHANNEL_TERMS = ['bias', 'scale', 'shift', 'slope'] as const;
/** Name of an operand with one value for each output channel; `slope` may also be a single value. */
export type ChannelTerm = (typeof CHANNEL_TERMS)[number];

/** Epilogue of a normalised problem. */
export interface Epilogue {
  readonly hasBias: boolean;
  readonly hasScale: boolean;
  readonly hasShift: boolean;
  /** True exactly where the activation is 'prelu'. */
  readonly hasSlope: boolean;
  readonly hasResidual: boolean;
  readonly activation: ActivationSpec;
}

/** The epilogue of sums that are stored as they are. */
export const NO_EPILOGUE: Epilogue = Object.freeze({
  ...{ hasBias: false, hasScale: false, hasShift: false, hasSlope: false, hasResidual: false },
  activation: NO_ACTIVATION,
});

/** Shapes of the operands that an epilogue has, and its activation. */
export interface EpilogueDescription {
  /** (K) */
  readonly biasShape?: Shape;
  /** (K) */
  readonly scaleShape?: Shape;
  /** (K) */
  readonly shiftShape?: Shape;
  /** (K) or (1) */
  readonly slopeShape?: Shape;
  /** The output's shape. */
  readonly residualShape?: Shape;
}

export const EPILOGUE_SHAPES = ['biasShape', 'scaleShape', 'shiftShape', 'slopeShape', 'residualShape'] as const;

/**
 * Checks the operands of an epilogue against the output.
 * @throws InvalidArgumentError for a shape that does not fit, or a slope without 'prelu' or the other way about.
 */
export function parseEpilogue(
  action: string,
  shapes: EpilogueDescription,
  activation: unknown,
  outputChannels: number,
  outputShape: Shape,
): Epilogue {
  const spec = parseActivation(action, activation);
  for (const term of CHANNEL_TERMS) {
    const given = shapes[`${term}Shape`];
    if (given === undefined) continue;
    const shape = parseShape(action, `${term} shape`, given);
    const single = term === 'slope' && elementCountIs(shape, 1);
    if (single || elementCountIs(shape, outputChannels)) continue;
    throw new InvalidArgumentError(
      `${action}: ${term} has shape ${formatShape(shape)}, but the number of output channels is ${outputChannels}. Give a ${term} of shape [${outputChannels}]${term === 'slope' ? ' or [1]' : ''}.`,
    );
  }
  if (shapes.slopeShape !== undefined && spec.name !== 'prelu') {
    throw new InvalidArgumentError(
      `${action}: a slope belongs to the activation 'prelu', but the activation is '${spec.name}'. Leave the slope out, or set activation: 'prelu'.`,
    );
  }
  if (shapes.slopeShape === undefined && spec.name === 'prelu') {
    throw new InvalidArgumentError(
      `${action}: the activation 'prelu' needs a slope. Give slope: one value, or one for each of the ${outputChannels} output channels.`,
    );
  }
  if (shapes.residualShape !== undefined) {
    const shape = parseShape(action, 'residual shape', shapes.residualShape);
    if (!sameShape(shape, outputShape)) {
      throw new InvalidArgumentError(
        `${action}: residual has shape ${formatShape(shape)}, but is added to an output of shape ${formatShape(outputShape)}. Give a residual of that shape.`,
      );
    }
  }
  return Object.freeze({
    hasBias: shapes.biasShape !== undefined,
    hasScale: shapes.scaleShape !== undefined,
    hasShift: shapes.shiftShape !== undefined,
    hasSlope: shapes.slopeShape !== undefined,
    hasResidual: shapes.residualShape !== undefined,
    activation: spec,
  });
}

function elementCountIs(shape: Shape, count: number): boolean {
  return shape.length === 1 && shape[0] === count;
}

/** True if the epilogue has any operand with one value for each output channel. */
export function hasChannelTerms({ hasBias, hasScale, hasShift, hasSlope }: Epilogue): boolean {
  return hasBias || hasScale || hasShift || hasSlope;
}
