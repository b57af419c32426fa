// The way forward through a network: each layer compiled for one shape of input, and run with the weights of the moment. What was packed
// for other weights would be of no use, so filters are packed in every run.
import type { Plan } from '../algorithms/algorithm.js';
import { planTerms } from '../algorithms/channel-terms.js';
import type { GpuContext } from '../gpu/context.js';
import { type ActivationCall, borrowActivationPlan, recordActivation } from '../operations/activate.js';
import type { EngineCore } from '../operations/core.js';
import { borrowPoolPlan, recordPool } from '../operations/pool.js';
import { recordPack, recordRun } from '../operations/record.js';
import type { Loan } from '../planner/plan-cache.js';
import { borrowConvPlan } from '../planner/plan-conv.js';
import { type ConvProblem, convOutputShape, outputTellsDerivative } from '../problem/index.js';
import { type Tensor, TensorStorage, useTensor } from '../tensor.js';
import { allOrNone } from './kept.js';
import { activationOf, type CheckedLayer, type ConvLayer, type PoolLayer, withoutActivation } from './layers.js';

/** What a layer gave, and what its gradient needs of that. */
export interface Trace {
  readonly output: Tensor;
  /** What the activation was given; where its derivative does not follow from the output. */
  readonly preActivation?: Tensor;
  /** Of a max pooling. */
  readonly indices?: Tensor<'uint32'>;
}

/** A layer, compiled. */
export interface ForwardStep {
  /** Records the layer. @param parameters those of this layer, in their order. */
  run(input: Tensor, parameters: readonly Tensor[]): Trace;
  dispose(): void;
}

/** Gives back what a layer left. */
export function disposeTrace({ output, preActivation, indices }: Trace): void {
  output.dispose();
  preActivation?.dispose();
  indices?.dispose();
}

/** Compiles layers. `forTraining`: their traces hold what gradients need. */
export function compileForward(
  core: EngineCore,
  layers: readonly CheckedLayer[],
  forTraining: boolean,
): Promise<ForwardStep[]> {
  return allOrNone(
    layers.map((layer) => {
      if (layer.kind === 'conv') return convStep(core, layer, forTraining);
      if (layer.kind === 'pool') return poolStep(core, layer, forTraining);
      return activationStep(core, layer.call);
    }),
  );
}

/** Records all layers. Returns what the last one gave, and gives back all between. */
export function runForward(
  steps: readonly ForwardStep[],
  input: Tensor,
  parameters: readonly (readonly Tensor[])[],
): Tensor {
  let trace: Trace | undefined;
  for (const [index, step] of steps.entries()) {
    const before: Trace | undefined = trace;
    try {
      trace = step.run(before?.output ?? input, parameters[index]!);
    } finally {
      if (before) disposeTrace(before);
    }
  }
  return trace!.output;
}

async function activationStep(core: EngineCore, call: ActivationCall): Promise<ForwardStep> {
  const loan = await borrowActivationPlan(core, call);
  return {
    run: (input) => {
      const storage = useTensor(core.gpu, 'activation', 'input', input);
      return { output: recordActivation(core, call, loan.plan, storage, undefined) };
    },
    dispose: () => loan.release(),
  };
}

async function poolStep(core: EngineCore, { call: own }: PoolLayer, forTraining: boolean): Promise<ForwardStep> {
  const call = { ...own, withIndices: own.problem.kind === 'max' && forTraining }; // gradients go where the largest value was
  const loan = await borrowPoolPlan(core, call);
  return {
    run: (input) => {
      const { output, indices } = recordPool(core, call, loan.plan, useTensor(core.gpu, 'pooling', 'input', input));
      return indices ? { output, indices } : { output };
    },
    dispose: () => loan.release(),
  };
}

function convStep(core: EngineCore, { action, problem }: ConvLayer, forTraining: boolean): Promise<ForwardStep> {
  const { activation } = problem.epilogue;
  if (!forTraining || outputTellsDerivative(activation)) return fusedStep(core, action, problem);
  const call = activationOf(activation, { shape: convOutputShape(problem), layout: problem.inputLayout });
  return splitStep(fusedStep(core, action, withoutActivation(problem)), activationStep(core, call));
}

/** A convolution, and its activation by itself, so that what lies between them is known. */
async function splitStep(
  ...making: [conv: Promise<ForwardStep>, activation: Promise<ForwardStep>]
): Promise<ForwardStep> {
  const [conv, activation] = (await allOrNone(making)) as [ForwardStep, ForwardStep];
  return {
    run: (input, parameters) => {
      const { output: preActivation } = conv.run(input, parameters);
      try {
        return { ...activation.run(preActivation, []), preActivation };
      } catch (error) {
        preActivation.dispose();
        throw error;
      }
    },
    dispose: () => {
      conv.dispose();
      activation.dispose();
    },
  };
}

async function fusedStep(core: EngineCore, action: string, problem: ConvProblem): Promise<ForwardStep> {
  const { gpu, workspaceLimitBytes, accuracy } = core;
  const { outputChannels, epilogue } = problem;
  const loan = await borrowConvPlan(core, problem, { workspaceLimitBytes, accuracy }, action);
  const folding = epilogue.hasBias ? await planBias(gpu, outputChannels, loan) : undefined;
  return {
    run: (input, [filter, bias]) => {
      let packedFilter: TensorStorage | undefined;
      let terms: TensorStorage | undefined;
      try {
        packedFilter = recordPack(gpu, loan.plan, useTensor(gpu, action, 'filter', filter));
        if (folding) terms = recordBias(gpu, folding, outputChannels, useTensor(gpu, action, 'bias', bias));
        const storage = useTensor(gpu, action, 'input', input);
        return { output: recordRun(gpu, loan.plan, { input: storage, packedFilter, terms, residual: undefined }) };
      } finally {
        packedFilter?.release();
        terms?.release();
      }
    },
    dispose: () => {
      folding?.dispose();
      loan.release();
    },
  };
}

type Folding = Awaited<ReturnType<typeof planTerms>>;

async function planBias(gpu: GpuContext, channels: number, loan: Loan<Plan>): Promise<Folding> {
  try {
    return await planTerms(gpu, channels, 1, { bias: 'float32' });
  } catch (error) {
    loan.release();
    throw error;
  }
}

/** Records the bias in the form that kernels read. */
function recordBias(gpu: GpuContext, folding: Folding, channels: number, bias: TensorStorage): TensorStorage {
  const bytes = 16 * channels;
  const terms = new TensorStorage(gpu, gpu.acquire(bytes), bytes, [bias]);
  try {
    gpu.faults.guard('fold the bias', () =>
      folding.record(gpu.stream, { terms: { bias: bias.slice }, folded: terms.slice }),
    );
    return terms;
  } catch (error) {
    terms.release();
    throw error;
  }
}
