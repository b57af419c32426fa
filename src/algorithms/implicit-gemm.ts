// implicit-gemm: the product of im2col-gemm, but receptive fields are gathered while they are multiplied, so that there is no
// column matrix and no workspace (S. Chetlur et al., cuDNN: Efficient Primitives for Deep Learning, 2014). All groups of a
// gather in one dispatch.
import filterPackKernel from '../../shaders/filter/filter_pack_f32.wgsl';
import registerKernels4x16 from '../../shaders/implicit/implicit_register_f32_4x16.wgsl?stored';
import registerKernels8x8 from '../../shaders/implicit/implicit_register_f32_8x8.wgsl?stored';
import registerKernels16x8 from '../../shaders/implicit/implicit_register_f32_16x8.wgsl?stored';
import splitKernels64x64 from '../../shaders/implicit/implicit_split_f32_64x64.wgsl?stored';
import subgroupKernels8x8 from '../../shaders/implicit/implicit_subgroup_f32_8x8.wgsl?stored';
import subgroupKernels16x8 from '../../shaders/implicit/implicit_subgroup_f32_16x8.wgsl?stored';
import sumKernels from '../../shaders/implicit/implicit_sum_f32.wgsl?stored';
import workgroupKernels64x64 from '../../shaders/implicit/implicit_workgroup_f32_64x64.wgsl?stored';
import type { Kernel, UniformValues } from '../gpu/kernel.js';
import { type ConvProblem, compulsoryBytes, type Gather, gathersOf, gemmSize } from '../problem/index.js';
import type { Algorithm, RunBuffers } from './algorithm.js';
import { PADDING_CODES } from './codes.js';
import type { RunStepDesign } from './design.js';
import { epilogueOverrides, epilogueSlices } from './epilogue.js';
import { tooManyGathers } from './gathers.js';
import { designSingle, SINGLE_KERNELS, type SingleVariant, unsupportedSingle } from './implicit-single.js';
import { productValues, tilesOf } from './implicit-values.js';
import { designPacking, packedMatrixSize } from './packed-filter.js';
import { type Split, splitProducts, sumValues, WHOLE } from './split-products.js';
import { storageOf } from './storage.js';
import { featuresOf, type TileKernels, tileWork, workgroupsOf } from './tile-kernels.js';

/** The kernels, by variant. */
const KERNELS: TileKernels = {
  ...SINGLE_KERNELS,
  'register-4x16': { kernels: registerKernels4x16, invocations: 1 },
  'register-8x8': { kernels: registerKernels8x8, invocations: 1 },
  'register-16x8': { kernels: registerKernels16x8, invocations: 1 },
  'workgroup-64x64': { kernels: workgroupKernels64x64, invocations: 64 },
  'workgroup-64x64-split': { kernels: workgroupKernels64x64, invocations: 64 },
  'subgroup-8x8': { kernels: subgroupKernels8x8, invocations: 64, features: ['subgroups'] },
  'subgroup-16x8': { kernels: subgroupKernels16x8, invocations: 64, features: ['subgroups'] },
};

/** The variant that divides the products of an output where there are few tiles; else it is the one in workgroup memory. */
const SPLIT = 'workgroup-64x64-split';

/** The variant with one loop, over pairs of channels. */
const PAIRS = 'subgroup-8x8';

function runValues(
  problem: ConvProblem,
  gather: Gather,
  firstQuad: number,
  kernel: Kernel,
  parts: number,
): UniformValues {
  const { filters, positions } = gemmSize(problem, gather);
  const values = productValues(problem, gather, kernel);
  const packed = { first_quad: firstQuad, filter_pitch_quads: Math.ceil(filters / 4) };
  return { ...values, ...packed, tiles: values.tiles * parts, parts, positions };
}

