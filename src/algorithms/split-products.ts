// Split-K: where a product has too few tiles for a device, the products of an output are divided into parts, each summed by a workgroup of its
// own and left in the workspace; a second kernel adds them. The order of all additions follows from problem and device alone, so
// results are the same bit for bit in every run. Their error bound is that of a direct sum: a value passes at most as many additions as its
// part has products and as there are other parts, and each of those has at least one product.
import type { UniformValues } from '../gpu/kernel.js';
import { type ConvProblem, type Gather, gemmSize } from '../problem/index.js';
import { activationValues } from './epilogue.js';
import { outputValues } from './gather-values.js';

/**
 * Workgroups of 64 invocations that keep a device busy: on hardware a few for each of about a hundred cores, as large GPUs have; software has a
 * thread for each core of a processor. Not measured on hardware.
 */
const BUSY_WORKGROUPS = { software: 16, hardware: 512 };

/** Products that a part of an output has at least: what is written and read again is then little beside what is multiplied. */
const LEAST_PRODUCTS = 128;

/** Channels of a step (STEP in shaders/implicit/step.wgsl). */
const STEP_CHANNELS = 16;

/** How the products of a gather's outputs are divided. */
export interface Split {
  /** 1: not at all, and nothing is left in the workspace. */
  readonly parts: number;
  readonly workspaceBytes: number;
}

/** Products that are not divided. */
export const WHOLE: Split = { parts: 1, workspaceBytes: 0 };

/**
 * Divides the products of a gather whose outputs take so many tiles in each group. Fewer parts where the workspace is small. The number
 * of groups is left out of account, so that groups are convolutions of their own, bit for bit.
 */
export function splitProducts(
  problem: ConvProblem,
  gather: Gather,
  groupTiles: number,
  isSoftware: boolean,
  limitBytes: number,
): Split {
  const taps = gather.reduce((product, axis) => product * axis.taps, 1);
  const channels = problem.inputChannels / problem.groups;
  const steps = taps * Math.ceil(channels / STEP_CHANNELS); // no part may be without one
  const partBytes = 16 * problem.outputChannels * positionQuads(problem, gather);
  const parts = Math.min(
    Math.floor(BUSY_WORKGROUPS[isSoftware ? 'software' : 'hardware'] / groupTiles),
    steps,
    Math.floor((taps * channels) / LEAST_PRODUCTS),
    Math.floor(limitBytes / partBytes),
  );
  return parts > 1 ? { parts, workspaceBytes: parts * partBytes } : WHOLE;
}

function positionQuads(problem: ConvProblem, gather: Gather): number {
  return Math.ceil(gemmSize(problem, gather).positions / 4);
}

/** Parameters of implicit_sum_f32. */
export function sumValues(problem: ConvProblem, gather: Gather, parts: number): UniformValues {
  const quads = positionQuads(problem, gather);
  return {
    invocations: problem.outputChannels * quads,
    position_quads: quads,
    positions: gemmSize(problem, gather).positions,
    parts,
    ...outputValues(problem, gather),
    ...activationValues(problem.epilogue.activation),
  };
}
