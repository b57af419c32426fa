// fft: convolution with large filters as products of spectra, at a cost that hardly depends on how many taps a filter has. Tiles of 64×64
// inputs that overlap by a filter less one (overlap-save) are transformed, multiplied by the filter's transform and summed over the
// channels frequency by frequency, and transformed back (M. Mathieu, M. Henaff, Y. LeCun, Fast Training of Convolutional Networks
// through FFTs, arXiv:1312.5851; N. Vasilache et al., Fast Convolutional Nets With fbfft, arXiv:1412.7580). The filter is transformed when
// it is packed. A transform of 64 points stays in the registers of an invocation; spectra lie in the workspace between the passes: where
// they exceed it, tiles are computed in bands.
// Rounding errors are larger than those of direct sums, by the growth derived in fft-error.ts; and an infinity or NaN in the
// input makes all outputs of the tiles that see it NaN.
import columnsKernel from '../../shaders/fft/fft_columns_f32.wgsl';
import depthwiseKernel from '../../shaders/fft/fft_depthwise_f32.wgsl';
import filterKernel from '../../shaders/fft/fft_filter_f32.wgsl';
import inputKernels from '../../shaders/fft/fft_input_f32.wgsl?stored';
import outputKernels from '../../shaders/fft/fft_output_f32.wgsl?stored';
import productsKernel from '../../shaders/fft/fft_products_f32.wgsl';
import type { Kernel, UniformValues } from '../gpu/kernel.js';
import {
  type ConvProblem,
  convInputShape,
  convOutputShape,
  dilatedSize,
  elementCount,
  type Gather,
  gathersOf,
} from '../problem/index.js';
import type { Algorithm, RunBuffers } from './algorithm.js';
import { PADDING_CODES } from './codes.js';
import type { RunStepDesign, StepDesign } from './design.js';
import { epilogueOverrides, epilogueSlices } from './epilogue.js';
import { fftGrowth } from './fft-error.js';
import {
  columnValues,
  depthwiseValues,
  type FftStretch,
  fftTiles,
  filterValues,
  inputValues,
  isDepthwise,
  outputValues,
  POINTS,
  productColumnValues,
  productValues,
  SPECTRUM_BYTES,
  spectraOfTile,
  tileBands,
} from './fft-values.js';
import { weightOverrides } from './packed-filter.js';
import type { PackBuffers } from './recorded-plan.js';
import { storageOf } from './storage.js';

/** Most rows and columns that a filter spans, so that half of a tile are outputs; the first pass over a filter relies on it. */
const MOST_EXTENT = POINTS / 2;

/** Below so many taps direct sums are cheap enough, and errors may grow to more than 40 times theirs (fft-error.ts). */
const LEAST_TAPS = 32;

/** What every device binds at least (WebGPU, maxStorageBufferBindingSize): the filters' spectra must fit. */
const MOST_FILTER_BYTES = 2 ** 27;

/** Most bytes of a band on a software adapter, where the processor's cache holds that much and its memory is slow (docs/measurements.md). */
const CACHE_BYTES = 2 ** 21;

/** Multiply-adds of a transform of 64 points: six levels of butterflies of two complex numbers, about three for each. */
const TRANSFORM_MULTIPLY_ADDS = (6 * POINTS * 3) / 2;

/** Bytes of a column of a spectrum. */
const COLUMN_BYTES = 8 * POINTS;

/** Bytes of the filter's spectra. */
function filterBytes({ inputChannels, outputChannels, groups }: ConvProblem): number {
  return outputChannels * (inputChannels / groups) * SPECTRUM_BYTES;
}

/** A dispatch, from what its parameter block says of its size. */
function step<Operands>(
  kernel: Kernel,
  values: UniformValues,
  slices: StepDesign<Operands>['slices'],
  overrides: StepDesign<Operands>['overrides'] = {},
): StepDesign<Operands> {
  const workgroups = Math.ceil(invocationsOf(values) / kernel.workgroupSize[0]);
  return { kernel, overrides, values, workgroups, slices };
}

function invocationsOf(values: UniformValues): number {
  return values.invocations ?? values.columns!;
}

/** The dispatches that transform the filter. */
function packing(problem: ConvProblem, gather: Gather): readonly StepDesign<PackBuffers>[] {
  const { inputChannels, outputChannels, groups } = problem;
  const overrides = weightOverrides(problem);
  const spectra = outputChannels * (inputChannels / groups);
  return [
    step(filterKernel, filterValues(problem, gather), ({ filter, packedFilter }) => [filter, packedFilter], overrides),
    step(columnsKernel, columnValues(spectra, 0), ({ packedFilter }) => [packedFilter]),
  ];
}

/** Transforms of columns in the workspace, in place. */
function columnsStep(values: UniformValues): RunStepDesign {
  const invocations = invocationsOf(values);
  return {
    ...step(columnsKernel, values, ({ workspace }) => [workspace!]),
    work: {
      invocations,
      loops: [],
      multiplyAdds: invocations * TRANSFORM_MULTIPLY_ADDS,
      bytes: 2 * invocations * COLUMN_BYTES,
    },
  };
}

