// What makes a convolution one, whoever computes it: it is linear, does not care where it is, and has an identity, a matrix and an
// adjoint. Bounds follow from those of the reference: where |ŷ − y| ≤ slack, a sum of computed values is off by at most the
// sum of their slacks; what float64 itself rounds is 2^-29 of that, and allowed for by a factor of 1 + 2^-20.
import fc from 'fast-check';
import { convolutionMatrix } from 'webgpu-conv/reference';
import {
  axisPitches,
  type ConvProblem,
  convFilterShape,
  convInputShape,
  convOutputShape,
  dilatedSize,
  elementCount,
  type FilterLayout,
} from '../../../src/problem/index.js';
import { type ConvOperands, operandsOf, storedRandom } from '../../support/arbitrary-operands.js';
import {
  type ConvCase,
  convCases,
  isSmall,
  problemOf,
  withoutConstant,
  withoutEpilogue,
} from '../../support/arbitrary-problem.js';
import type { Property } from './property.js';
import {
  convolved,
  describeCase,
  different,
  exactOf,
  farFrom,
  firstWrong,
  nameOf,
  someVariantsOf,
  summingVariantsOf,
  type Variant,
  variantOf,
  variantsOf,
} from './run.js';

const FLOAT64 = 1 + 2 ** -20;

/** Sums alone, of padding without a constant. */
const linearCases = (...args: Parameters<typeof convCases>) =>
  convCases(...args)
    .map(withoutEpilogue)
    .map(withoutConstant);

const withInput = (operands: ConvOperands, data: Float32Array<ArrayBuffer>): ConvOperands => ({
  ...operands,
  input: { ...operands.input, data },
});

export const isLinear: Property<ConvCase & { readonly a: number; readonly b: number }> = {
  name: 'a convolution is linear',
  cases: fc
    .tuple(linearCases(), fc.integer({ min: -3, max: 3 }), fc.integer({ min: -3, max: 3 }))
    .map(([given, a, b]) => ({ ...given, a, b })),
  runs: 70,
  async wrong(engine, { a, b, ...given }) {
    const operands = operandsOf(given);
    const variant = variantOf(given.seed, variantsOf, operands.problem);
    // inputs in steps of 1/64, whose combinations are exact, also in half precision
    const [x, y] = [0, 100].map((offset) =>
      storedRandom(operands.input.data.length, given.seed + offset, 'float32').map(
        (value) => Math.round(64 * value) / 64,
      ),
    );
    const z = x!.map((value, index) => a * value + b * y![index]!);
    const all = [x!, y!, z].map((data) => withInput(operands, data));
    const [[fx], [fy], [fz]] = (await Promise.all(all.map((each) => convolved(engine, each, [variant])))) as [
      [Float32Array],
      [Float32Array],
      [Float32Array],
    ];
    const [slackX, slackY, slackZ] = all.map((each) => exactOf(each, variant).slack);
    const combined = Float64Array.from(fx, (value, index) => a * value + b * fy[index]!);
    const bound = slackZ!.map(
      (slack, index) => FLOAT64 * (slack + Math.abs(a) * slackX![index]! + Math.abs(b) * slackY![index]!),
    );
    return firstWrong([
      `${nameOf(variant)}: ${describeCase(operands)}`,
      farFrom(fz, combined, bound, convOutputShape(operands.problem)),
    ]);
  },
};

/** A stride of 1 and padding of as much as the filter takes, however it is divided: an output as large as the input. */
function asLargeAsInput(given: ConvCase, splits: readonly number[]): ConvCase {
  const { strides: _, padding: __, rounding: ___, outputPadding: ____, outputShape: _____, ...rest } = given.options;
  const dilations = rest.dilations ?? 1;
  const padding = given.window.map((taps, axis) => {
    const dilation = Array.isArray(dilations) ? dilations[axis] : (dilations as number);
    const total = dilatedSize(taps, dilation) - 1;
    const begin = splits[axis]! % (total + 1);
    return [begin, total - begin];
  });
  return { ...given, options: { ...rest, padding } };
}

const SPLITS = fc.array(fc.nat({ max: 20 }), { minLength: 3, maxLength: 3 });

