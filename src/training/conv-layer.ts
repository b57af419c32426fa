// Layers with weights, checked: a convolution of some rank, or a dense layer, which is one whose filter is as large as its input.
import { InvalidArgumentError } from '../errors.js';
import { assertBindable, type EngineCore } from '../operations/core.js';
import {
  axisLetters,
  axisSize,
  booleanOption,
  CONV_GEOMETRY_OPTIONS,
  type ConvOperator,
  convFilterShape,
  convOutputShape,
  convProblem,
  elementCount,
  FILTER_LAYOUTS,
  integerAtLeast,
  oneOf,
  rejectUnknownOptions,
  type Shape,
  shapeInLayout,
} from '../problem/index.js';
import { parsePerAxis } from '../problem/per-axis.js';
import { INITIAL_WEIGHTS } from './initial-weights.js';
import type { ConvLayer, LayerInput, ParameterSpec } from './layers.js';

const WEIGHT_OPTIONS = ['bias', 'initialWeights'];

/** Checks a layer with weights; its activation was checked before. */
export function convLayer(
  core: EngineCore,
  action: string,
  number: number,
  operator: ConvOperator | 'dense',
  options: Readonly<Record<string, unknown>>,
  input: LayerInput,
): ConvLayer {
  const { bias = true, initialWeights = 'heNormal' } = options;
  const hasBias = booleanOption(action, 'bias', bias);
  const rule = oneOf(action, 'initialWeights', initialWeights, INITIAL_WEIGHTS);
  const forward = operator === 'dense' ? 'conv' : operator;
  const { filters, geometry } =
    operator === 'dense' ? dense(action, options, input) : conv(action, operator, options, input);
  const problem = convProblem(
    forward,
    input.rank,
    {
      ...geometry,
      ...(options.activation === undefined ? {} : { activation: options.activation as 'none' }),
      inputShape: input.shape,
      inputLayout: input.layout,
      ...(hasBias ? { biasShape: [filters] } : {}),
    },
    action,
  );
  const outputShape = convOutputShape(problem);
  assertBindable(core.gpu, action, 'the input', input.shape, 'float32');
  assertBindable(core.gpu, action, 'the output', outputShape, 'float32');
  const shape = convFilterShape(problem);
  assertBindable(core.gpu, action, 'the filter', shape, 'float32');
  const { inputChannels, outputChannels, groups, filterLayout: layout } = problem;
  const taps = elementCount(shape) / (axisSize(shape, layout, 'o') * axisSize(shape, layout, 'i'));
  const initial = { rule, fanIn: (taps * inputChannels) / groups, fanOut: (taps * outputChannels) / groups };
  const weight: ParameterSpec = { name: `${number}.weight`, shape, layout, initial };
  const biases: ParameterSpec = { name: `${number}.bias`, shape: [filters], layout: undefined, initial: undefined };
  const { filterShape: _, ...ownGeometry } = geometry;
  return {
    kind: 'conv',
    action,
    inputShape: input.shape,
    outputShape,
    parameters: hasBias ? [weight, biases] : [weight],
    problem,
    geometry: { operator: forward, ...ownGeometry, inputLayout: input.layout },
  };
}

interface FilterGeometry {
  readonly filters: number;
  readonly geometry: { readonly filterShape: Shape };
}

function dense(
  action: string,
  options: Readonly<Record<string, unknown>>,
  { shape, layout, rank }: LayerInput,
): FilterGeometry {
  rejectUnknownOptions(action, options, ['units', 'activation', ...WEIGHT_OPTIONS]);
  const filters = integerAtLeast(action, 'units', options.units, 1);
  const sizes = Object.fromEntries(axisLetters(rank).map((letter) => [letter, axisSize(shape, layout, letter)]));
  const i = axisSize(shape, layout, 'c');
  return { filters, geometry: { filterShape: shapeInLayout(FILTER_LAYOUTS[rank][0], { ...sizes, o: filters, i }) } };
}

function conv(
  action: string,
  operator: ConvOperator,
  options: Readonly<Record<string, unknown>>,
  { shape, layout, rank }: LayerInput,
): FilterGeometry {
  const foreign = CONV_GEOMETRY_OPTIONS[operator === 'conv' ? 'convTranspose' : 'conv']; // convProblem refuses them, with reasons
  rejectUnknownOptions(action, options, [
    'filters',
    'filterSize',
    ...WEIGHT_OPTIONS,
    ...CONV_GEOMETRY_OPTIONS[operator],
    ...foreign,
  ]);
  const { filters: count, filterSize, bias: _, initialWeights: __, activation: ___, ...geometry } = options;
  const filters = integerAtLeast(action, 'filters', count, 1);
  const size = parsePerAxis(action, 'filterSize', filterSize, rank, 1, 2 ** 31 - 1);
  const groups = integerAtLeast(action, 'groups', geometry.groups ?? 1, 1);
  const channels = axisSize(shape, layout, 'c');
  if (channels % groups !== 0 || filters % groups !== 0) {
    throw new InvalidArgumentError(
      `${action}: ${channels} channels and ${filters} filters do not divide into ${groups} groups. Give a number of groups that divides both.`,
    );
  }
  const layouts = FILTER_LAYOUTS[rank];
  const filterLayout = oneOf(
    action,
    'filterLayout',
    geometry.filterLayout ?? layouts[operator === 'conv' ? 0 : 1],
    layouts,
  );
  const [o, i] = operator === 'conv' ? [filters, channels / groups] : [filters / groups, channels];
  const sizes = Object.fromEntries(axisLetters(rank).map((letter, axis) => [letter, size[axis]!]));
  const filterShape = shapeInLayout(filterLayout, { ...sizes, o, i });
  const given = Object.fromEntries(Object.entries(geometry).filter(([, value]) => value !== undefined));
  return { filters, geometry: { ...given, filterShape } };
}
