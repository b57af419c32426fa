// winograd: convolution with 3×3 filters as products of transformed tiles, with 2.25 (tiles of 2×2 outputs) or 4 times (4×4) fewer
// multiplications (A. Lavin, S. Gray, Fast Algorithms for Convolutional Neural Networks, arXiv:1509.09308). The filter is transformed
// when it is packed; a run transforms the input, multiplies (m+2)² matrices for each group in one dispatch, and transforms
// back. Both sides of the product lie in the workspace: where they exceed it, tiles are computed in bands.
// Rounding errors are larger than those of direct sums, by the growth derived in winograd-transforms.ts; and an infinity or NaN
// in the input makes all outputs of the tiles that see it NaN.
import filterKernel2x2 from '../../shaders/winograd/winograd_filter_f32_2x2.wgsl';
import filterKernel4x4 from '../../shaders/winograd/winograd_filter_f32_4x4.wgsl';
import registerGemm16x8 from '../../shaders/winograd/winograd_gemm_register_f32_16x8.wgsl';
import workgroupGemm64x64 from '../../shaders/winograd/winograd_gemm_workgroup_f32_64x64.wgsl';
import inputKernels2x2 from '../../shaders/winograd/winograd_input_f32_2x2.wgsl?stored';
import inputKernels4x4 from '../../shaders/winograd/winograd_input_f32_4x4.wgsl?stored';
import outputKernels2x2 from '../../shaders/winograd/winograd_output_f32_2x2.wgsl?stored';
import outputKernels4x4 from '../../shaders/winograd/winograd_output_f32_4x4.wgsl?stored';
import type { Kernel } from '../gpu/kernel.js';
import { type ConvProblem, convName, gathersOf } from '../problem/index.js';
import type { Algorithm, RunBuffers } from './algorithm.js';
import { planBands } from './bands.js';
import { PADDING_CODES } from './codes.js';
import { epilogueOverrides, epilogueSlices } from './epilogue.js';
import { planPacking } from './packed-filter.js';
import { recordedPlan, type Step } from './recorded-plan.js';
import { storageOf } from './storage.js';
import { F2, F4, type WinogradTransform, winogradGrowth } from './winograd-transforms.js';
import { gemmValues, inputValues, outputValues, type WinogradStretch, winogradSizes } from './winograd-values.js';

const TILES = {
  f2x2: { transform: F2, filter: filterKernel2x2, inputs: inputKernels2x2, outputs: outputKernels2x2 },
  f4x4: { transform: F4, filter: filterKernel4x4, inputs: inputKernels4x4, outputs: outputKernels4x4 },
} as const;

/** The matrix products. `tileIsWorkgroup` says whether a tile belongs to an invocation or to a whole workgroup. */
const GEMMS = {
  'register-16x8': { kernel: registerGemm16x8, tileIsWorkgroup: false },
  'workgroup-64x64': { kernel: workgroupGemm64x64, tileIsWorkgroup: true },
} as const satisfies Record<string, { kernel: Kernel; tileIsWorkgroup: boolean }>;

type TileName = keyof typeof TILES;
type GemmName = keyof typeof GEMMS;

/** Names like 'f2x2-register-16x8'. */
const VARIANTS = (Object.keys(TILES) as TileName[]).flatMap((tile) =>
  (Object.keys(GEMMS) as GemmName[]).map((gemm) => ({ name: `${tile}-${gemm}`, tile, gemm })),
);

function partsOf(variant: string) {
  const { tile, gemm } = VARIANTS.find(({ name }) => name === variant)!;
  return { ...TILES[tile], ...GEMMS[gemm] };
}

/** The transform of a variant, of both axes. */
export function winogradTransform(variant: string): WinogradTransform {
  return partsOf(variant).transform;
}

/** Invocations that keep a device busy; with fewer, an invocation of a transform takes fewer channels. */
const BUSY_INVOCATIONS = { software: 1024, hardware: 32768 };

/**
 * Most bytes of a band on a software adapter, where the processor's cache holds that much and its memory is slow; but as many as the
 * filter has, since every band reads all of it (docs/measurements.md).
 */
const CACHE_BYTES = 2 ** 21;

/** From so many channels and filters of a group on, and so many tiles, the transforms pay (docs/measurements.md). */
const LEAST = { channels: 16, tiles: 8 };

/** Tiles of all images, m outputs wide and high. */
function tilesOf({ batch, axes }: ConvProblem, m: number): number {
  return axes.reduce((product, { outputSize }) => product * Math.ceil(outputSize / m), batch);
}

