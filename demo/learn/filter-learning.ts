// Finds an unknown filter from a picture and what became of it, by gradient descent. With x the picture, t what became of it, w what is known
// of the filter so far and e = conv(x, w) − t, the loss Σ e² / 2 has the gradient convBackwardFilter(x, e) with respect to w.
//
// Neighbouring pixels are much alike, so that a picture tells a lot about the sum of all weights and little about the differences between them: of
// the demo's photographs the curvature of the loss differs 2500- to 4600-fold from direction to direction, and descent takes as many more steps. Since
// convolutions commute, both pictures may be filtered first: of their edges (a Laplacian) it differs 4- to 17-fold.
import type { Engine, PreparedConvBackwardFilter, Shape, Tensor } from 'webgpu-conv';
import { laplacian } from 'webgpu-conv/image';
import { TAPS } from './unknown-filters.js';

/** A picture as planes (3, 1, H, W). */
export interface Planes {
  readonly values: Float32Array;
  readonly width: number;
  readonly height: number;
}

const FILTER: Shape = [1, 1, TAPS, TAPS];
const POWER_STEPS = 12;
/** Part of the last change that is made once more (B. Polyak's heavy ball). */
const MOMENTUM = 0.5;

/** What the picture becomes under a filter (5, 5): planes without their border. */
export async function applyFilter(engine: Engine, picture: Planes, weights: Float32Array): Promise<Planes> {
  const { values, width, height } = picture;
  using input = engine.tensor(values, [3, 1, height, width]);
  using filter = engine.tensor(weights, FILTER);
  using output = await engine.conv2d(input, filter);
  return { values: await output.read(), width: width - TAPS + 1, height: height - TAPS + 1 };
}

async function edgesOf(engine: Engine, { values, width, height }: Planes, sign: 1 | -1): Promise<Tensor> {
  using planes = engine.tensor(values, [3, 1, height, width]);
  using filter = engine.tensor(
    laplacian.weights.map((weight) => sign * weight),
    [1, 1, ...laplacian.size],
  );
  return await engine.conv2d(planes, filter);
}

/** A descent towards the filter that made `after` of `before`. */
export class FilterLearning {
  /** (5, 5), zeros at first. */
  readonly weights = new Float32Array(TAPS * TAPS);
  readonly #change = new Float32Array(TAPS * TAPS);
  readonly #engine: Engine;
  readonly #input: Tensor;
  /** The pixels to come to, with their sign reversed: added to an output they leave the error. */
  readonly #minusTarget: Tensor;
  readonly #backward: PreparedConvBackwardFilter;
  #rate = 0;

  private constructor(engine: Engine, input: Tensor, minusTarget: Tensor, backward: PreparedConvBackwardFilter) {
    this.#engine = engine;
    this.#input = input;
    this.#minusTarget = minusTarget;
    this.#backward = backward;
  }

  /** @param before (3, 1, H, W); `after` is smaller by a filter's border. */
  static async create(engine: Engine, before: Planes, after: Planes): Promise<FilterLearning> {
    const made: { dispose(): void }[] = [];
    try {
      const input = await edgesOf(engine, before, 1);
      made.push(input);
      const minusTarget = await edgesOf(engine, after, -1);
      made.push(minusTarget);
      const backward = await engine.prepareConvBackwardFilter({ inputShape: input.shape, filterShape: FILTER });
      const learning = new FilterLearning(engine, input, minusTarget, backward);
      made.push(backward);
      learning.#rate = 1 / (await learning.#curvature());
      return learning;
    } catch (error) {
      for (const thing of made) thing.dispose();
      throw error;
    }
  }

  /** Takes a step. Returns how large the gradient was, its largest component. */
  async step(): Promise<void> {
    const gradient = await this.#gradient(this.weights, this.#minusTarget);
    for (const [tap, slope] of gradient.entries()) {
      this.#change[tap] = MOMENTUM * this.#change[tap]! - this.#rate * slope;
      this.weights[tap] = this.weights[tap]! + this.#change[tap]!;
    }
  }

  dispose(): void {
    for (const thing of [this.#input, this.#minusTarget, this.#backward]) thing.dispose();
  }

  /** convBackwardFilter(x, conv(x, w) + added) */
  async #gradient(weights: Float32Array, added?: Tensor): Promise<Float32Array> {
    using filter = this.#engine.tensor(weights, FILTER);
    using error = await this.#engine.conv2d(this.#input, filter, added ? { residual: added } : {});
    using gradient = this.#backward.run(this.#input, error);
    return await gradient.read();
  }

  /** The largest curvature of the loss, by the power method: how much longer its gradient makes a filter at most. */
  async #curvature(): Promise<number> {
    // a checkerboard to begin with, since edges are what is left of the pictures
    let direction = Float32Array.from(this.weights, (_, tap) => (tap % 2 === 0 ? 1 : -1));
    let length = 0;
    for (let step = 0; step < POWER_STEPS; step++) {
      const next = await this.#gradient(direction);
      length = Math.hypot(...next) / Math.hypot(...direction);
      const scale = 1 / (Math.hypot(...next) || 1);
      direction = next.map((value) => scale * value);
    }
    return length || 1; // a picture without edges has no curvature, and nothing to learn from
  }
}