/** Rounds of the loops of a kernel: over taps and channels; in workgroup memory over steps of channels and over channels. */
function loopsOf(problem: ConvProblem, gather: Gather, variant: string, { constants }: Kernel): readonly number[] {
  const taps = gather.reduce((product, axis) => product * axis.taps, 1);
  const channels = problem.inputChannels / problem.groups;
  if (variant === PAIRS) return [taps * Math.ceil(channels / 2)];
  const isStaged = constants.STEP !== undefined;
  return [isStaged ? taps * Math.ceil(channels / constants.STEP!) : taps, taps * channels];
}

/** The algorithm. Every option; each gather is one dispatch, whatever the number of groups. */
export const implicitGemm: Algorithm = {
  name: 'implicit-gemm',
  variants: Object.keys(KERNELS),

  unsupported(problem, variant = '') {
    const reason = variant in SINGLE_KERNELS ? unsupportedSingle(problem, variant as SingleVariant) : undefined;
    return reason ?? tooManyGathers(problem);
  },

  features: (variant) => featuresOf(KERNELS, variant),

  design(problem, variant, limits) {
    if (variant in SINGLE_KERNELS) return designSingle(problem, variant as SingleVariant, limits);
    const tileKernel = KERNELS[variant]!;
    const { kernels, invocations } = tileKernel;
    const { device } = limits;
    const storage = storageOf(problem.dtype, device);
    const [kernel, splitKernel, sumKernel] = [kernels[storage], splitKernels64x64[storage], sumKernels[storage]];
    const gathers = gathersOf(problem);
    const limitBytes = Math.min(limits.workspaceLimitBytes, device.limits.maxBindingBytes);
    const splits = gathers.map((gather): Split => {
      if (variant !== SPLIT) return WHOLE;
      const { filterTiles, positionTiles } = tilesOf(problem, gather, kernel);
      return splitProducts(problem, gather, filterTiles * positionTiles, device.isSoftware, limitBytes);
    });
    const sizeOf = (gather: Gather) => packedMatrixSize(problem, gather);
    const packing = designPacking(filterPackKernel, problem, gathers, sizeOf, limits);
    const padding = { PADDING: PADDING_CODES[problem.paddingContent.mode] };
    const epilogue = epilogueOverrides(problem.epilogue);
    const bytes = compulsoryBytes(problem) / gathers.length;
    return {
      workspaceBytes: Math.max(...splits.map(({ workspaceBytes }) => workspaceBytes)),
      packedFilterBytes: packing.bytes,
      bands: 1,
      pack: packing.steps,
      run: gathers.flatMap((gather, index): RunStepDesign[] => {
        const { parts, workspaceBytes } = splits[index]!;
        const values = runValues(problem, gather, packing.firstQuads[index]!, kernel, parts);
        const workgroups = workgroupsOf(values.tiles!, kernel, invocations);
        const { positions, depth: products } = gemmSize(problem, gather);
        const count = { tiles: values.tiles! / parts, positionTiles: values.position_tiles!, positions, products };
        const work = {
          ...tileWork(kernel, tileKernel, count),
          loops: loopsOf(problem, gather, variant, kernel),
          bytes,
        };
        if (parts === 1) {
          const slices = (buffers: RunBuffers) => [buffers.input, buffers.packedFilter, ...epilogueSlices(buffers)];
          return [{ kernel, overrides: { ...epilogue, ...padding }, values, workgroups, slices, work }];
        }
        const sums = sumValues(problem, gather, parts);
        return [
          {
            kernel: splitKernel,
            overrides: padding,
            values,
            workgroups,
            slices: ({ input, packedFilter, workspace }) => [input, packedFilter, workspace!],
            work: {
              ...work,
              invocations: work.invocations * parts,
              loops: work.loops.map((rounds) => rounds / parts),
              bytes: bytes + workspaceBytes,
            },
          },
          {
            kernel: sumKernel,
            overrides: epilogue,
            values: sums,
            workgroups: Math.ceil(sums.invocations! / sumKernel.workgroupSize[0]),
            slices: (buffers) => [buffers.workspace!, buffers.packedFilter, ...epilogueSlices(buffers)],
            work: { invocations: sums.invocations!, loops: [parts], multiplyAdds: 0, bytes: bytes + workspaceBytes },
          },
        ];
      }),
    };
  },
};
