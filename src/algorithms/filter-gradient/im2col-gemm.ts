// im2col-gemm: a row for each output position, of all the values under the taps there, so that the matrix product knows of no taps. For groups of
// few channels, and for what the workspace cannot hold at once: positions are laid out in bands, and each adds to the sums of those before.
import { WorkspaceLimitError } from '../../errors.js';
import type { FilterGradientProblem } from '../../problem/filter-gradient.js';
import type { PlanLimits } from '../algorithm.js';
import type { Band } from '../bands.js';
import type { FilterGradientAlgorithm, FilterGradientBuffers, FilterGradientStep } from './algorithm.js';
import { layOutStep, liesInRows, matrixBytes } from './lay-out.js';
import { gradientAsInput, operandValues } from './operand-values.js';
import {
  type GradientRows,
  linesOf,
  type Positions,
  PRODUCTS,
  productStep,
  type Values,
  writesResult,
} from './product.js';
import { partBytes, sizeOf, sumStep } from './sums.js';

/** Positions of a band at least, unless there are fewer. */
const LEAST_BAND = 64;

const NO_PITCH = { image: 0, depth: 0, row: 0 };
const ONE_TAP = { taps: [1, 1, 1], tapQuads: [0, 0, 0] } as const;

/** What the workspace holds. */
interface Room {
  /** Positions of a band; the last may have fewer. */
  readonly band: number;
  readonly mostParts: number;
  /** Bytes of the gradient's rows of a band, and of the values'. */
  readonly gradientBytes: (positions: number) => number;
  readonly valueBytes: (positions: number) => number;
}

/** Divides the positions into as few bands as the limits allow. */
function roomFor(
  { convolution }: FilterGradientProblem,
  gradientIsTensor: boolean,
  { workspaceLimitBytes: limitBytes, device }: PlanLimits,
): Room {
  const { maxBindingBytes } = device.limits;
  const { positions, products, filterQuads, ...size } = sizeOf(convolution);
  const each = partBytes(convolution, { positions, products, filterQuads, ...size });
  const gradientBytes = (count: number) => (gradientIsTensor ? 0 : matrixBytes(convolution, count, filterQuads));
  const valueBytes = (count: number) => matrixBytes(convolution, count, Math.ceil(products / 4));
  const bytesOf = (count: number) => gradientBytes(count) + valueBytes(count);
  const least = bytesOf(Math.min(positions, LEAST_BAND));
  if (each + least > limitBytes || Math.max(each, least) > maxBindingBytes) {
    throw new WorkspaceLimitError(
      `convBackwardFilter: the sums, and what they add at ${LEAST_BAND} positions, take ${each + least} bytes, but the workspace may hold ${limitBytes} (and a binding ${maxBindingBytes}). Raise workspaceLimitBytes.`,
      each + least,
    );
  }
  const whole = bytesOf(positions);
  const sumLimit = whole + each <= limitBytes ? limitBytes - whole : Math.min(limitBytes / 2, limitBytes - least);
  const mostParts = Math.max(1, Math.floor(Math.min(maxBindingBytes, sumLimit) / each));
  const matrixLimit = Math.min(maxBindingBytes, limitBytes - mostParts * each);
  if (whole <= matrixLimit) return { band: positions, mostParts, gradientBytes, valueBytes };
  const steps = Math.ceil(positions / LEAST_BAND);
  let most = steps; // bands of nearly equal size, none too large
  for (let bands = 2; most > 1 && bytesOf(most * LEAST_BAND) > matrixLimit; bands++) most = Math.ceil(steps / bands);
  return { band: most * LEAST_BAND, mostParts, gradientBytes, valueBytes };
}

/** The algorithm. Every option; all groups in one product. */
export const im2colGemm: FilterGradientAlgorithm = {
  name: 'im2col-gemm',
  variants: Object.keys(PRODUCTS),

  unsupported: () => undefined,

  features: (variant) => PRODUCTS[variant]?.features ?? [],

  design(problem, variant, limits) {
    const { convolution } = problem;
    const { groups, outputChannels, paddingContent } = convolution;
    const size = sizeOf(convolution);
    const { filterQuads, products } = size;
    const quads = Math.ceil(products / 4);
    const isTensor = liesInRows(convolution, outputChannels);
    const { band: bandSize, mostParts, gradientBytes, valueBytes } = roomFor(problem, isTensor, limits);
    const positionsOf = ({ count }: Pick<Band, 'count'>): Positions => ({
      images: 1,
      planes: 1,
      rows: 1,
      columns: count,
    });
    const shape = { channels: products, ...ONE_TAP };
    const whole = linesOf(problem, variant, positionsOf({ count: bandSize }), shape, mostParts, limits);
    const { parts } = whole;
    const isResult = writesResult(problem, parts);
    const findGradient = ({ gradient, matrices }: FilterGradientBuffers) =>
      isTensor ? gradient : { ...matrices!, sizeBytes: gradientBytes(bandSize) };
    const findValues = ({ matrices }: FilterGradientBuffers) => ({
      ...matrices!,
      offsetBytes: matrices!.offsetBytes + gradientBytes(bandSize),
      sizeBytes: valueBytes(bandSize),
    });
    const run: FilterGradientStep[] = [];
    for (let first = 0; first < size.positions; first += bandSize) {
      const band = { first, count: Math.min(bandSize, size.positions - first) };
      const positions = positionsOf(band);
      const rowLines = Math.ceil(band.count / whole.lineColumns); // the last band may be too short for all parts
      const lines = { ...whole, lines: rowLines, rowLines };
      const values: Values = {
        ...shape,
        find: findValues,
        firstQuad: 0,
        groupQuads: band.count * quads,
        pitch: { ...NO_PITCH, column: quads },
      };
      const gradients: GradientRows = isTensor
        ? {
            find: findGradient,
            firstQuad: first * groups * filterQuads,
            groupQuads: filterQuads,
            pitchQuads: groups * filterQuads,
          }
        : { find: findGradient, firstQuad: 0, groupQuads: band.count * filterQuads, pitchQuads: filterQuads };
      if (!isTensor) {
        const valuesOf = gradientAsInput.bind(undefined, convolution);
        const rows = {
          operand: 'gradient',
          padding: 'constant',
          valuesOf,
          quads: filterQuads,
          band,
          find: findGradient,
        } as const;
        run.push(layOutStep(convolution, rows, limits));
      }
      const valuesOf = operandValues.bind(undefined, convolution);
      const columns = {
        operand: 'input',
        padding: paddingContent.mode,
        valuesOf,
        quads,
        band,
        find: findValues,
      } as const;
      run.push(layOutStep(convolution, columns, limits));
      run.push(productStep(problem, variant, positions, lines, gradients, values, first > 0));
    }
    return {
      matrixBytes: gradientBytes(bandSize) + valueBytes(bandSize),
      sumBytes: isResult ? 0 : parts * partBytes(convolution, size),
      bands: Math.ceil(size.positions / bandSize),
      run: isResult ? run : [...run, sumStep(problem, parts, limits)],
    };
  },
};
