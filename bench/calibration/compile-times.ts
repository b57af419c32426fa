// How long kernels take to compile: each by itself on a device that has compiled nothing yet, up to the end of a first dispatch, as some
// drivers compile no earlier. The dispatch has a parameter block of zeros, so that there is nothing to compute.
import type { StepDesign } from '../../src/algorithms/design.js';
import type { GpuContext } from '../../src/gpu/context.js';

/** What is to be compiled. */
export type Compilation = Pick<StepDesign<never>, 'kernel' | 'overrides'>;

const ROUNDS = 3;
const BUFFER_BYTES = 1024; // more than any parameter block

let marks = 0;

async function compileMs(gpu: GpuContext, { kernel: file, overrides }: Compilation): Promise<number> {
  const { device } = gpu;
  const kernel = { ...file, code: `${file.code}// ${++marks}\n` }; // a text that no cache of the browser's knows
  const buffers = kernel.bindings.map(({ type }) =>
    device.createBuffer({
      size: BUFFER_BYTES,
      usage: type === 'uniform' ? GPUBufferUsage.UNIFORM : GPUBufferUsage.STORAGE,
    }),
  );
  const start = performance.now();
  const { pipeline, layout } = await gpu.pipelines.get(kernel, overrides);
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  const entries = buffers.map((buffer, binding) => ({ binding, resource: { buffer } }));
  pass.setBindGroup(0, device.createBindGroup({ layout, entries }));
  pass.dispatchWorkgroups(1);
  pass.end();
  device.queue.submit([encoder.finish()]);
  await device.queue.onSubmittedWorkDone();
  return performance.now() - start;
}

/** Milliseconds that each compilation takes, the best of some devices; the first of all a device ever compiles is not counted. */
export async function compileTimes(
  compilations: readonly Compilation[],
  newContext: () => Promise<GpuContext>,
): Promise<number[]> {
  const best = compilations.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < ROUNDS; round++) {
    const gpu = await newContext();
    await compileMs(gpu, compilations[0]!);
    for (const [index, compilation] of compilations.entries()) {
      if (index === 0) continue;
      best[index] = Math.min(best[index]!, await compileMs(gpu, compilation));
    }
    gpu.destroy(true);
    const again = await newContext(); // where the first one's turn comes second
    await compileMs(again, compilations[1]!);
    best[0] = Math.min(best[0]!, await compileMs(again, compilations[0]!));
    again.destroy(true);
  }
  return best;
}
