// What a person sees on the benchmark page: the form, how far it is, the rows as they come, and the files at the end.
import { rowTable } from '../report/columns.js';
import type { BenchmarkRow, EngineName } from '../runner/result.js';
import type { Output } from '../runner/run.js';

/** What the form says. */
export interface Choice {
  readonly list: string;
  /** Ids of shapes of the list, or names of lists; none for the whole list. */
  readonly only: readonly string[];
  readonly quick: boolean;
  readonly engines: readonly EngineName[];
}

const element = <E extends HTMLElement>(selector: string) => document.querySelector<E>(selector)!;

function status(text: string, isFailure = false): void {
  element('#status').textContent = text;
  element('#status').className = isFailure ? 'failed' : '';
}

/** Fills the form. */
export function showChoices(lists: readonly string[], engines: readonly EngineName[]): void {
  element<HTMLSelectElement>('#list').append(...lists.map((name) => new Option(name)));
  for (const name of engines) {
    const label = document.createElement('label');
    const box = Object.assign(document.createElement('input'), { type: 'checkbox', checked: true, value: name });
    label.append(box, ` ${name}`);
    element('#engines').append(label);
  }
}

/** Runs `work`, with what the form says, when its button is pressed; one run at a time. */
export function whenRun(work: (choice: Choice) => Promise<void>): void {
  element<HTMLFormElement>('#form').addEventListener('submit', async (event) => {
    event.preventDefault();
    const button = element<HTMLButtonElement>('#run');
    button.disabled = true;
    element('#files').replaceChildren();
    element('#rows').textContent = '';
    const boxes = [...document.querySelectorAll<HTMLInputElement>('#engines input:checked')];
    await work({
      list: element<HTMLSelectElement>('#list').value,
      only: element<HTMLInputElement>('#only')
        .value.split(',')
        .map((id) => id.trim())
        .filter(Boolean),
      quick: element<HTMLInputElement>('#quick').checked,
      engines: boxes.map(({ value }) => value as EngineName),
    });
    button.disabled = false;
  });
}

export function showProgress({ index, count, title }: { index: number; count: number; title: string }): void {
  status(`Step ${index + 1} of ${count}: ${title} …`);
}

export function showRows(rows: readonly BenchmarkRow[]): void {
  element('#rows').textContent = rowTable(rows);
}

export function showFailure(error: unknown): void {
  status(error instanceof Error ? error.message : String(error), true);
}

function link(text: string, content: string, type: string, download?: string): HTMLAnchorElement {
  const href = URL.createObjectURL(new Blob([content], { type }));
  return Object.assign(
    document.createElement('a'),
    { href, textContent: text },
    download ? { download } : { target: '_blank' },
  );
}

/** The end of a run. */
export function showFiles({ result, text, report }: Output): void {
  status('Done.');
  element('#rows').textContent = text;
  element('#files').replaceChildren(
    link('Report with charts', report, 'text/html'),
    link('Download the report', report, 'text/html', 'benchmark.html'),
    link('Download the numbers', `${JSON.stringify(result, null, 2)}\n`, 'application/json', 'benchmark.json'),
  );
}
