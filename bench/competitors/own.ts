// The engines by name, each loaded when it is measured, so that one which is missing or broken fails alone.
import type { EngineName } from '../runner/result.js';
import type { Competitor } from './competitor.js';

export type Competitors = Readonly<Partial<Record<EngineName, () => Promise<Competitor>>>>;

/** What runs wherever there is WebGPU, a browser or not. */
export const OWN: Competitors = {
  'webgpu-conv': async () => (await import('./webgpu-conv.js')).competitor,
  reference: async () => (await import('./reference.js')).competitor,
};
