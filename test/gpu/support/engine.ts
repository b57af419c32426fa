// Engines for the GPU tests, in a browser or in Node on Dawn. Without WebGPU they fail; nothing is skipped.
import { afterAll, beforeAll } from 'vitest';
import { createEngine, type Engine, type EngineOptions } from 'webgpu-conv';

/** One engine for all tests of a file (or describe block): call at its top, and take `engine()` inside tests. */
export function useEngine(options: EngineOptions = {}): () => Engine {
  let engine: Engine | undefined;
  beforeAll(async () => {
    engine = await createEngine(options);
  });
  afterAll(() => engine?.dispose());
  return () => engine!;
}
