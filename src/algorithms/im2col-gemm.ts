// im2col-gemm: a kernel lays every receptive field out as a column of a matrix, and a matrix product of filters × columns
// does the arithmetic (K. Chellapilla, S. Puri, P. Simard, 2006). The column matrix is R·S times the input at stride 1: where
// it exceeds the workspace, output positions are computed in bands.

import filterPackKernel from '../../shaders/filter/filter_pack_f32.wgsl';
import registerGemm4x16 from '../../shaders/gemm/gemm_register_f32_4x16.wgsl';
import registerGemm8x8 from '../../shaders/gemm/gemm_register_f32_8x8.wgsl';
import workgroupGemm64x64 from '../../shaders/gemm/gemm_workgroup_f32_64x64.wgsl';
import im2colKernel from '../../shaders/im2col/im2col_f32.wgsl';
import { UnsupportedProblemError } from '../errors.js';
import type { BufferSlice, Recorder } from '../gpu/command-stream.js';
import type { GpuContext } from '../gpu/context.js';
import type { Kernel, UniformValues } from '../gpu/kernel.js';
import type { CompiledKernel } from '../gpu/pipeline-cache.js';
import {
  axisPitches,
  type Conv2dProblem,
  conv2dFilterShape,
  conv2dInputShape,
  conv2dOutputShape,
  gemmSize,
} from '../problem/index.js';
import { ACTIVATION_CODES } from './activation-codes.js';
import type { Algorithm, Plan, RunBuffers } from './algorithm.js';
import { type Band, type BandPlan, planBands } from './bands.js';

/** The matrix products. `tilesPerWorkgroup` says whether a tile belongs to an invocation or to a whole workgroup. */
const GEMMS = {
  'register-4x16': { kernel: registerGemm4x16, tilesPerWorkgroup: registerGemm4x16.workgroupSize[0] },
  'register-8x8': { kernel: registerGemm8x8, tilesPerWorkgroup: registerGemm8x8.workgroupSize[0] },
  'workgroup-64x64': { kernel: workgroupGemm64x64, tilesPerWorkgroup: 1 },
} as const satisfies Record<string, { kernel: Kernel; tilesPerWorkgroup: number }>;

type Variant = keyof typeof GEMMS;

/** Invocations that keep any device busy; with fewer, an invocation of im2col writes fewer rows. */
const BUSY_INVOCATIONS = 16384;
const MOST_ROWS_EACH = 32;

function im2colValues(problem: Conv2dProblem, band: Band, pitchQuads: number): UniformValues {
  const [rows, columns] = problem.axes;
  const { depth, positions } = gemmSize(problem);
  const pitches = axisPitches(conv2dInputShape(problem), problem.inputLayout);
  const rowsEach = Math.max(1, Math.min(MOST_ROWS_EACH, Math.floor((depth * pitchQuads) / BUSY_INVOCATIONS)));
  return {
    invocations: pitchQuads * Math.ceil(depth / rowsEach),
    pitch_quads: pitchQuads,
    first_position: band.first,
    all_positions: positions,
    rows: depth,
    rows_each: rowsEach,
    channels: problem.inputChannels,
    filter_columns: columns.filterSize,
    input_rows: rows.inputSize,
    input_columns: columns.inputSize,
    output_columns: columns.outputSize,
    image_positions: rows.outputSize * columns.outputSize,
    image_pitch: pitches.n!,
    channel_pitch: pitches.c!,
    row_pitch: pitches.h!,
    column_pitch: pitches.w!,
    row_stride: rows.stride,
    column_stride: columns.stride,
    row_dilation: rows.dilation,
    column_dilation: columns.dilation,
    row_padding: rows.padBegin,
    column_padding: columns.padBegin,
  };
}

function gemmValues(problem: Conv2dProblem, kernel: Kernel, band: Band, pitchQuads: number): UniformValues {
  const [rows, columns] = problem.axes;
  const { depth, filters } = gemmSize(problem);
  const pitches = axisPitches(conv2dOutputShape(problem), problem.inputLayout);
  const positionTiles = Math.ceil(band.count / kernel.constants.TILE_POSITIONS!);
  return {
    depth,
    filters,
    positions: band.count,
    first_position: band.first,
    filter_pitch_quads: Math.ceil(filters / 4),
    position_pitch_quads: pitchQuads,
    position_tiles: positionTiles,
    tiles: positionTiles * Math.ceil(filters / kernel.constants.TILE_FILTERS!),
    image_positions: rows.outputSize * columns.outputSize,
    image_pitch: pitches.n!,
    filter_pitch: pitches.c!,
    position_pitch: pitches.w!, // positions of an image lie at equal distances in both layouts
  };
}

function packValues(problem: Conv2dProblem): UniformValues {
  const { depth, filters } = gemmSize(problem);
  const pitches = axisPitches(conv2dFilterShape(problem), problem.filterLayout);
  const pitchQuads = Math.ceil(filters / 4);
  return {
    quads: depth * pitchQuads,
    pitch_quads: pitchQuads,
    filters,
    channels: problem.inputChannels,
    columns: problem.axes[1].filterSize,
    filter_pitch: pitches.o!,
    channel_pitch: pitches.i!,
    row_pitch: pitches.h!,
    column_pitch: pitches.w!,
  };
}

