// The filter that the visitor types in. All 5 × 5 texts are kept as they were typed, also those that are no numbers and
// those outside of a 3 × 3 filter: nothing that somebody has typed is ever thrown away.
import { own } from './elements.js';
import { type Job, planeJob } from './filters.js';

const SIDE = 5;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** The number that a text means, or undefined: "2", "-0.5", "−.5", "0,5", "1/9". */
export function parseWeight(text: string): number | undefined {
  const parts = text
    .trim()
    .replaceAll('−', '-')
    .replaceAll(',', '.')
    .split('/')
    .map((part) => part.trim());
  if (parts.length > 2 || !parts.every((part) => NUMBER.test(part))) return undefined;
  const [numerator = 0, denominator = 1] = parts.map(Number);
  const value = Math.fround(numerator / denominator);
  return Number.isFinite(value) ? value : undefined;
}

const strongSharpen = ['-1', '-1', '-1', '-1', '9', '-1', '-1', '-1', '-1'];
let size = 3;
const cells = Array.from({ length: SIDE * SIDE }, (_, index) => {
  const cell = document.createElement('input');
  const row = Math.floor(index / SIDE);
  const column = index % SIDE;
  cell.type = 'text';
  cell.inputMode = 'text'; // a decimal keyboard has no minus sign on some telephones
  cell.spellcheck = false;
  const isInner = row > 0 && row < SIDE - 1 && column > 0 && column < SIDE - 1;
  cell.value = isInner ? strongSharpen[3 * (row - 1) + column - 1]! : '0';
  return cell;
});

/** The cells that count at the present size, row by row: the middle ones of all. */
function activeCells(): HTMLInputElement[] {
  const margin = (SIDE - size) / 2;
  const inside = (position: number) => position >= margin && position < SIDE - margin;
  return cells.filter((_, index) => inside(Math.floor(index / SIDE)) && inside(index % SIDE));
}

function layOut(): void {
  const active = activeCells();
  for (const [index, cell] of active.entries()) {
    cell.ariaLabel = `Row ${Math.floor(index / size) + 1}, column ${(index % size) + 1}`;
  }
  own.grid.dataset.size = String(size);
  own.grid.replaceChildren(...active);
}

/** Calls back whenever the filter changes. */
export function onOwnFilterChange(changed: () => void): void {
  layOut();
  own.grid.addEventListener('input', changed);
  for (const choice of own.sizes) {
    choice.addEventListener('change', () => {
      size = Number(choice.value);
      layOut();
      changed();
    });
  }
}

/** The filter as it stands, or undefined where something is no number; that is then said beside it. */
export function ownJob(): Job | undefined {
  const active = activeCells();
  const values = active.map(({ value }) => parseWeight(value));
  for (const [index, cell] of active.entries()) cell.ariaInvalid = String(values[index] === undefined);
  const wrong = active.filter((_, index) => values[index] === undefined);
  own.error.textContent = wrong
    .slice(0, 1)
    .map((cell) => {
      const what = cell.value.trim() === '' ? 'is empty' : `has “${cell.value.slice(0, 20)}”, which is no number`;
      const more = wrong.length > 1 ? ` (and ${wrong.length - 1} more)` : '';
      return `${cell.ariaLabel} ${what}${more}. The picture waits.`;
    })
    .join('');
  if (wrong.length > 0) return undefined;
  return planeJob(`your own filter, ${size} × ${size}`, {
    size: [size, size],
    weights: Float32Array.from(values as number[]),
  });
}
