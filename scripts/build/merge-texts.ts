// Several versions of a text as one list of stretches, each with the versions that it belongs to.
import type { Stretch } from '../../src/gpu/stored-kernels.js';

interface MarkedLine {
  readonly line: string;
  bits: number;
}

/** Lengths of the longest common subsequences of all ends of two lists: entry [i][j] for those from i and j on. */
function commonLengths(a: readonly MarkedLine[], b: readonly string[]): number[][] {
  const lengths = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const same = a[i]!.line === b[j]!;
      lengths[i]![j] = same ? lengths[i + 1]![j + 1]! + 1 : Math.max(lengths[i + 1]![j]!, lengths[i]![j + 1]!);
    }
  }
  return lengths;
}

/** Adds a version: lines that it shares are marked, its own put where they belong. */
function addVersion(merged: readonly MarkedLine[], lines: readonly string[], bit: number): MarkedLine[] {
  const lengths = commonLengths(merged, lines);
  const result: MarkedLine[] = [];
  let [i, j] = [0, 0];
  while (i < merged.length || j < lines.length) {
    if (i < merged.length && j < lines.length && merged[i]!.line === lines[j]) {
      result.push({ line: merged[i]!.line, bits: merged[i]!.bits | bit });
      i++;
      j++;
    } else if (j >= lines.length || (i < merged.length && lengths[i + 1]![j]! >= lengths[i]![j + 1]!)) {
      result.push(merged[i++]!);
    } else {
      result.push({ line: lines[j++]!, bits: bit });
    }
  }
  return result;
}

/** Merges texts of whole lines; bit i of a stretch says that it belongs to text i. */
export function mergeTexts(texts: readonly string[]): Stretch[] {
  let merged: MarkedLine[] = [];
  for (const [index, text] of texts.entries()) {
    merged = addVersion(merged, text.split(/(?<=\n)/), 1 << index);
  }
  const stretches: [bits: number, text: string][] = [];
  for (const { line, bits } of merged) {
    const last = stretches.at(-1);
    if (last?.[0] === bits) last[1] += line;
    else stretches.push([bits, line]);
  }
  return stretches;
}
