// The notice at the top of a page, for what went wrong.
import { element } from './element.js';

const box = element('error', HTMLElement);
const titleLine = element('error-title', HTMLElement);
const textLine = element('error-text', HTMLElement);
const button = element('restart', HTMLButtonElement);

/** Shows a notice at the top, with a button if `restart` names one. */
export function showNotice(title: string, text: string, restart?: string): void {
  titleLine.textContent = title;
  textLine.textContent = text;
  button.hidden = restart === undefined;
  button.textContent = restart ?? '';
  box.hidden = false;
  box.scrollIntoView({ block: 'nearest' });
}

export function hideNotice(): void {
  box.hidden = true;
}

/** Calls back when the button of a notice is pressed. */
export function onRestart(restart: () => void): void {
  button.addEventListener('click', restart);
}

/** An error's message without the name of the function that threw it, as a sentence. */
export function messageOf(error: unknown): string {
  const text = (error instanceof Error ? error.message : String(error)).replace(/^[\w.]+: /, '');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
