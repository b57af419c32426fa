// The options that say what is measured, the same for the command and for the file that runs alone. Every mistake is an
// OptionError of one line, before anything is installed, started or measured.
import { readFileSync } from 'node:fs';
import { ENGINES, type EngineName } from '../runner/result.js';
import type { Plan } from '../runner/run.js';
import { chooseShapes } from '../shapes/choose.js';
import { SHAPE_LISTS } from '../shapes/lists.js';
import type { GivenOptions } from './command.js';

export class OptionError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'OptionError';
  }
}

const listOf = (text: string | undefined) =>
  (text ?? '')
    .split(',')
    .map((word) => word.trim())
    .filter(Boolean);

function shapeText(given: string): string {
  const known = SHAPE_LISTS[given];
  if (known !== undefined) return known;
  try {
    return readFileSync(given, 'utf8');
  } catch {
    const names = Object.keys(SHAPE_LISTS).join(', ');
    throw new OptionError(`--shapes is "${given}", which is neither a file that can be read nor one of ${names}.`);
  }
}

function enginesOf(given: readonly string[], available: readonly EngineName[]): readonly EngineName[] {
  const unknown = given.find((name) => !available.includes(name as EngineName));
  if (unknown !== undefined) {
    throw new OptionError(`--engines has "${unknown}", and must be of ${available.join(', ')}.`);
  }
  return given.length === 0 ? available : ENGINES.filter((name) => given.includes(name));
}

/** @throws OptionError */
export function planOf(options: GivenOptions, available: readonly EngineName[] = ENGINES): Plan {
  const { shapes: list = 'core', only, engines, limit = '40', quick = false, cold = false } = options;
  const seconds = Number(limit);
  if (!(seconds >= 1 && seconds <= 3600)) {
    throw new OptionError(`--limit is "${limit}", and must be a number of seconds from 1 to 3600.`);
  }
  const text = shapeText(list);
  try {
    return {
      shapes: chooseShapes({ name: list, text }, listOf(only)),
      engines: enginesOf(listOf(engines), available),
      quick,
      cold,
      limitMs: 1000 * seconds,
    };
  } catch (error) {
    throw error instanceof OptionError ? error : new OptionError((error as Error).message);
  }
}
