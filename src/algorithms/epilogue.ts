// The epilogue of a problem as the kernels that end with shaders/epilogue/store.wgsl want it: overrides, parameters, bindings.
import type { BufferSlice } from '../gpu/command-stream.js';
import { type ActivationSpec, type Epilogue, hasChannelTerms } from '../problem/index.js';
import type { RunBuffers } from './algorithm.js';
import { ACTIVATION_CODES } from './codes.js';

/** Largest f32: what an activation's parameter that is infinite becomes, since WGSL need not know infinities. */
const LARGEST = (2 - 2 ** -23) * 2 ** 127;

/** Parameters alpha and beta. */
export function activationValues({ alpha, beta }: ActivationSpec): { alpha: number; beta: number } {
  const finite = (value: number) => Math.min(Math.max(value, -LARGEST), LARGEST);
  return { alpha: finite(alpha), beta: finite(beta) };
}

/** Overrides HAS_TERMS, HAS_RESIDUAL and ACTIVATION. */
export function epilogueOverrides(epilogue: Epilogue): Readonly<Record<string, number>> {
  return {
    HAS_TERMS: hasChannelTerms(epilogue) ? 1 : 0,
    HAS_RESIDUAL: epilogue.hasResidual ? 1 : 0,
    ACTIVATION: ACTIVATION_CODES[epilogue.activation.name],
  };
}

/** What is bound to 3, 4 and 5: terms, residual, output. Bindings that are not read get the packed filter. */
export function epilogueSlices({ terms, residual, packedFilter, output }: RunBuffers): readonly BufferSlice[] {
  return [terms ?? packedFilter, residual ?? packedFilter, output];
}
