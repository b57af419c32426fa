// The engine that tells how the adapter is called and what is supported. It computes nothing.
import { createEngine, type Engine } from 'webgpu-conv';

let engine: Promise<Engine> | undefined;

export function planningEngine(): Promise<Engine> {
  engine ??= createEngine();
  return engine;
}
