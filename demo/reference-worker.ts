// Computes the CPU reference of a convolution and holds the GPU's result against it. In a worker, because the reference
// is written to be read rather than to be fast, and would freeze the page.
import type { Shape } from 'webgpu-conv/reference';
import { type Comparison, compare, expectedConv2d } from 'webgpu-conv/reference';

export interface ComparisonRequest {
  readonly input: Float32Array;
  readonly inputShape: Shape;
  readonly weights: Float32Array;
  readonly filterShape: Shape;
  /** What the GPU computed. */
  readonly actual: Float32Array;
}

export type ComparisonReply = Comparison;

addEventListener('message', ({ data }: MessageEvent<ComparisonRequest>) => {
  const { input, inputShape, weights, filterShape, actual } = data;
  const expected = expectedConv2d(
    { data: input, shape: inputShape },
    { data: weights, shape: filterShape },
    { padding: 'same' },
  );
  postMessage(compare(actual, expected) satisfies ComparisonReply);
});
