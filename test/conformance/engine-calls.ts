// A case as a call of the engine.
import type { Engine, Tensor, TensorLayout } from 'webgpu-conv';
import { INPUT_LAYOUTS, type Rank } from '../../src/problem/index.js';
import type { Fixture, Operand } from './fixtures.js';
import { gradientArguments, isGradient } from './gradient-calls.js';
import { CHANNEL_OPERANDS } from './problems.js';

/** A way of computing a case: what to call it, and the options that force it. */
export interface Way {
  readonly label: string;
  readonly force: { readonly algorithm?: string; readonly variant?: string };
}

/** What a method of the engine resolves to. */
export type Output = Tensor | { readonly output: Tensor; readonly indices: Tensor<'uint32'> };

/** One signature for all methods: this file is where a case's words become a call. */
type EngineMethod = (...operandsAndOptions: readonly unknown[]) => Promise<Output>;

function methodOf(gpu: Engine, name: string): EngineMethod {
  const method = (gpu as unknown as Readonly<Record<string, EngineMethod | undefined>>)[name];
  if (!method) throw new Error(`the engine has no method '${name}'`);
  return method.bind(gpu);
}

/** Makes a tensor of an operand, with a label if its layout is told so. */
export type Upload = (operand: Operand, layout?: TensorLayout) => Tensor;

/** Computes a gradient one way. The places of largest values come from the forward pooling, which the engine alone makes. */
async function callGradient(gpu: Engine, fixture: Fixture, { force }: Way, upload: Upload): Promise<Output> {
  const { operator, options, operands, places } = fixture;
  const { inputShape: _, ...pooling } = options;
  const rank = (operands.gradient!.shape.length - 2) as Rank;
  const pooled =
    places && (await methodOf(gpu, `maxPool${rank}d`)(upload(operands.input!), { ...pooling, returnIndices: true }));
  const indices = pooled && 'indices' in pooled ? pooled.indices : undefined;
  const isActivation = operator === 'activateBackward'; // whose channels are known by the label of its tensors
  const layout = (options.inputLayout ?? INPUT_LAYOUTS[rank][0]) as TensorLayout;
  const all = gradientArguments(fixture, (operand) => {
    if (!('dtype' in operand)) return indices;
    return isActivation ? upload(operand, layout) : upload(operand);
  });
  const { inputLayout, ...rest } = all.at(-1) as Readonly<Record<string, unknown>>;
  const written = isActivation || inputLayout === undefined ? rest : { ...rest, inputLayout };
  try {
    return await methodOf(gpu, operator)(...all.slice(0, -1), { ...written, ...force });
  } finally {
    if (pooled && 'output' in pooled) pooled.output.dispose();
    indices?.dispose();
  }
}

/** Computes a case one way. `upload` makes tensors that outlive the call. */
export function callEngine(gpu: Engine, fixture: Fixture, way: Way, upload: Upload): Promise<Output> {
  if (isGradient(fixture)) return callGradient(gpu, fixture, way, upload);
  const { operator, options, operands, indices } = fixture;
  const { force } = way;
  if (operator === 'activation') {
    const rank = (operands.input!.shape.length - 2) as Rank;
    const layout = (options.inputLayout ?? INPUT_LAYOUTS[rank][0]) as TensorLayout;
    const slope = operands.slope ? { slope: upload(operands.slope) } : {};
    return methodOf(gpu, 'activate')(upload(operands.input!, layout), options.activation, slope);
  }
  if (operator === 'convolve' || operator === 'correlate') {
    return methodOf(gpu, operator)(upload(operands.a!), upload(operands.b!), options);
  }
  const input = upload(operands.input!);
  if (!operands.filter)
    return methodOf(gpu, operator)(input, { ...options, ...(indices ? { returnIndices: true } : {}) });
  const terms = [...CHANNEL_OPERANDS, 'residual'].filter((name) => operands[name]);
  return methodOf(gpu, operator)(input, upload(operands.filter), {
    ...options,
    ...Object.fromEntries(terms.map((name) => [name, upload(operands[name]!)])),
    ...force,
  });
}
