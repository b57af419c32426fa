// depthwise: where a filter reads one channel, nothing is shared between channels, and a matrix product would be mostly empty. Blocks of taps stay
// in registers while an invocation walks down the rows.
import depthwiseKernels from '../../../shaders/backward/filter/filter_gradient_depthwise_f32.wgsl?stored';
import { WorkspaceLimitError } from '../../errors.js';
import { compulsoryBytes, gathersOf } from '../../problem/index.js';
import { PADDING_CODES } from '../codes.js';
import { storageOf } from '../storage.js';
import type { FilterGradientAlgorithm } from './algorithm.js';
import { operandValues } from './operand-values.js';
import { divide, partBytes, sizeOf, sumStep } from './sums.js';

/** Taps of a block along an axis at most. */
const MOST_TAPS = 5;

/** Rows of a part at least. */
const LEAST_ROWS = 4;

/** Blocks of nearly equal size that `taps` are cut into. */
function blocksOf(taps: number) {
  const blocks = Math.ceil(taps / MOST_TAPS);
  return { blocks, each: Math.ceil(taps / blocks) };
}

/** The algorithm. Filters of one channel; any number of them a channel, and every other option. */
export const depthwise: FilterGradientAlgorithm = {
  name: 'depthwise',
  variants: ['block-5x5'],

  unsupported({ convolution }) {
    const channels = convolution.inputChannels / convolution.groups;
    return channels === 1 ? undefined : `filters have ${channels} channels, and one is supported`;
  },

  design(problem, _, limits) {
    const { convolution } = problem;
    const kernel = depthwiseKernels[storageOf(convolution.dtype, limits.device)];
    const [depth, rows, columns] = gathersOf(convolution)[0]!;
    const size = sizeOf(convolution);
    const slides = columns.stride === 1 && columns.dilation === 1;
    // what does not slide loads every tap for itself: a row of taps is as long a text as compiles in a moment
    const rowBlocks = slides ? blocksOf(rows.taps) : { blocks: rows.taps, each: 1 };
    const columnBlocks = blocksOf(columns.taps);
    const columnTiles = Math.ceil(columns.outputs / kernel.constants.TILE_COLUMNS!);
    const blocks = depth.taps * rowBlocks.blocks * columnBlocks.blocks;
    const lines = convolution.batch * depth.outputs * rows.outputs;
    const each = partBytes(convolution, size) * columnTiles;
    const limitBytes = Math.min(limits.workspaceLimitBytes, limits.device.limits.maxBindingBytes);
    if (each > limitBytes) {
      throw new WorkspaceLimitError(
        `convBackwardFilter: the sums of ${columnTiles} stretches of columns take ${each} bytes, but the workspace may hold ${limitBytes} (the smaller of workspaceLimitBytes and what the device binds). Raise workspaceLimitBytes.`,
        each,
      );
    }
    const ofStretch = convolution.outputChannels * columnTiles * blocks;
    const stretches = divide(lines, ofStretch, Math.floor(limitBytes / each), limits, LEAST_ROWS);
    const parts = stretches.parts * columnTiles;
    const invocations = stretches.parts * ofStretch;
    return {
      matrixBytes: 0,
      sumBytes: stretches.parts * each,
      bands: 1,
      run: [
        {
          kernel,
          overrides: {
            PADDING: PADDING_CODES[convolution.paddingContent.mode],
            TAP_ROWS: rowBlocks.each,
            TAP_COLUMNS: columnBlocks.each,
            SLIDES: slides ? 1 : 0,
          },
          values: operandValues(convolution, {
            invocations,
            parts,
            part_positions: stretches.each,
            row_quads: size.filterQuads,
          }),
          workgroups: Math.ceil(invocations / kernel.workgroupSize[0]),
          slices: ({ input, sums, gradient }) => [input, sums!, gradient],
          work: {
            mode: slides ? undefined : 'apart',
            invocations,
            // rows, and rows of taps that meet them
            loops: [stretches.each, stretches.each * rowBlocks.each * (slides ? 1 : columnBlocks.each)],
            multiplyAdds:
              invocations * stretches.each * rowBlocks.each * columnBlocks.each * kernel.constants.TILE_COLUMNS!,
            bytes: compulsoryBytes(convolution) + stretches.parts * each,
          },
        },
        sumStep(problem, parts, limits),
      ],
    };
  },
};
