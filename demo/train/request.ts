// What the page takes from its address: ?seed=1&steps=900.
import { DEFAULT_STEPS } from './training.js';

/** What a training is to be. */
export interface TrainingRequest {
  /** Of the first weights and of the digits, 0 to 2^32 − 1. */
  readonly seed: number;
  readonly steps: number;
}

/** The training that an address asks for; what it does not say, or says wrongly, is as by default. */
export function requestOf(search: string): TrainingRequest {
  const given = new URLSearchParams(search);
  const number = (name: string, least: number, byDefault: number) => {
    const text = given.get(name) ?? '';
    return /^\d{1,10}$/.test(text) && Number(text) >= least ? Number(text) : byDefault;
  };
  return { seed: number('seed', 0, 1) >>> 0, steps: number('steps', 1, DEFAULT_STEPS) };
}
