// Looks up an element that a page's scripts work with. A missing or renamed one fails when the page loads, not when somebody presses a button.

export function element<T extends HTMLElement>(id: string, kind: new () => T): T {
  const found = document.getElementById(id);
  if (found instanceof kind) return found;
  throw new Error(`the page has no ${kind.name} with id "${id}"`);
}
