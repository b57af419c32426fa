// What a person sees on the showcase page: steps as they are done, then the report in place of them, or why there is none.
import type { Progress } from '../support/outcome.js';

const element = <E extends HTMLElement>(selector: string) => document.querySelector<E>(selector)!;

/** Marks the step before as done, and adds the one that begins. */
export function showStep({ index, count, title }: Progress): void {
  const list = element('#progress');
  if (index === 0) list.replaceChildren();
  element<HTMLButtonElement>('#run').disabled = true;
  element('#status').className = '';
  element('#status').textContent = `Step ${index + 1} of ${count} …`;
  for (const item of list.children) item.className = 'done';
  const item = document.createElement('li');
  item.textContent = title;
  list.append(item);
}

/** Ends the list of steps. */
export function showDone(text: string): void {
  for (const item of element('#progress').children) item.className = 'done';
  element('#status').textContent = text;
  element<HTMLButtonElement>('#run').disabled = false;
}

/** Shows the report instead of the page's own content, in a frame without scripts. */
export function showReport(html: string): void {
  showDone('Done.');
  const frame = document.createElement('iframe');
  frame.title = 'Report';
  frame.setAttribute('sandbox', '');
  frame.srcdoc = html;
  element('main').replaceWith(frame);
}

export function showFailure(message: string): void {
  showDone(message);
  element('#status').className = 'failed';
}