/** The algorithm. Filters of 3×3 taps, strides and dilations of 1; every other option. */
export const winograd: Algorithm = {
  name: 'winograd',
  variants: VARIANTS.map(({ name }) => name),

  unsupported(problem) {
    const { rank, axes } = problem;
    if (rank !== 2) return `it transforms planes, and the problem has rank ${rank}`;
    if (axes.some(({ filterSize }) => filterSize !== 3)) {
      return `the filter has ${axes.map(({ filterSize }) => filterSize).join('×')} taps, and it is made for 3×3`;
    }
    const stride = axes.find(({ stride }) => stride !== 1)?.stride;
    if (stride !== undefined) return `a stride is ${stride}, and tiles of neighbouring outputs have 1`;
    const dilation = axes.find(({ dilation }) => dilation !== 1)?.dilation;
    if (dilation !== undefined) return `a dilation is ${dilation}, and tiles of neighbouring inputs have 1`;
    return undefined;
  },

  suits(problem) {
    const { inputChannels, outputChannels, groups } = problem;
    const isDeep = Math.min(inputChannels, outputChannels) / groups >= LEAST.channels;
    return isDeep && tilesOf(problem, F2.tile) >= LEAST.tiles;
  },

  errorGrowth(problem, variant) {
    return winogradGrowth(problem, winogradTransform(variant));
  },

  preferredVariant(problem, isSoftware, mostGrowth) {
    const isLarge = tilesOf(problem, F4.tile) >= LEAST.tiles;
    const tile: TileName = isLarge && winogradGrowth(problem, F4) <= mostGrowth ? 'f4x4' : 'f2x2';
    // of a product in workgroup memory half a tile at most may be empty
    const isFull = problem.outputChannels / problem.groups >= 32 && tilesOf(problem, TILES[tile].transform.tile) >= 32;
    const gemm: GemmName = !isSoftware && isFull ? 'workgroup-64x64' : 'register-16x8';
    return `${tile}-${gemm}`;
  },

  async plan(gpu, problem, variant, limits) {
    const { transform, filter, inputs, outputs, kernel, tileIsWorkgroup } = partsOf(variant);
    const { capabilities } = gpu;
    const storage = storageOf(problem.dtype, capabilities);
    const [inputKernel, outputKernel] = [inputs[storage], outputs[storage]];
    const gathers = gathersOf(problem);
    const gather = gathers[0]!; // with strides of 1 it is the only one, also of a transposed convolution
    const sizes = winogradSizes(problem, gather, transform);
    const depth = sizes.matrices * (problem.inputChannels + problem.outputChannels);
    const rowQuads = Math.ceil(problem.outputChannels / problem.groups / 4);
    const quads = sizes.matrices * problem.inputChannels * rowQuads;
    const cacheBytes = capabilities.isSoftware ? Math.max(CACHE_BYTES, 16 * quads) : Number.POSITIVE_INFINITY;
    const mostBytes = Math.min(limits.workspaceLimitBytes, limits.device.maxBindingBytes);
    const whole = kernel.constants.TILE_POSITIONS!;
    const wholeBytes = 4 * depth * whole;
    const { bands, pitchQuads, workspaceBytes } = planBands(
      { positions: sizes.tiles, depth },
      wholeBytes <= mostBytes ? whole : 4, // a tile of the product that is partly empty is better than none
      Math.min(mostBytes, Math.max(cacheBytes, wholeBytes)),
      convName(problem.operator, problem.rank),
      'the transformed input and the products',
    );
    const [packing, transformInput, multiply, transformOutput] = await Promise.all([
      planPacking(gpu, filter, problem, gathers, () => ({ quads, rowQuads, quadsEach: sizes.matrices })),
      gpu.pipelines.get(inputKernel, { PADDING: PADDING_CODES[problem.paddingContent.mode] }),
      gpu.pipelines.get(kernel),
      gpu.pipelines.get(outputKernel, epilogueOverrides(problem.epilogue)),
    ]);
    const busy = BUSY_INVOCATIONS[capabilities.isSoftware ? 'software' : 'hardware'];
    return recordedPlan(
      gpu,
      {
        problem,
        algorithm: this.name,
        variant,
        workspaceBytes,
        packedFilterBytes: packing.bytes,
        bands: bands.length,
      },
      packing.steps,
      bands.flatMap((band): Step<RunBuffers>[] => {
        const stretch: WinogradStretch = { gather, sizes, band, pitchQuads, busy };
        const [input, product, output] = [
          inputValues(problem, stretch),
          gemmValues(problem, kernel, stretch),
          outputValues(problem, stretch),
        ];
        return [
          {
            compiled: transformInput,
            values: input,
            workgroups: Math.ceil(input.invocations! / inputKernel.workgroupSize[0]),
            slices: (buffers) => [buffers.input, buffers.workspace!],
          },
          {
            compiled: multiply,
            values: product,
            workgroups: tileIsWorkgroup ? product.tiles! : Math.ceil(product.tiles! / kernel.workgroupSize[0]),
            slices: ({ packedFilter, workspace }) => [packedFilter, workspace!],
          },
          {
            compiled: transformOutput,
            values: output,
            workgroups: Math.ceil(output.invocations! / outputKernel.workgroupSize[0]),
            slices: (buffers) => [buffers.workspace!, buffers.packedFilter, ...epilogueSlices(buffers)],
          },
        ];
      }),
    );
  },
};