/** A compiled plan: the parameter blocks of the packing and of every band lie in one buffer. */
class Im2colGemmPlan implements Plan {
  readonly algorithm = 'im2col-gemm';
  readonly problem: Conv2dProblem;
  readonly variant: Variant;
  readonly workspaceBytes: number;
  readonly packedFilterBytes: number;
  readonly bands: number;
  readonly dispose: () => void;
  readonly #kernels: { readonly pack: CompiledKernel; readonly im2col: CompiledKernel; readonly gemm: CompiledKernel };
  readonly #pack: { readonly workgroups: number; readonly uniform: BufferSlice };
  readonly #steps: readonly {
    readonly kernel: 'im2col' | 'gemm';
    readonly workgroups: number;
    readonly uniform: BufferSlice;
  }[];

  constructor(
    gpu: GpuContext,
    problem: Conv2dProblem,
    variant: Variant,
    bandPlan: BandPlan,
    kernels: { pack: CompiledKernel; im2col: CompiledKernel; gemm: CompiledKernel },
  ) {
    this.problem = problem;
    this.variant = variant;
    this.workspaceBytes = bandPlan.workspaceBytes;
    this.bands = bandPlan.bands.length;
    this.#kernels = kernels;

    const { tilesPerWorkgroup } = GEMMS[variant];
    const pack = packValues(problem);
    this.packedFilterBytes = 16 * pack.quads!;
    const steps = bandPlan.bands.flatMap((band) => {
      const im2col = im2colValues(problem, band, bandPlan.pitchQuads);
      const gemm = gemmValues(problem, kernels.gemm.kernel, band, bandPlan.pitchQuads);
      return [
        {
          kernel: 'im2col' as const,
          values: im2col,
          workgroups: Math.ceil(im2col.invocations! / im2colKernel.workgroupSize[0]),
        },
        { kernel: 'gemm' as const, values: gemm, workgroups: Math.ceil(gemm.tiles! / tilesPerWorkgroup) },
      ];
    });
    const { pooled, slices } = gpu.uploadUniforms([
      { kernel: filterPackKernel, values: pack },
      ...steps.map(({ kernel, values }) => ({ kernel: kernels[kernel].kernel, values })),
    ]);
    this.#pack = { workgroups: Math.ceil(pack.quads! / filterPackKernel.workgroupSize[0]), uniform: slices[0]! };
    this.#steps = steps.map(({ kernel, workgroups }, index) => ({ kernel, workgroups, uniform: slices[index + 1]! }));
    this.dispose = () => gpu.release(pooled);
  }

  pack(recorder: Recorder, filter: BufferSlice, packedFilter: BufferSlice): void {
    const { workgroups, uniform } = this.#pack;
    recorder.dispatch({ compiled: this.#kernels.pack, slices: [uniform, filter, packedFilter], workgroups });
  }

  run(recorder: Recorder, { input, packedFilter, bias, output, workspace }: RunBuffers): void {
    for (const { kernel, workgroups, uniform } of this.#steps) {
      const slices =
        kernel === 'im2col'
          ? [uniform, input, workspace]
          : [uniform, packedFilter, workspace, bias ?? packedFilter, output]; // without a bias its binding is not read
      recorder.dispatch({ compiled: this.#kernels[kernel], slices, workgroups });
    }
  }
}

/** The algorithm. Every layout, stride, dilation, padding and batch; one group. */
export const im2colGemm: Algorithm = {
  name: 'im2col-gemm',
  variants: Object.keys(GEMMS),

  unsupported(problem) {
    return problem.groups === 1 ? undefined : `groups is ${problem.groups}, and only 1 is implemented yet`;
  },

  preferredVariant(problem, isSoftware) {
    const { filters } = gemmSize(problem);
    // measured on software adapters only (docs/measurements.md): barriers cost more there than the loads they save, and a
    // tile of 4 filters wastes least on few of them. Real GPUs want workgroup memory once a tile is half full.
    if (filters <= 4) return 'register-4x16';
    return isSoftware || filters < 32 ? 'register-8x8' : 'workgroup-64x64';
  },

  async plan(gpu, problem, variant, limits) {
    const { kernel } = GEMMS[variant as Variant];
    const limitBytes = Math.min(limits.workspaceLimitBytes, limits.device.maxBindingBytes);
    const bandPlan = planBands(gemmSize(problem), kernel.constants.TILE_POSITIONS!, limitBytes);
    const packedBytes = 16 * packValues(problem).quads!;
    if (packedBytes > limits.device.maxBindingBytes) {
      throw new UnsupportedProblemError(
        `conv2d: the packed filter takes ${packedBytes} bytes, but this device binds at most ${limits.device.maxBindingBytes}. Split the filters.`,
      );
    }
    const [pack, im2col, gemm] = await Promise.all([
      gpu.pipelines.get(filterPackKernel),
      gpu.pipelines.get(im2colKernel),
      gpu.pipelines.get(kernel, {
        HAS_BIAS: problem.epilogue.hasBias ? 1 : 0,
        ACTIVATION: ACTIVATION_CODES[problem.epilogue.activation],
      }),
    ]);
    return new Im2colGemmPlan(gpu, problem, variant as Variant, bandPlan, { pack, im2col, gemm });
  },
};