/** A copy in which every value has moved by so many places along the spatial axes, around the end. */
function rolled(
  values: ArrayLike<number>,
  problem: ConvProblem,
  key: 'inputSize' | 'outputSize',
  by: readonly number[],
) {
  const { axes, rank, inputLayout } = problem;
  const shape = key === 'inputSize' ? convInputShape(problem) : convOutputShape(problem);
  const pitches = axisPitches(shape, inputLayout);
  const spatial = axes.map((axis, index) => ({
    size: axis[key],
    pitch: pitches[(['d', 'h', 'w'] as const)[index + 3 - rank]!],
    by: by[index]!,
  }));
  return Float32Array.from(values, (_, index) => {
    let source = index;
    for (const { size, pitch, by: step } of spatial) {
      const place = Math.floor(index / pitch) % size;
      source += ((((place - step) % size) + size) % size) * pitch - place * pitch;
    }
    return values[source]!;
  });
}

export const circularCommutesWithShifts: Property<ConvCase & { readonly by: readonly number[] }> = {
  name: 'with circular padding, a shifted input gives the shifted output, bit for bit',
  cases: fc
    .tuple(convCases(['conv']), SPLITS, fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 3, maxLength: 3 }))
    .map(([given, splits, by]) => {
      const { options, ...rest } = asLargeAsInput(withoutEpilogue(given), splits);
      return { ...rest, options: { ...options, paddingMode: 'circular' }, by };
    })
    .filter(isSmall),
  runs: 70,
  async wrong(engine, { by, ...given }) {
    const operands = operandsOf(given);
    const { problem, input } = operands;
    const variant = variantOf(given.seed, summingVariantsOf, problem);
    const moved = withInput(operands, rolled(input.data, problem, 'inputSize', by));
    const [[before], [after]] = (await Promise.all(
      [operands, moved].map((each) => convolved(engine, each, [variant])),
    )) as [[Float32Array], [Float32Array]];
    return firstWrong([
      `${nameOf(variant)}: ${describeCase(operands)} by ${by}`,
      different(after, rolled(before, problem, 'outputSize', by)),
    ]);
  },
};

/** Part of a tensor in a layout: `size` places along the last spatial axis, from `first` on. */
function columnsOf(values: ArrayLike<number>, shape: readonly number[], axis: number, first: number, size: number) {
  const inner = elementCount(shape.slice(axis + 1));
  const outer = elementCount(shape.slice(0, axis));
  const part = new Float32Array(outer * size * inner);
  for (let index = 0; index < part.length; index++) {
    const [block, rest] = [Math.floor(index / (size * inner)), index % (size * inner)];
    part[index] = values[(block * shape[axis]! + first) * inner + rest]!;
  }
  return part;
}

export const validCommutesWithShifts: Property<ConvCase & { readonly by: number }> = {
  name: 'without padding, outputs of a window of the input are those of the whole, bit for bit',
  cases: fc
    .tuple(convCases(['conv']), fc.integer({ min: 1, max: 6 }))
    .map(([given, by]) => {
      const { strides: _, padding: __, paddingMode: ___, rounding: ____, ...options } = given.options;
      const size = given.size.map((length, axis) => (axis === given.rank - 1 ? length + by : length));
      return { ...withoutEpilogue(given), options, size, by };
    })
    .filter((given) => isSmall(given) && isSmall(lastAxis(given, -given.by))),
  runs: 70,
  async wrong(engine, { by, ...given }) {
    const whole = operandsOf(given);
    const { inputLayout } = given;
    const part = lastAxis(given, -by);
    const problem = problemOf(part);
    const shape = convInputShape(problem);
    const axis = inputLayout.indexOf('w');
    const data = columnsOf(whole.input.data, whole.input.shape, axis, by, shape[axis]!);
    const window: ConvOperands = { ...whole, case: part, problem, input: { data, shape } };
    const variant = variantOf(given.seed, summingVariantsOf, whole.problem, problem);
    const [[all], [some]] = (await Promise.all([whole, window].map((each) => convolved(engine, each, [variant])))) as [
      [Float32Array],
      [Float32Array],
    ];
    const outputs = convOutputShape(whole.problem);
    const expected = columnsOf(all, outputs, axis, by, convOutputShape(problem)[axis]!);
    return firstWrong([`${nameOf(variant)}: ${describeCase(window)} from ${by} on`, different(some, expected)]);
  },
};

