// A job on the GPU: upload, convolve, read back, with the times of it; and from the numbers that come back to pixels.
import type { Engine, Measurement, Shape } from 'webgpu-conv';
import { type Pixels, pixelsOf } from 'webgpu-conv/image';
import type { Job } from './filters.js';
import type { Picture } from './picture.js';

export interface Outcome {
  /** (3, K, H, W) or (1, 3, H, W) */
  readonly values: Float32Array;
  readonly gpuMs: number;
  readonly clock: Measurement<unknown>['clock'];
  /** From the numbers on the CPU to the numbers on the CPU. */
  readonly totalMs: number;
}

/** Shape of a picture as a job wants it: colours in the batch, or in the channels. */
export function inputShapeOf({ width, height }: Picture, { filterShape }: Job): Shape {
  const channels = filterShape[1]!;
  return [3 / channels, channels, height, width];
}

/** Convolves a picture. What was made on the GPU is given back, whatever happens. */
export async function convolve(engine: Engine, picture: Picture, job: Job): Promise<Outcome> {
  const made: { dispose(): void }[] = [];
  const keep = <T extends { dispose(): void }>(thing: T): T => {
    made.push(thing);
    return thing;
  };
  const inputShape = inputShapeOf(picture, job);
  try {
    // prepared first, so that neither time below contains the compilation of a kernel
    const filter = keep(engine.tensor(job.weights, job.filterShape));
    const prepared = keep(await engine.prepareConv2d({ inputShape, filter, padding: 'same' }));
    await engine.finish();
    const start = performance.now();
    const input = keep(engine.tensor(picture.planes, inputShape));
    const { result, gpuMs, clock } = await engine.measure(() => keep(prepared.run(input)));
    const values = await result.read();
    return { values, gpuMs, clock, totalMs: performance.now() - start };
  } finally {
    for (const thing of made) thing.dispose();
  }
}

/** The pixels to show for the values of a job. */
export function pixelsFor({ width, height }: Picture, job: Job, values: Float32Array): Pixels {
  if (!job.isMagnitude) return pixelsOf(values, width, height);
  const count = width * height;
  const planes = new Float32Array(3 * count);
  for (let colour = 0; colour < 3; colour++) {
    const first = 2 * colour * count;
    for (let pixel = 0; pixel < count; pixel++) {
      planes[colour * count + pixel] = Math.hypot(values[first + pixel]!, values[first + count + pixel]!);
    }
  }
  return pixelsOf(planes, width, height);
}
