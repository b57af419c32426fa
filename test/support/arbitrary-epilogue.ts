// Epilogues to try: every activation with its parameters, channel terms, residuals.
//
// A pipeline is compiled for each activation, with or without terms and with or without a residual, in each kernel, for each stored
// type, and in some kernels for each padding mode: a second or so on a software adapter, and there are thousands. So in a default run
// each activation comes with one of the four combinations of terms and residual, 'none' with all four; most come to few kernels, since
// all kernels end with the same code (shaders/epilogue/store.wgsl); half precision and mirrored padding come with few.
import fc from 'fast-check';
import {
  ACTIVATION_NAMES,
  type Activation,
  type ActivationName,
  type ChannelTerm,
  type ConvProblem,
  hasChannelTerms,
} from '../../src/problem/index.js';
import { IS_EXPLORING } from './arbitrary-settings.js';

/** What a pipeline is compiled for. */
export interface EpilogueKind {
  readonly name: ActivationName;
  readonly hasTerms: boolean;
  readonly hasResidual: boolean;
}

/** An epilogue without its values. */
export interface EpilogueCase {
  readonly activation: Activation;
  /** Operands with one value for each channel. */
  readonly terms: readonly ChannelTerm[];
  /** True: a slope of 'prelu' is one value for all channels. */
  readonly oneSlope: boolean;
  readonly residual: boolean;
}

const COMBINATIONS = [0, 1, 2, 3].map((bits) => ({ hasTerms: (bits & 1) !== 0, hasResidual: (bits & 2) !== 0 }));

/** Every combination that exists: the slope of 'prelu' is a term. */
const ALL: readonly EpilogueKind[] = ACTIVATION_NAMES.flatMap((name) =>
  COMBINATIONS.filter(({ hasTerms }) => name !== 'prelu' || hasTerms).map((combination) => ({ name, ...combination })),
);

// of the activation number n combination n modulo 4: 'prelu', number 5, has terms
const DEFAULT = ALL.filter(({ name, hasTerms, hasResidual }) => {
  const code = ACTIVATION_NAMES.indexOf(name);
  return name === 'none' || (hasTerms === ((code & 1) !== 0) && hasResidual === ((code & 2) !== 0));
});

/** The epilogues that are drawn; the first is none at all. */
export const EPILOGUE_KINDS = IS_EXPLORING ? ALL : DEFAULT;

const key = ({ name, hasTerms, hasResidual }: EpilogueKind) =>
  `${name}${hasTerms ? ' terms' : ''}${hasResidual ? ' residual' : ''}`;

/** In half precision. */
const HALF = ['none', 'relu terms', 'sigmoid residual', 'clamp terms residual'];

/** Padding modes as they are dealt out to variants; the others are the constants. */
const MIRRORING = ['reflect', 'symmetric', 'replicate', 'circular'];

/** In the steps of sequences. */
const STEPS = ['none', 'none terms residual'];

/** The kind itself where it is affordable, else another one. */
export function affordableKind(kind: EpilogueKind, isHalf: boolean, isMirrored: boolean): EpilogueKind {
  if (IS_EXPLORING || (!isHalf && !isMirrored)) return kind;
  const choices = EPILOGUE_KINDS.filter((other) => key(other) === 'none' || (!isMirrored && HALF.includes(key(other))));
  return choices[EPILOGUE_KINDS.indexOf(kind) % choices.length]!;
}

/** The epilogue of a problem as pipelines are compiled for it. */
function kindOf({ epilogue }: ConvProblem): EpilogueKind {
  const { activation, hasResidual } = epilogue;
  return { name: activation.name, hasTerms: hasChannelTerms(epilogue), hasResidual };
}

/**
 * Whether a problem is tried with a variant. Every variant comes to: sums without epilogue in f32 and in half precision, terms with a residual,
 * one mirroring padding mode, and every ninth of the other epilogues; but those with workgroup memory, which take five times as
 * long to compile, to the first three. The rest is for the register tiles of im2col, which support every problem.
 */
