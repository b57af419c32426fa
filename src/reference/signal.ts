// SciPy's convolve and correlate, through the reference convolution.
import { convProblem, type SignalKind, type SignalOptions, signalProblem } from '../problem/index.js';
import { convOfProblem } from './conv.js';
import { type ReferenceResult, type ReferenceTensor, withTensors } from './operands.js';

function computed(kind: SignalKind, a: ReferenceTensor, b: ReferenceTensor, options: SignalOptions): ReferenceResult {
  const action = `reference ${kind}`;
  const { rank, description, swapped, outputShape } = withTensors(action, { a, b }, () =>
    signalProblem(kind, a.shape, b.shape, options, action),
  );
  const [input, filter] = swapped ? [b, a] : [a, b];
  const problem = convProblem('conv', rank, description, action);
  return { data: convOfProblem(problem, { input: input.data, filter: filter.data }), shape: outputShape };
}

/**
 * The convolution of two sequences [n] or images [h, w], of `a` with the flipped `b`, as SciPy's `convolve` (one axis) and
 * `convolve2d` (two). The mode is 'full' (default), 'same' (as long as `a`) or 'valid'; around `a` lies the `fillValue` (default 0), or `a` again
 * (boundary 'wrap'), or `a` mirrored ('symm').
 * @throws InvalidArgumentError for shapes of other than one or two axes, or none of which contains the other in mode 'valid'; for
 * options that do not exist, and when data and shape do not agree.
 */
export function convolve(a: ReferenceTensor, b: ReferenceTensor, options: SignalOptions = {}): ReferenceResult {
  return computed('convolve', a, b, options);
}

/**
 * The cross-correlation of two sequences [n] or images [h, w], as SciPy's `correlate` (one axis) and `correlate2d` (two); options and
 * errors as of {@link convolve}. In mode 'same' an even `b` has its middle where SciPy has it: right of the centre along one axis, left of it along two.
 */
export function correlate(a: ReferenceTensor, b: ReferenceTensor, options: SignalOptions = {}): ReferenceResult {
  return computed('correlate', a, b, options);
}