/** A case whose last axis is longer. */
function lastAxis<T extends ConvCase>(given: T, by: number): T {
  return { ...given, size: given.size.map((length, axis) => (axis === given.rank - 1 ? length + by : length)) };
}

export const hasIdentity: Property<ConvCase & { readonly tap: readonly number[] }> = {
  name: 'a filter of a single 1 gives the input back, bit for bit, by every algorithm and variant',
  cases: fc
    .tuple(convCases(), SPLITS)
    .map(([given, splits]) => {
      const square = { ...withoutEpilogue(given), filters: given.channels };
      const tap = given.window.map((taps, axis) => splits[axis]! % taps);
      const { dilations = 1, flipFilter } = given.options;
      const begins = tap.map((place, axis) => {
        const dilation = Array.isArray(dilations) ? dilations[axis] : (dilations as number);
        return dilation * (flipFilter === true ? given.window[axis]! - 1 - place : place);
      });
      return { ...asLargeAsInput(square, begins), tap };
    })
    .filter(isSmall),
  runs: 28,
  async wrong(engine, { tap, ...given }) {
    const operands = operandsOf(given);
    const { problem, input } = operands;
    const shape = convFilterShape(problem);
    const layout: string = problem.filterLayout;
    const data = new Float32Array(elementCount(shape));
    const pitch = axisPitches(shape, problem.filterLayout);
    const offset = tap.reduce(
      (sum, place, axis) => sum + place * pitch[(['d', 'h', 'w'] as const)[axis + 3 - given.rank]!],
      0,
    );
    const [o, i] = [shape[layout.indexOf('o')]!, shape[layout.indexOf('i')]!];
    // filters are numbered over all groups, or input channels if transposed; within a group the n-th meets the n-th
    for (let channel = 0; channel < Math.max(o, i); channel++) {
      data[offset + (channel % o) * pitch.o + (channel % i) * pitch.i] = 1;
    }
    const variants = summingVariantsOf(problem);
    const values = await convolved(engine, { ...operands, filter: { data, shape } }, variants);
    return firstWrong(
      ...values.map(
        (actual, index) =>
          [`${nameOf(variants[index]!)}: ${describeCase(operands)}`, different(actual, input.data)] as const,
      ),
    );
  },
};

/** A filter in its layout, backwards along the spatial axes. */
function flippedFilter({ filter, problem }: ConvOperands): Float32Array<ArrayBuffer> {
  const { rank, filterLayout, axes } = problem;
  const pitches = axisPitches(filter.shape, filterLayout);
  return filter.data.map((_, index) => {
    let source = index;
    for (const [axis, { filterSize }] of axes.entries()) {
      const pitch = pitches[(['d', 'h', 'w'] as const)[axis + 3 - rank]!];
      const place = Math.floor(index / pitch) % filterSize;
      source += (filterSize - 1 - 2 * place) * pitch;
    }
    return filter.data[source]!;
  });
}

export const flipsFilters: Property<ConvCase> = {
  name: 'flipFilter gives what the flipped filter gives, bit for bit',
  cases: convCases()
    .map(withoutEpilogue)
    .map(({ options: { flipFilter: _, ...options }, ...given }) => ({ ...given, options })),
  runs: 70,
  async wrong(engine, given) {
    const plain = operandsOf(given);
    const flipping = operandsOf({ ...given, options: { ...given.options, flipFilter: true } });
    const variants = someVariantsOf(plain.problem, given.seed);
    const flipped = { ...plain, filter: { ...plain.filter, data: flippedFilter(plain) } };
    const [expected, actual] = (await Promise.all(
      [flipped, flipping].map((each) => convolved(engine, each, variants)),
    )) as [Float32Array[], Float32Array[]];
    return firstWrong(
      ...variants.map(
        (variant, index) =>
          [`${nameOf(variant)}: ${describeCase(flipping)}`, different(actual[index]!, expected[index]!)] as const,
      ),
    );
  },
};

/** Σ aᵢ·bᵢ, and how far it may be off where a is off by its slack and the sum is in float64. */
function innerProduct(a: ArrayLike<number>, slack: ArrayLike<number>, b: ArrayLike<number>) {
  let [sum, off, size] = [0, 0, 0];
  for (let index = 0; index < a.length; index++) {
    sum += a[index]! * b[index]!;
    off += slack[index]! * Math.abs(b[index]!);
    size += Math.abs(a[index]! * b[index]!);
  }
  return { sum, off: off + a.length * 2 ** -53 * size };
}

