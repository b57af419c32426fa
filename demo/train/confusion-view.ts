// The confusion matrix as a table: its cells are there from the start, so that nothing moves when counts arrive.
import { type Confusion, emptyConfusion } from './confusion.js';
import { CLASSES } from './digit.js';

const DIGITS = Array.from({ length: CLASSES }, (_, digit) => digit);

function heading(text: string, scope: 'row' | 'col'): HTMLTableCellElement {
  return Object.assign(document.createElement('th'), { textContent: text, scope });
}

/** Fills the table, and returns the function that shows counts in it. */
export function confusionView(table: HTMLTableElement): (confusion: Confusion) => void {
  const cells: HTMLTableCellElement[] = [];
  const top = table.createTHead().insertRow();
  top.append(document.createElement('td'), ...DIGITS.map((digit) => heading(String(digit), 'col')));
  const body = table.createTBody();
  for (const label of DIGITS) {
    const row = body.insertRow();
    row.append(heading(String(label), 'row'));
    for (const _ of DIGITS) cells.push(row.insertCell());
  }
  const show = (confusion: Confusion) => {
    for (const [index, cell] of cells.entries()) {
      const [label, reading] = [Math.floor(index / CLASSES), index % CLASSES];
      const count = confusion[index]!;
      const all = DIGITS.reduce((sum, other) => sum + confusion[CLASSES * label + other]!, 0);
      cell.textContent = count === 0 ? '' : String(count);
      cell.dataset.kind = label === reading ? 'right' : 'wrong';
      // wrong ones are few, so they are shown in full colour from a tenth of a row on
      const share = all === 0 ? 0 : count / all;
      cell.style.setProperty('--share', String(label === reading ? share : Math.min(1, 10 * share)));
    }
  };
  show(emptyConfusion());
  return show;
}
