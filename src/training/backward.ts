// The way back through a network: each layer's gradients, prepared once. The derivative of an activation is multiplied in once for a layer, and the
// gradients of filter, bias and input share the product.
import { type PreparedConvBackwardBias, prepareConvBackwardBias } from '../operations/backward/conv-backward-bias.js';
import {
  type PreparedConvBackwardFilter,
  prepareConvBackwardFilter,
} from '../operations/backward/conv-backward-filter.js';
import {
  type PreparedConvBackwardInput,
  prepareConvBackwardInput,
} from '../operations/backward/conv-backward-input.js';
import type { DerivativeCall } from '../operations/backward/derivative.js';
import { borrowDerivativePlan, recordDerivative } from '../operations/backward/record-derivative.js';
import type { EngineCore } from '../operations/core.js';
import { outputTellsDerivative } from '../problem/index.js';
import { Tensor, useTensor } from '../tensor.js';
import type { Trace } from './forward.js';
import { allOrNone, Kept } from './kept.js';
import { type ActivationLayer, activationOf, type CheckedLayer, type ConvLayer } from './layers.js';
import { poolBackwardStep } from './pool-backward.js';

/** What a layer was given, and what it gave. */
export interface LayerTrace extends Trace {
  readonly input: Tensor;
}

/** Gradients of a layer, for the caller to dispose. */
export interface LayerGradients {
  /** Of its input; absent in the first layer, where nobody needs it. */
  readonly input: Tensor | undefined;
  /** Of its parameters, in their order. */
  readonly parameters: readonly Tensor[];
}

/** The gradients of a layer, compiled. */
export interface BackwardStep {
  /** Records the gradients. @param gradient of the layer's output. @param parameters those of this layer. */
  run(gradient: Tensor, trace: LayerTrace, parameters: readonly Tensor[]): LayerGradients;
  dispose(): void;
}

/** Compiles the gradients of all layers. */
export function compileBackward(core: EngineCore, layers: readonly CheckedLayer[]): Promise<BackwardStep[]> {
  return allOrNone(
    layers.map((layer, index) => {
      const needsInput = index > 0;
      if (layer.kind === 'conv') return convStep(core, layer, needsInput);
      return layer.kind === 'pool' ? poolBackwardStep(core, layer, needsInput) : activationStep(core, layer);
    }),
  );
}

/** What multiplies a gradient with an activation's derivative. */
interface Derivative {
  run(gradient: Tensor, operand: Tensor): Tensor;
  dispose(): void;
}

async function derivative(core: EngineCore, call: DerivativeCall): Promise<Derivative> {
  const loan = (await borrowDerivativePlan(core, call))!;
  const { shape, layout } = call.activation;
  return {
    run: (gradient, operand) => {
      const [dy, y] = [gradient, operand].map((tensor) => useTensor(core.gpu, 'backward', 'tensor', tensor));
      const storages = { gradient: dy!, operand: y!, terms: undefined };
      return Tensor.create(shape, layout, 'float32', recordDerivative(core, loan.plan, call, storages));
    },
    dispose: () => loan.release(),
  };
}

async function activationStep(core: EngineCore, { call }: ActivationLayer): Promise<BackwardStep> {
  const step = await derivative(core, { activation: call, from: 'preActivation', operand: undefined });
  return {
    run: (gradient, { input }) => ({ input: step.run(gradient, input), parameters: [] }),
    dispose: () => step.dispose(),
  };
}

async function convStep(
  core: EngineCore,
  { problem, geometry, inputShape, outputShape, parameters }: ConvLayer,
  needsInput: boolean,
): Promise<BackwardStep> {
  const { inputLayout, filterLayout, epilogue } = problem;
  const { activation, hasBias } = epilogue;
  const options = {
    ...geometry,
    inputLayout,
    filterLayout,
    inputShape,
    filterShape: parameters[0]!.shape,
    deterministic: true,
  };
  const call: DerivativeCall = {
    activation: activationOf(activation, { shape: outputShape, layout: inputLayout }),
    from: outputTellsDerivative(activation) ? 'output' : 'preActivation',
    operand: undefined,
  };
  const kept = new Kept();
  try {
    const activated = activation.name === 'none' ? undefined : kept.keep(await derivative(core, call));
    const filter = kept.keep(await prepareConvBackwardFilter(core, options));
    const biasOptions = { gradientShape: outputShape, inputLayout };
    const bias = hasBias ? kept.keep(await prepareConvBackwardBias(core, biasOptions)) : undefined;
    const input = needsInput ? kept.keep(await prepareConvBackwardInput(core, options)) : undefined;
    return {
      run: (...operands) => runConv({ activated, filter, bias, input }, ...operands),
      dispose: () => kept.dispose(),
    };
  } catch (error) {
    kept.dispose();
    throw error;
  }
}

interface ConvGradients {
  readonly activated: Derivative | undefined;
  readonly filter: PreparedConvBackwardFilter;
  readonly bias: PreparedConvBackwardBias | undefined;
  readonly input: PreparedConvBackwardInput | undefined;
}

function runConv(
  { activated, filter, bias, input }: ConvGradients,
  ...[gradient, trace, [weights]]: Parameters<BackwardStep['run']>
): LayerGradients {
  const kept = new Kept();
  const product = activated?.run(gradient, trace.preActivation ?? trace.output);
  const dz = product ?? gradient;
  try {
    const parameters = [kept.keep(filter.run(trace.input, dz))];
    if (bias) parameters.push(kept.keep(bias.run(dz)));
    return { input: input?.run(dz, weights!), parameters };
  } catch (error) {
    kept.dispose();
    throw error;
  } finally {
    product?.dispose();
  }
}
