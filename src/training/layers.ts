// Layers, checked: from descriptions to problems for one shape of input, and to the parameters that they have. Allocates nothing.
import { InvalidArgumentError } from '../errors.js';
import type { ActivationCall } from '../operations/activate.js';
import { assertIndexable } from '../operations/backward/pool-backward.js';
import type { EngineCore } from '../operations/core.js';
import { type PoolCall, poolCall } from '../operations/pool.js';
import {
  type ActivationSpec,
  assertOptionsObject,
  type ConvProblem,
  elementCount,
  type InputLayout,
  NO_ACTIVATION,
  oneOf,
  type PoolKind,
  parseActivation,
  poolOutputShape,
  type Rank,
  rejectUnknownOptions,
  type Shape,
  type TensorLayout,
} from '../problem/index.js';
import { convLayer } from './conv-layer.js';
import type { Fans, InitialWeights } from './initial-weights.js';
import type { Layer } from './layer-description.js';

/** Values that a layer learns. */
export interface ParameterSpec {
  /** `0.weight`, `0.bias`: the layer's number, and what it is. */
  readonly name: string;
  readonly shape: Shape;
  readonly layout: TensorLayout | undefined;
  /** How it begins; undefined: with zeros. */
  readonly initial: (Fans & { readonly rule: InitialWeights }) | undefined;
}

interface Checked {
  /** Of error messages: `Network: layer 3 (conv2d)`. */
  readonly action: string;
  readonly inputShape: Shape;
  readonly outputShape: Shape;
  readonly parameters: readonly ParameterSpec[];
}

/** A convolution that is learnt; a dense layer is one, too. */
export interface ConvLayer extends Checked {
  readonly kind: 'conv';
  readonly problem: ConvProblem;
  /** The options of the problem's geometry, for its gradients. */
  readonly geometry: object;
}

/** A pooling. */
export interface PoolLayer extends Checked {
  readonly kind: 'pool';
  readonly call: PoolCall;
}

/** An activation by itself. */
export interface ActivationLayer extends Checked {
  readonly kind: 'activation';
  readonly call: ActivationCall;
}

/** A layer that is known to be valid, for inputs of one shape. */
export type CheckedLayer = ConvLayer | PoolLayer | ActivationLayer;

/** What a layer works on. */
export interface LayerInput {
  readonly shape: Shape;
  readonly layout: InputLayout;
  readonly rank: Rank;
}

/** Checks layers in a row, each with the shape that the one before it leaves. */
export function checkLayers(
  core: EngineCore,
  action: string,
  layers: readonly Layer[],
  input: LayerInput,
): readonly CheckedLayer[] {
  let { shape } = input;
  return layers.map((layer, number) => {
    const checked = checkLayer(core, `${action}: layer ${number}`, number, layer, { ...input, shape });
    shape = checked.outputShape;
    return checked;
  });
}

function checkLayer(core: EngineCore, place: string, number: number, layer: Layer, input: LayerInput): CheckedLayer {
  assertOptionsObject(place, layer);
  const { rank } = input;
  const convs = { [`conv${rank}d`]: 'conv', [`convTranspose${rank}d`]: 'convTranspose' } as const;
  const pools = { [`maxPool${rank}d`]: 'max', [`averagePool${rank}d`]: 'average', [`l2Pool${rank}d`]: 'l2' } as const;
  const operators = [...Object.keys(convs), 'dense', ...Object.keys(pools), 'activation'];
  const name = oneOf(place, `the operator of a layer of a ${rank}-D network`, layer.operator, operators);
  const action = `${place} (${name})`;
  const { operator: _, ...options } = layer as unknown as Readonly<Record<string, unknown>>;
  if (options.inputLayout !== undefined) {
    throw new InvalidArgumentError(
      `${action}: inputLayout belongs to the network, whose tensors all have one layout. Give it there.`,
    );
  }
  if (name === 'activation') return activationLayer(action, options, input);
  const pool = pools[name];
  if (pool) return poolLayer(core, action, pool, options, input);
  refusePrelu(action, parseActivation(action, options.activation ?? 'none'));
  return convLayer(core, action, number, convs[name] ?? 'dense', options, input);
}

function refusePrelu(action: string, { name }: ActivationSpec): void {
  if (name !== 'prelu') return;
  throw new InvalidArgumentError(
    `${action}: a layer cannot have the activation 'prelu', whose slope would have to be learnt. Use { name: 'leakyRelu', alpha }.`,
  );
}

function poolLayer(
  core: EngineCore,
  action: string,
  pool: PoolKind,
  options: Readonly<Record<string, unknown>>,
  { shape, layout, rank }: LayerInput,
): PoolLayer {
  if (options.returnIndices !== undefined) {
    throw new InvalidArgumentError(`${action}: a network has no place for indices. Leave returnIndices out.`);
  }
  const own = { ...options, inputLayout: layout };
  const call = poolCall(core, action, pool, rank, own, { shape, dtype: 'float32' });
  assertIndexable(action, call.problem);
  const outputShape = poolOutputShape(call.problem);
  return { kind: 'pool', action, inputShape: shape, outputShape, parameters: [], call };
}

function activationLayer(
  action: string,
  options: Readonly<Record<string, unknown>>,
  { shape, layout }: LayerInput,
): ActivationLayer {
  rejectUnknownOptions(action, options, ['activation']);
  const activation = parseActivation(action, options.activation);
  refusePrelu(action, activation);
  const call = activationOf(activation, { shape, layout });
  return { kind: 'activation', action, inputShape: shape, outputShape: shape, parameters: [], call };
}

/** The problem of a layer without its activation. */
export function withoutActivation(problem: ConvProblem): ConvProblem {
  return Object.freeze({ ...problem, epilogue: Object.freeze({ ...problem.epilogue, activation: NO_ACTIVATION }) });
}

/** An activation of a tensor of f32, without a slope. */
export function activationOf(
  activation: ActivationSpec,
  { shape, layout }: Pick<LayerInput, 'shape' | 'layout'>,
): ActivationCall {
  const whole = { dtype: 'float32', values: elementCount(shape), channels: 1, channelPitch: 1 } as const;
  return {
    problem: { operator: 'activation', activation, ...whole },
    shape,
    layout,
    channels: 1,
    slopes: 1,
    terms: {},
  };
}