export function isAffordable(
  problem: ConvProblem,
  { algorithm, variant }: { algorithm: string; variant: string },
): boolean {
  if (IS_EXPLORING) return true;
  const { dtype, paddingContent, inputLayout, axes } = problem;
  const kind = kindOf(problem);
  const number = EPILOGUE_KINDS.findIndex((other) => key(other) === key(kind));
  const isPlain = key(kind) === 'none';
  const isHalf = dtype === 'float16';
  const mirroring = MIRRORING.indexOf(paddingContent.mode);
  const isWorkgroup = variant.includes('workgroup');
  if (algorithm === 'im2col-gemm' && !isWorkgroup)
    return isPlain || variant === `register-${['4x16', '8x8'][number % 2]}`;
  // a number that a variant keeps whatever others there are
  const place = [...algorithm, ...variant].reduce((sum, letter) => sum + letter.charCodeAt(0), 0);
  if (algorithm === 'depthwise' && !(isPlain && !isHalf && mirroring < 0)) {
    // compiled for each layout, and for a column stride of 1 and of others
    if (inputLayout.endsWith('c') || axes.at(-1)!.stride !== 1) return false;
  }
  if (mirroring >= 0) return isPlain && !isHalf && !isWorkgroup && (place + mirroring) % MIRRORING.length === 0;
  if (isPlain) return true;
  if (isHalf) return false;
  return key(kind) === 'none terms residual' || (!isWorkgroup && (place + number) % 9 === 0);
}

const eighths = (min: number, max: number) => fc.integer({ min: 8 * min, max: 8 * max }).map((value) => value / 8);

const PARAMETERS = fc.record({
  byName: fc.boolean(),
  alpha: eighths(-1, 2),
  beta: eighths(-1, 2),
  sides: fc.constantFrom('both', 'min', 'max'),
});

/** An activation with parameters, or those of a name by default. */
function activationOf(
  name: ActivationName,
  { byName, alpha, beta, sides }: { byName: boolean; alpha: number; beta: number; sides: string },
): Activation {
  switch (name) {
    case 'leakyRelu':
    case 'elu':
      return byName ? name : { name, alpha };
    case 'hardSigmoid':
      return byName ? name : { name, alpha, beta };
    case 'clamp': {
      const [min, max] = [Math.min(alpha, beta), Math.max(alpha, beta)];
      return { name, ...(sides === 'max' ? {} : { min }), ...(sides === 'min' ? {} : { max }) };
    }
    default:
      return name;
  }
}

/** Activations by themselves, with parameters. */
export const ACTIVATIONS: fc.Arbitrary<Activation> = fc
  .tuple(fc.constantFrom(...ACTIVATION_NAMES), PARAMETERS)
  .map(([name, parameters]) => activationOf(name, parameters));

/** Those for the steps of sequences, where the planner chooses the kernel, and a convolution does what follows it: few by default. */
export const STEP_ACTIVATIONS = ACTIVATIONS.filter((activation) => {
  const name = typeof activation === 'string' ? activation : activation.name;
  return IS_EXPLORING || ['prelu', 'tanh'].includes(name);
});

/** Epilogues for the steps of sequences. */
export const STEP_KINDS = IS_EXPLORING ? ALL : ALL.filter((kind) => STEPS.includes(key(kind)));

/** What is drawn of an epilogue before its kind is known. */
export const EPILOGUE_DETAILS = fc.record({
  parameters: PARAMETERS,
  terms: fc.subarray(['bias', 'scale', 'shift'] as const),
  oneSlope: fc.boolean(),
});

/** An epilogue of a kind. */
export function epilogueOf(
  { name, hasTerms, hasResidual }: EpilogueKind,
  {
    parameters,
    terms,
    oneSlope,
  }: {
    parameters: { byName: boolean; alpha: number; beta: number; sides: string };
    terms: readonly ChannelTerm[];
    oneSlope: boolean;
  },
): EpilogueCase {
  const slope: ChannelTerm[] = name === 'prelu' ? ['slope'] : [];
  const others: readonly ChannelTerm[] = terms.length + slope.length === 0 ? ['bias'] : terms;
  return {
    activation: activationOf(name, parameters),
    terms: hasTerms ? [...others, ...slope] : [],
    oneSlope,
    residual: hasResidual,
  };
}
