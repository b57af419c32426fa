// What the kernels of training compute, in float64, with bounds of what f32 makes of it. u = 2^-24. Accuracies are those of the WGSL specification,
// "Floating point accuracy": a sum or product u, a division 2.5 ULP, exp(x) 3 + 2·|x| ULP, log 2^-21 between ½ and 2 and 3 ULP elsewhere, a square root
// that of 1 / inverseSqrt, 4.5 ULP; a ULP is at most 2·u of the result. Terms of the second order are covered by the factor MORE.
import type { ExpectedResult } from 'webgpu-conv/reference';

const U = 2 ** -24;
const SMALLEST = 2 ** -126;
const MORE = 1.001;

/** A loss: its mean and how far that may be off, and its gradient. */
export interface ExpectedLoss {
  readonly loss: number;
  readonly bound: number;
  readonly gradient: ExpectedResult;
}

/**
 * Softmax cross-entropy of rows of logits. With d = x − max ≤ 0 every e^d is off by (6 + 5·|d|)·u: one of the argument times |d|, 6 + 4·|d| of exp.
 * @param logits (rows, classes)
 */
export function crossEntropy(logits: ArrayLike<number>, targets: ArrayLike<number>, classes: number): ExpectedLoss {
  const rows = targets.length;
  const data = new Float64Array(rows * classes);
  const bound = new Float64Array(rows * classes);
  let [loss, lossError] = [0, 0];
  for (let row = 0; row < rows; row++) {
    const x = Array.from({ length: classes }, (_, k) => logits[row * classes + k]!);
    const largest = Math.max(...x);
    const exps = x.map((value) => Math.exp(value - largest));
    const sum = exps.reduce((total, value) => total + value, 0);
    const errors = x.map((value) => (6 + 5 * (largest - value)) * U);
    const sumError = exps.reduce((total, value, k) => total + (value / sum) * errors[k]!, 0) + classes * (U + SMALLEST);
    for (let k = 0; k < classes; k++) {
      const share = exps[k]! / sum;
      const difference = share - Number(k === targets[row]);
      const error = share * (errors[k]! + sumError + 5 * U) + SMALLEST;
      data[row * classes + k] = difference / rows;
      bound[row * classes + k] = (MORE * (error + 3 * U * Math.abs(difference))) / rows + SMALLEST;
    }
    const below = largest - x[targets[row]!]!;
    const own = Math.log(sum) + below;
    const logError = Math.max(2 ** -21, 6 * U * Math.log(sum));
    loss += own;
    lossError += MORE * (sumError + logError + U * (below + own));
  }
  lossError += rows * U * MORE * loss; // the sum over rows, in any order
  const gradient = { data, bound, shape: [rows, classes] };
  return { loss: loss / rows, bound: lossError / rows, gradient };
}

/** Mean squared error. */
export function squaredError(output: ArrayLike<number>, targets: ArrayLike<number>): ExpectedLoss {
  const count = output.length;
  const differences = Float64Array.from({ length: count }, (_, index) => output[index]! - targets[index]!);
  const loss = differences.reduce((sum, value) => sum + value * value, 0);
  const data = differences.map((value) => (2 * value) / count);
  const bound = data.map((value) => 3 * MORE * U * Math.abs(value) + SMALLEST);
  return {
    loss: loss / count,
    bound: ((count + 3) * MORE * U * loss) / count + SMALLEST,
    gradient: { data, bound, shape: [count] },
  };
}

/** Options of optimisers, all of them. */
export interface SgdParameters {
  readonly learningRate: number;
  readonly momentum: number;
  readonly weightDecay: number;
}
export interface AdamParameters {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
}

/** A weight and its error after steps of gradient descent with momentum; constants are rounded to f32 as well. */
export function sgdWeight(
  first: number,
  gradients: readonly number[],
  { learningRate, momentum, weightDecay }: SgdParameters,
) {
  let [weight, error, speed, speedError] = [first, 0, 0, 0];
  for (const gradient of gradients) {
    const [kept, slope] = [momentum * speed, gradient + weightDecay * weight];
    speedError = momentum * speedError + weightDecay * error;
    speed = kept + slope;
    speedError +=
      MORE * U * (2 * Math.abs(kept) + 2 * weightDecay * Math.abs(weight) + Math.abs(slope) + Math.abs(speed));
    weight -= learningRate * speed;
    error += learningRate * speedError + MORE * U * (2 * learningRate * Math.abs(speed) + Math.abs(weight));
  }
  return { weight, error };
}

/** A weight and its error after steps of Adam. */
export function adamWeight(first: number, gradients: readonly number[], options: AdamParameters) {
  const { learningRate, beta1, beta2, epsilon, weightDecay } = options;
  let [weight, error, mean, meanError, square, squareError] = [first, 0, 0, 0, 0, 0];
  for (const [index, gradient] of gradients.entries()) {
    const step = index + 1;
    const [keptMean, newMean] = [beta1 * mean, (1 - beta1) * gradient];
    mean = keptMean + newMean;
    meanError = beta1 * meanError + MORE * U * (2 * Math.abs(keptMean) + 2 * Math.abs(newMean) + Math.abs(mean));
    const [keptSquare, newSquare] = [beta2 * square, (1 - beta2) * gradient ** 2];
    square = keptSquare + newSquare;
    squareError = beta2 * squareError + MORE * U * (2 * keptSquare + 3 * newSquare + square);
    const unbias = 1 / Math.sqrt(1 - beta2 ** step);
    const root = Math.sqrt(square);
    const size = root * unbias + epsilon;
    const sizeError = unbias * (squareError / root + 11 * U * root) + U * (epsilon + size);
    const ratio = mean / size;
    const ratioError = MORE * (meanError / size + (Math.abs(ratio) * sizeError) / size + 5 * U * Math.abs(ratio));
    const rate = learningRate / (1 - beta1 ** step);
    const shrunk = learningRate * weightDecay * weight;
    const between = weight - shrunk;
    weight = between - rate * ratio;
    error = error * (1 + learningRate * weightDecay) + rate * ratioError;
    error += MORE * U * (2 * Math.abs(shrunk) + Math.abs(between) + 2 * rate * Math.abs(ratio) + Math.abs(weight));
  }
  return { weight, error };
}
