// The epilogue of a problem as overrides of a kernel that ends with shaders/shared/activation.wgsl.
import type { Activation, Epilogue } from '../problem/index.js';

/** Numbers of the activations in shaders/shared/activation.wgsl. */
export const ACTIVATION_CODES: Readonly<Record<Activation, number>> = { none: 0, relu: 1, relu6: 2, sigmoid: 3 };

/** Overrides HAS_BIAS and ACTIVATION. */
export function epilogueOverrides({ hasBias, activation }: Epilogue): Readonly<Record<string, number>> {
  return { HAS_BIAS: hasBias ? 1 : 0, ACTIVATION: ACTIVATION_CODES[activation] };
}
