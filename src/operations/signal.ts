// Convolution and correlation as SciPy calls them: two tensors of one or two axes, without batch, channels or strides.
import { FILTER_LAYOUTS, INPUT_LAYOUTS, type SignalKind, type SignalOptions, signalProblem } from '../problem/index.js';
import { Tensor, useTensor } from '../tensor.js';
import { runConv } from './conv.js';
import type { ConvOptions } from './conv-options.js';
import type { EngineCore } from './core.js';

/** Convolves or correlates two tensors. Resolves when the work is recorded. */
export async function runSignal(
  core: EngineCore,
  kind: SignalKind,
  a: Tensor,
  b: Tensor,
  options: SignalOptions = {},
): Promise<Tensor> {
  const { gpu } = core;
  gpu.assertAlive(kind);
  const storages = [useTensor(gpu, kind, 'a', a), useTensor(gpu, kind, 'b', b)] as const;
  const { rank, description, swapped, outputShape } = signalProblem(kind, a.shape, b.shape, options, kind);
  const { inputShape, filterShape, ...geometry } = description;
  const [inputStorage, filterStorage] = swapped ? [storages[1], storages[0]] : storages;
  const [inputDType, filterDType] = swapped ? [b.dtype, a.dtype] : [a.dtype, b.dtype];
  // views with a batch and a channel; both hold what they show until they are disposed
  using input = Tensor.create(inputShape, INPUT_LAYOUTS[rank][0], inputDType, inputStorage.retain());
  using filter = Tensor.create(filterShape, FILTER_LAYOUTS[rank][0], filterDType, filterStorage.retain());
  using output = await runConv(core, 'conv', rank, input, filter, geometry as ConvOptions);
  return Tensor.create(outputShape, undefined, output.dtype, useTensor(gpu, kind, 'output', output).retain());
}
