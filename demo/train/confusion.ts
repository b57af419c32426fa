// Which digit was taken for which.
import { CLASSES } from './digit.js';

/** counts[10 · label + reading] */
export type Confusion = Uint32Array<ArrayBuffer>;

export function emptyConfusion(): Confusion {
  return new Uint32Array(CLASSES * CLASSES);
}

/** Number of the largest of `CLASSES` values from `at` on. */
export function readingOf(logits: ArrayLike<number>, at = 0): number {
  let best = 0;
  for (let digit = 1; digit < CLASSES; digit++) if (logits[at + digit]! > logits[at + best]!) best = digit;
  return best;
}

/** Counts the readings of a batch: logits (count, 10). */
export function countReadings(confusion: Confusion, logits: ArrayLike<number>, labels: ArrayLike<number>): void {
  for (let index = 0; index < labels.length; index++) {
    const cell = CLASSES * labels[index]! + readingOf(logits, CLASSES * index);
    confusion[cell] = confusion[cell]! + 1;
  }
}

/** The share of right readings; 0 where nothing was read. */
export function accuracyOf(confusion: Confusion): number {
  let [right, all] = [0, 0];
  for (const [cell, count] of confusion.entries()) {
    all += count;
    if (Math.floor(cell / CLASSES) === cell % CLASSES) right += count;
  }
  return all === 0 ? 0 : right / all;
}

/** Softmax: how likely each digit is, from the logits of one picture. */
export function chancesOf(logits: ArrayLike<number>): number[] {
  const values = Array.from({ length: CLASSES }, (_, digit) => logits[digit]!);
  const largest = Math.max(...values); // so that no power overflows
  const powers = values.map((value) => Math.exp(value - largest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}
