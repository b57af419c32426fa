// Rules for option objects: no unknown keys, and a nearest valid one in the message; and how values print in messages.
import { InvalidArgumentError } from '../errors.js';

/** A value as it stands in a message: short, and unmistakable. Lists in lists in lists are cut. */
export function describe(value: unknown, depth = 0): string {
  if (typeof value === 'string') return `'${value.length > 40 ? `${value.slice(0, 40)}…` : value}'`;
  if (typeof value === 'bigint') return `${value}n`;
  if (Array.isArray(value)) {
    if (depth === 2) return '[…]';
    const shown = Array.from(value.slice(0, 8), (item) => describe(item, depth + 1)).join(', ');
    return `[${shown}${value.length > 8 ? ', …' : ''}]`;
  }
  if (typeof value === 'function') return 'a function';
  if (ArrayBuffer.isView(value) && 'length' in value)
    return `${withArticle(value.constructor.name)} of ${(value as Uint8Array).length} elements`;
  if (typeof value === 'object' && value !== null) {
    const name = value.constructor?.name ?? 'Object';
    return name === 'Object' ? 'an object' : withArticle(name);
  }
  return String(value);
}

function withArticle(name: string): string {
  return `${/^[AEIO]/.test(name) ? 'an' : 'a'} ${name}`;
}

/** Smallest number of edits that turn `a` into `b`: letters changed, added or left out, and neighbours swapped (Damerau, 1964). */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      current[j] = Math.min(substitution, previous[j]! + 1, current[j - 1]! + 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) current[j] = Math.min(current[j]!, before[j - 2]! + 1);
    }
    before = previous;
    previous = current;
  }
  return previous[b.length]!;
}

/** How far `text` is from meaning `candidate`: edits, or 1 where one begins the other (im2col, im2col-gemm). */
function distance(text: string, candidate: string): number {
  const [short, long] = text.length < candidate.length ? [text, candidate] : [candidate, text];
  return short.length >= 4 && long.startsWith(short) ? 1 : editDistance(text, candidate);
}

/** The candidate that `text` was most likely meant to be, or undefined when none is near. */
export function nearest(text: string, candidates: readonly string[]): string | undefined {
  const ranked = candidates
    .map((candidate) => ({ candidate, edits: distance(text.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.edits - b.edits);
  const best = ranked[0];
  return best && best.edits <= Math.max(2, Math.floor(best.candidate.length / 3)) ? best.candidate : undefined;
}

/** Throws if `options` is no plain list of named values. */
export function assertOptionsObject(action: string, options: unknown): asserts options is object {
  if (typeof options === 'object' && options !== null && !Array.isArray(options)) return;
  throw new InvalidArgumentError(`${action}: options must be an object, got ${describe(options)}.`);
}

/** Throws `unknown-option` for the first key of `options` that is not in `known`. `undefined` options pass. */
export function rejectUnknownOptions(action: string, options: object | undefined, known: readonly string[]): void {
  if (options === undefined) return;
  assertOptionsObject(action, options);
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue;
    const meant = nearest(key, known);
    throw new InvalidArgumentError(
      `${action}: unknown option '${key}'. ${meant ? `Did you mean '${meant}'?` : `Options are ${known.join(', ')}.`}`,
      'unknown-option',
    );
  }
}

/** Returns `value` if it is one of `choices`, else throws with the nearest one. */
export function oneOf<T extends string>(action: string, name: string, value: unknown, choices: readonly T[]): T {
  if (typeof value === 'string' && (choices as readonly string[]).includes(value)) return value as T;
  const meant = typeof value === 'string' ? nearest(value, choices) : undefined;
  const list = choices.map((choice) => `'${choice}'`).join(', ');
  throw new InvalidArgumentError(
    `${action}: ${name} is ${describe(value)}, but must be one of ${list}.${meant ? ` Did you mean '${meant}'?` : ''}`,
  );
}

/** Returns `value` if it is true or false, else throws. */
export function booleanOption(action: string, name: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw new InvalidArgumentError(`${action}: ${name} is ${describe(value)}, but must be true or false.`);
}

/** Returns `value` if it is an integer from `least` to `most`, else throws. */
export function integerAtLeast(
  action: string,
  name: string,
  value: unknown,
  least: number,
  most = Number.MAX_SAFE_INTEGER,
): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most) return value;
  const tooLarge = typeof value === 'number' && value > most ? ` and at most ${most}` : '';
  throw new InvalidArgumentError(
    `${action}: ${name} is ${describe(value)}, but must be an integer of at least ${least}${tooLarge}.`,
  );
}

/** True for a Float32Array, also one of another realm (an iframe's, say). */
export function isFloat32Array(value: unknown): value is Float32Array {
  return ArrayBuffer.isView(value) && (value as Float32Array)[Symbol.toStringTag] === 'Float32Array';
}

/** True for an array of numbers without holes. */
export function isNumberArray(value: unknown): value is readonly number[] {
  if (!Array.isArray(value)) return false;
  for (const item of value) if (typeof item !== 'number') return false; // a hole is undefined here
  return true;
}