/** The transposed convolution that is a convolution's adjoint, of the same filter in memory. */
export function adjointOf(given: ConvCase, problem: ConvProblem): ConvCase {
  const { strides, dilations, flipFilter } = given.options;
  const swapped = [...given.filterLayout].map((letter) => ({ o: 'i', i: 'o' })[letter] ?? letter).join('');
  const padding = problem.axes.map(({ inputSize, filterSize, stride, dilation, padBegin, padEnd, outputSize }) => {
    // rounding 'ceil' reaches past the padding
    const reach = (outputSize - 1) * stride + dilatedSize(filterSize, dilation) - padBegin - inputSize;
    return [padBegin, Math.max(padEnd, reach)];
  });
  return {
    ...given,
    operator: 'convTranspose',
    channels: given.filters,
    filters: given.channels,
    size: problem.axes.map(({ outputSize }) => outputSize),
    options: {
      ...(strides === undefined ? {} : { strides }),
      ...(dilations === undefined ? {} : { dilations }),
      ...(flipFilter === undefined ? {} : { flipFilter }),
      padding,
      outputShape: problem.axes.map(({ inputSize }) => inputSize),
    },
    filterLayout: swapped as FilterLayout,
  };
}

export const hasAdjoint: Property<ConvCase> = {
  name: 'the transposed convolution is the adjoint: ⟨conv x, y⟩ = ⟨x, convTranspose y⟩',
  cases: convCases(['conv'])
    .map(withoutEpilogue)
    .map(({ options: { paddingMode: _, ...options }, ...given }) => ({ ...given, options }))
    .filter((given) => isSmall(given) && isSmall(adjointOf(given, problemOf(given)))),
  runs: 70,
  async wrong(engine, given) {
    const forward = operandsOf(given);
    const back = adjointOf(given, forward.problem);
    const transposed = operandsOf({ ...back, seed: given.seed + 100 });
    const backward: ConvOperands = { ...transposed, filter: forward.filter };
    if (convFilterShape(backward.problem).join() !== forward.filter.shape.join()) {
      return `the filter of the adjoint is [${convFilterShape(backward.problem)}], not [${forward.filter.shape}]`;
    }
    const variants = [forward, backward].map(({ problem }) => variantOf(given.seed, variantsOf, problem)) as [
      Variant,
      Variant,
    ];
    const [[y], [x]] = (await Promise.all([
      convolved(engine, forward, [variants[0]]),
      convolved(engine, backward, [variants[1]]),
    ])) as [[Float32Array], [Float32Array]];
    const [left, right] = [
      innerProduct(y, exactOf(forward, variants[0]).slack, backward.input.data),
      innerProduct(x, exactOf(backward, variants[1]).slack, forward.input.data),
    ];
    const off = Math.abs(left.sum - right.sum);
    const allowed = FLOAT64 * (left.off + right.off);
    if (off <= allowed) return undefined;
    return `${variants.map(nameOf).join(', ')}: ${describeCase(forward)}: ⟨conv x, y⟩ is ${left.sum}, ⟨x, convTranspose y⟩ is ${right.sum}: ${off / allowed} bounds off`;
  },
};

export const equalsItsMatrix: Property<ConvCase> = {
  name: 'a convolution equals the product with its matrix',
  cases: linearCases(),
  runs: 70,
  async wrong(engine, given) {
    const operands = operandsOf(given);
    const { problem, input, filter } = operands;
    const { rows, columns, values, shape } = convolutionMatrix(problem, filter);
    if (shape.join() !== [elementCount(convOutputShape(problem)), input.data.length].join()) {
      return `${describeCase(operands)}: the matrix is ${shape.join('×')}`;
    }
    const product = new Float64Array(shape[0]);
    for (const [entry, value] of values.entries()) product[rows[entry]!]! += value * input.data[columns[entry]!]!;
    const variant = variantOf(given.seed, variantsOf, problem);
    const [actual] = (await convolved(engine, operands, [variant])) as [Float32Array];
    const { slack } = exactOf(operands, variant);
    const bound = slack.map((each) => FLOAT64 * each);
    return firstWrong([
      `${nameOf(variant)}: ${describeCase(operands)}`,
      farFrom(actual, product, bound, convOutputShape(problem)),
    ]);
  },
};
