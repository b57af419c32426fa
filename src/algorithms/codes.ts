// Numbers that stand for names in the overrides of kernels. A test holds them against the constants of the kernels.
import { ACTIVATION_NAMES, type ActivationName, type PaddingContent, type PoolKind } from '../problem/index.js';

/** Numbers of the activations in shaders/shared/activation.wgsl: their places in the list of names. */
export const ACTIVATION_CODES = Object.fromEntries(ACTIVATION_NAMES.map((name, code) => [name, code])) as Readonly<
  Record<ActivationName, number>
>;

/** Numbers of the padding modes in shaders/shared/padding.wgsl. */
export const PADDING_CODES: Readonly<Record<PaddingContent['mode'], number>> = {
  constant: 0,
  reflect: 1,
  symmetric: 2,
  replicate: 3,
  circular: 4,
};

/** Numbers of the kinds of pooling in shaders/pool/pool_window_f32.wgsl. */
export const POOL_KIND_CODES: Readonly<Record<PoolKind, number>> = { max: 0, average: 1, l2: 2 };