/** The dispatches between the rows of the input and those of the output. `mostTiles`: of a band. */
function multiplying(problem: ConvProblem, stretch: FftStretch, mostTiles: number): readonly RunStepDesign[] {
  const { inputChannels, outputChannels, groups } = problem;
  const { count } = stretch.band;
  if (isDepthwise(problem)) {
    const values = depthwiseValues(problem, stretch);
    const invocations = invocationsOf(values);
    return [
      {
        ...step(depthwiseKernel, values, (buffers) => [buffers.workspace!, buffers.packedFilter]),
        work: {
          invocations,
          loops: [],
          multiplyAdds: 2 * invocations * TRANSFORM_MULTIPLY_ADDS,
          bytes: (inputChannels + outputChannels) * count * SPECTRUM_BYTES + filterBytes(problem),
        },
      },
    ];
  }
  const tiles = mostTiles > 2 ? 4 : mostTiles;
  const block = { filters: productsKernel.constants.BLOCK_FILTERS!, tiles };
  const values = productValues(problem, stretch, block);
  const channels = inputChannels / groups;
  const multiply: RunStepDesign = {
    ...step(productsKernel, values, (buffers) => [buffers.workspace!, buffers.packedFilter], { TILES: tiles }),
    work: {
      mode: `tiles ${tiles}`,
      invocations: values.invocations!,
      loops: [channels],
      multiplyAdds: values.invocations! * channels * block.filters * tiles * 2 * 4, // two complex products a vec4
      bytes: (inputChannels + outputChannels) * count * SPECTRUM_BYTES + filterBytes(problem),
    },
  };
  return [
    columnsStep(columnValues(count * inputChannels, 0)),
    multiply,
    columnsStep(productColumnValues(problem, stretch)),
  ];
}

/** The algorithm. Planes, strides of 1, filters of 32 taps and more that span at most 32 rows and columns; every other option. */
export const fft: Algorithm = {
  name: 'fft',
  variants: ['tile-64x64'],

  unsupported(problem) {
    const { rank, axes } = problem;
    if (rank !== 2) return `it transforms planes, and the problem has rank ${rank}`;
    const stride = axes.find(({ stride }) => stride !== 1)?.stride;
    if (stride !== undefined) return `a stride is ${stride}, and outputs between would be computed in vain`;
    const extents = axes.map(({ filterSize, dilation }) => dilatedSize(filterSize, dilation));
    if (extents.some((extent) => extent > MOST_EXTENT)) {
      return `the filter spans ${extents.join('×')} inputs, and a tile of ${POINTS}×${POINTS} leaves room for ${MOST_EXTENT}×${MOST_EXTENT}`;
    }
    const taps = axes.reduce((product, { filterSize }) => product * filterSize, 1);
    if (taps < LEAST_TAPS) return `the filter has ${taps} taps, and transforms pay from ${LEAST_TAPS} on`;
    if (filterBytes(problem) > MOST_FILTER_BYTES) {
      return `the filters' spectra take ${filterBytes(problem)} bytes, and at most ${MOST_FILTER_BYTES} are bound`;
    }
    return undefined;
  },

  errorGrowth(problem) {
    return fftGrowth(problem);
  },

  design(problem, _variant, limits) {
    const { device } = limits;
    const storage = storageOf(problem.dtype, device);
    const gather = gathersOf(problem)[0]!; // with strides of 1 it is the only one, also of a transposed convolution
    const tiles = fftTiles(problem, gather);
    const tileBytes = spectraOfTile(problem) * SPECTRUM_BYTES;
    const mostBytes = Math.min(limits.workspaceLimitBytes, device.limits.maxBindingBytes);
    const cacheBytes = device.isSoftware
      ? Math.max(CACHE_BYTES, tileBytes, filterBytes(problem))
      : Number.POSITIVE_INFINITY;
    const bands = tileBands(problem, tiles.tiles, Math.min(mostBytes, cacheBytes));
    const [inputBytes, outputBytes] = [convInputShape(problem), convOutputShape(problem)].map(
      (shape) => (4 * elementCount(shape)) / bands.length,
    ) as [number, number];
    return {
      workspaceBytes: bands[0]!.count * tileBytes,
      packedFilterBytes: filterBytes(problem),
      bands: bands.length,
      pack: packing(problem, gather),
      run: bands.flatMap((band): RunStepDesign[] => {
        const stretch = { gather, tiles, band };
        const [input, output] = [inputValues(problem, stretch), outputValues(problem, stretch)];
        const transformRows = step<RunBuffers>(
          inputKernels[storage],
          input,
          (buffers) => [buffers.input, buffers.workspace!],
          { PADDING: PADDING_CODES[problem.paddingContent.mode] },
        );
        const transformBack = step<RunBuffers>(
          outputKernels[storage],
          output,
          (buffers) => [buffers.workspace!, buffers.packedFilter, ...epilogueSlices(buffers)],
          epilogueOverrides(problem.epilogue),
        );
        return [
          {
            ...transformRows,
            work: {
              invocations: input.invocations!,
              loops: [],
              multiplyAdds: input.invocations! * TRANSFORM_MULTIPLY_ADDS,
              bytes: inputBytes + band.count * problem.inputChannels * SPECTRUM_BYTES,
            },
          },
          ...multiplying(problem, stretch, bands[0]!.count),
          {
            ...transformBack,
            work: {
              invocations: output.invocations!,
              loops: [Math.ceil(Math.min(tiles.stepColumns, gather[2].outputs) / 4)],
              multiplyAdds: output.invocations! * TRANSFORM_MULTIPLY_ADDS,
              bytes: outputBytes + band.count * problem.outputChannels * SPECTRUM_BYTES,
            },
          },
        ];
      }),
    };
  },
};
