// direct: the gradient of a filter from the operands as they lie, without workspace, whatever the problem; each value is one sum over all
// positions. What is left where nothing else has room.
import directKernels from '../../../shaders/backward/filter/filter_gradient_direct_f32.wgsl?stored';
import { compulsoryBytes } from '../../problem/index.js';
import { PADDING_CODES } from '../codes.js';
import { storageOf } from '../storage.js';
import type { FilterGradientAlgorithm } from './algorithm.js';
import { operandValues } from './operand-values.js';
import { sizeOf } from './sums.js';

/** The algorithm. Every option. */
export const direct: FilterGradientAlgorithm = {
  name: 'direct',
  variants: ['register-4x4'],

  unsupported: () => undefined,

  design({ convolution, accumulates }, _, { device }) {
    const kernel = directKernels[storageOf(convolution.dtype, device)];
    const { products, positions, filterQuads } = sizeOf(convolution);
    const invocations = convolution.groups * filterQuads * Math.ceil(products / 4);
    const rows = positions / convolution.axes.at(-1)!.outputSize;
    return {
      matrixBytes: 0,
      sumBytes: 0,
      bands: 1,
      run: [
        {
          kernel,
          overrides: { PADDING: PADDING_CODES[convolution.paddingContent.mode], ACCUMULATES: accumulates ? 1 : 0 },
          values: operandValues(convolution, { invocations, row_quads: filterQuads }),
          workgroups: Math.ceil(invocations / kernel.workgroupSize[0]),
          slices: ({ input, earlier, output, gradient }) => [input, earlier ?? gradient, output, gradient],
          work: {
            invocations,
            loops: [rows, positions],
            multiplyAdds: 16 * invocations * positions,
            bytes: compulsoryBytes(convolution),
          },
        },
      ],
    };
  },
};
