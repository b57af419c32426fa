// The gradients that an engine computes. "Gradient" by itself is the gradient of a loss with respect to what a forward operator gave.
import type { ActivateBackwardOptions } from './operations/backward/activate-backward.js';
import type {
  ConvBackwardBiasOptions,
  PrepareConvBackwardBiasOptions,
  PreparedConvBackwardBias,
} from './operations/backward/conv-backward-bias.js';
import type {
  ConvBackwardFilterOptions,
  PrepareConvBackwardFilterOptions,
  PreparedConvBackwardFilter,
} from './operations/backward/conv-backward-filter.js';
import type {
  ConvBackwardInputOptions,
  PrepareConvBackwardInputOptions,
  PreparedConvBackwardInput,
} from './operations/backward/conv-backward-input.js';
import type {
  AveragePoolBackwardOptions,
  L2PoolBackwardOptions,
  MaxPoolBackwardOptions,
} from './operations/backward/pool-backward.js';
import { coreOf } from './operations/core.js';
import { withBackward } from './operations/load-backward.js';
import type { Activation } from './problem/index.js';
import type { Tensor } from './tensor.js';

/**
 * The methods of an {@link Engine} that compute gradients; their code is loaded when one is first called. The rank follows from the gradient's
 * shape; geometry is given as the forward operator was given it. Results are stored as the gradient is. Promises resolve when the work is
 * recorded.
 */
export abstract class GradientMethods {
  /**
   * The gradient with respect to the input of a convolution: from `gradient` (N, K, P, Q) and `filter` (K, C/G, R, S), transposed (C, K/G, R, S), or
   * in the layouts given, to (N, C, H, W), the shape `inputShape`. Of the forward epilogue the activation alone takes part. Of padding
   * that holds values of the input it is the true adjoint.
   *
   *     const dx = await engine.convBackwardInput(dy, w, { inputShape: x.shape, padding: 'same', activation: 'relu', output: y });
   *
   * @throws InvalidArgumentError, InvalidTensorError, UnsupportedProblemError, WorkspaceLimitError, DeviceLostError
   */
  convBackwardInput(gradient: Tensor, filter: Tensor, options: ConvBackwardInputOptions): Promise<Tensor> {
    const core = coreOf('convBackwardInput', this);
    return withBackward([gradient, filter, options] as const, (backward, operands) =>
      backward.runConvBackwardInput(core, ...operands),
    );
  }

  /**
   * Plans and compiles the gradient of an input once, to run it many times. The filter is given to each run, since training changes it.
   * @throws as {@link GradientMethods.convBackwardInput}
   */
  prepareConvBackwardInput(options: PrepareConvBackwardInputOptions): Promise<PreparedConvBackwardInput> {
    const core = coreOf('prepareConvBackwardInput', this);
    return withBackward([options] as const, (backward, operands) =>
      backward.prepareConvBackwardInput(core, ...operands),
    );
  }

  /**
   * The gradient with respect to the filter of a convolution: from `input` (N, C, H, W) and `gradient` (N, K, P, Q), or in the layouts given, to
   * (K, C/G, R, S), transposed (C, K/G, R, S), the shape `filterShape`. Sums over positions are divided into parts in an order that problem and
   * device decide: the same bit for bit in every run.
   *
   *     const dw = await engine.convBackwardFilter(x, dy, { filterShape: w.shape, padding: 'same', activation: 'relu', output: y });
   *
   * @throws InvalidArgumentError, InvalidTensorError, UnsupportedProblemError, WorkspaceLimitError, DeviceLostError
   */
  convBackwardFilter(input: Tensor, gradient: Tensor, options: ConvBackwardFilterOptions): Promise<Tensor> {
    const core = coreOf('convBackwardFilter', this);
    return withBackward([input, gradient, options] as const, (backward, operands) =>
      backward.runConvBackwardFilter(core, ...operands),
    );
  }

  /** Plans and compiles the gradient of a filter once, to run it many times. @throws as {@link GradientMethods.convBackwardFilter} */
  prepareConvBackwardFilter(options: PrepareConvBackwardFilterOptions): Promise<PreparedConvBackwardFilter> {
    const core = coreOf('prepareConvBackwardFilter', this);
    return withBackward([options] as const, (backward, operands) =>
      backward.prepareConvBackwardFilter(core, ...operands),
    );
  }

  /**
   * The gradient with respect to the bias of a convolution: the sum of `gradient` (N, K, P, Q) over batch and positions, to (K).
   * @throws InvalidArgumentError, InvalidTensorError, UnsupportedProblemError, DeviceLostError
   */
  convBackwardBias(gradient: Tensor, options?: ConvBackwardBiasOptions): Promise<Tensor> {
    const core = coreOf('convBackwardBias', this);
    return withBackward([gradient, options] as const, (backward, operands) =>
      backward.runConvBackwardBias(core, ...operands),
    );
  }

  /** Plans and compiles the gradient of a bias once, to run it many times. @throws as {@link GradientMethods.convBackwardBias} */
  prepareConvBackwardBias(options: PrepareConvBackwardBiasOptions): Promise<PreparedConvBackwardBias> {
    const core = coreOf('prepareConvBackwardBias', this);
    return withBackward([options] as const, (backward, operands) =>
      backward.prepareConvBackwardBias(core, ...operands),
    );
  }

  /**
   * The gradient with respect to what an activation was given: `gradient` multiplied with the derivative, which is computed from `input` or `output`.
   * @throws InvalidArgumentError unless one of them is given, and the derivative follows from it. InvalidTensorError.
   */
  activateBackward(gradient: Tensor, activation: Activation, options: ActivateBackwardOptions): Promise<Tensor> {
    const core = coreOf('activateBackward', this);
    return withBackward([gradient, activation, options] as const, (backward, operands) =>
      backward.runActivateBackward(core, ...operands),
    );
  }

  /**
   * The gradient with respect to the input of a max pooling: each value of `gradient` is added where its window's largest value was found, as the
   * `indices` tell that the pooling returned with `returnIndices`.
   * @throws InvalidArgumentError, InvalidTensorError, UnsupportedProblemError, DeviceLostError
   */
  maxPoolBackward(gradient: Tensor, indices: Tensor<'uint32'>, options: MaxPoolBackwardOptions): Promise<Tensor> {
    const core = coreOf('maxPoolBackward', this);
    return withBackward([gradient, indices, options] as const, (backward, operands) =>
      backward.runMaxPoolBackward(core, ...operands),
    );
  }

  /** The gradient with respect to the input of an average pooling. Throws as {@link GradientMethods.maxPoolBackward}. */
  averagePoolBackward(gradient: Tensor, options: AveragePoolBackwardOptions): Promise<Tensor> {
    const core = coreOf('averagePoolBackward', this);
    return withBackward([gradient, options] as const, (backward, operands) =>
      backward.runAveragePoolBackward(core, ...operands),
    );
  }

  /** The gradient with respect to the input of an L2 pooling; 0 where a window's root is 0. Throws as {@link GradientMethods.maxPoolBackward}. */
  l2PoolBackward(gradient: Tensor, input: Tensor, options?: L2PoolBackwardOptions): Promise<Tensor> {
    const core = coreOf('l2PoolBackward', this);
    return withBackward([gradient, input, options] as const, (backward, operands) =>
      backward.runL2PoolBackward(core, ...operands),
    );
  }
}
