// What is left of a kernel's text once its overrides are known. Compilers drop what no override selects, but only after they have
// read, checked and translated it, which on a software adapter is a fifth to two fifths of all compilation (docs/measurements.md): an epilogue
// knows sixteen activations, of which a pipeline applies one. This is no parser: it relies on the form that the linker gives
// every kernel, and leaves alone what it does not recognise.
import type { Kernel } from './kernel.js';

type Values = ReadonlyMap<string, number>;

/** Place of the brace that closes the one at `open`. Linked text has neither comments nor strings. */
function closingBrace(code: string, open: number): number {
  let depth = 0;
  for (let at = open; at < code.length; at++) {
    if (code[at] === '{') depth++;
    if (code[at] === '}' && --depth === 0) return at;
  }
  throw new Error('braces do not match');
}

/** Overrides and unsigned constants of the module, by name. */
function knownValues(kernel: Kernel, overrides: Readonly<Record<string, number>>): Values {
  return new Map([...Object.entries(kernel.constants), ...Object.entries(overrides)]);
}

const COMPARISONS: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '>': (a, b) => a > b,
  '<': (a, b) => a < b,
};

/** What a condition over known values comes to; undefined if it is of another kind. */
function decide(condition: string, values: Values): boolean | undefined {
  const flag = /^(!?)(\w+)$/.exec(condition);
  if (flag) {
    const value = values.get(flag[2]!);
    return value === undefined ? undefined : (value !== 0) !== (flag[1] === '!');
  }
  const [, name, sign, other] = /^(\w+) (==|!=|>|<) (\w+)$/.exec(condition) ?? [];
  if (name === undefined) return undefined;
  const left = values.get(name);
  const right = /^\d+u?$/.test(other!) ? Number.parseInt(other!, 10) : values.get(other!);
  return left === undefined || right === undefined ? undefined : COMPARISONS[sign!]!(left, right);
}

/** Replaces `if` statements that are decided by the block that is taken, unless it returns: what follows would be out of reach. */
function decideBranches(code: string, values: Values): string {
  let rest = code;
  let done = '';
  for (;;) {
    const branch = /(?<!else )if \(([^(){}]*)\) \{/.exec(rest);
    if (!branch) return done + rest;
    const taken = decide(branch[1]!, values);
    const open = branch.index + branch[0].length - 1;
    const close = closingBrace(rest, open);
    const otherwise = /^\s*else (if )?/.exec(rest.slice(close + 1));
    const otherOpen = otherwise ? close + 1 + otherwise[0].length : -1;
    const otherClose = otherwise && !otherwise[1] ? closingBrace(rest, otherOpen) : close;
    const blocks = [rest.slice(open, close + 1), otherClose > close ? rest.slice(otherOpen, otherClose + 1) : '{}'];
    const block = blocks[taken ? 0 : 1]!;
    if (taken === undefined || otherwise?.[1] || /\breturn\b/.test(block)) {
      done += rest.slice(0, open + 1);
      rest = rest.slice(open + 1);
    } else {
      done += rest.slice(0, branch.index);
      rest = (block === '{}' ? '' : block) + rest.slice(otherClose + 1);
    }
  }
}

/** The cases of a `switch` body, without its braces: what they select, and their block. */
function casesOf(body: string): { selectors: readonly string[]; block: string }[] {
  const cases = [];
  const head = /\b(?:case ([^:{}]+):|default:) \{/g;
  for (let match = head.exec(body); match; match = head.exec(body)) {
    const open = head.lastIndex - 1;
    const close = closingBrace(body, open);
    const selectors = match[1]?.split(',').map((selector) => selector.trim()) ?? ['default'];
    cases.push({ selectors, block: body.slice(open, close + 1) });
    head.lastIndex = close + 1;
  }
  return cases;
}

/** What `kind` of a function is: a known value, if all its calls say the same. */
function valueOfKind(code: string, name: string, values: Values): number | undefined {
  const given = new Set([...code.matchAll(new RegExp(`(?<!fn )\\b${name}\\((\\w+)`, 'g'))].map(([, first]) => first!));
  return given.size === 1 ? values.get([...given][0]!) : undefined;
}

/** Leaves of every `switch` whose selector is known the case that is taken. */
function decideSwitches(code: string, values: Values): string {
  let done = '';
  let rest = code;
  for (;;) {
    const found = /\bswitch (\w+) \{/.exec(rest);
    if (!found) return done + rest;
    const open = found.index + found[0].length - 1;
    const close = closingBrace(rest, open);
    const before = done + rest.slice(0, open + 1);
    const isOfFunction = found[1] === 'kind';
    const enclosing = before.slice(before.lastIndexOf('fn '));
    const name = /^fn (\w+)\(kind: u32/.exec(enclosing)?.[1];
    const value = isOfFunction ? name && valueOfKind(code, name, values) : values.get(found[1]!);
    if (typeof value === 'number') {
      const cases = casesOf(rest.slice(open + 1, close));
      const isTaken = (selector: string) => (values.get(selector) ?? Number.parseInt(selector, 10)) === value;
      const taken =
        cases.find(({ selectors }) => selectors.some(isTaken)) ??
        cases.find(({ selectors }) => selectors.includes('default'))!;
      done = `${before}default: ${taken.block}`;
    } else {
      done = before + rest.slice(open + 1, close);
    }
    rest = rest.slice(close);
  }
}

/** Drops functions that nothing calls any more. */
function dropUnused(code: string): string {
  const head = /^(@compute .*)?fn (\w+)\(/gm;
  const functions = new Map<string, { start: number; end: number; text: string }>();
  const called: string[] = [];
  for (let match = head.exec(code); match; match = head.exec(code)) {
    const end = closingBrace(code, code.indexOf('{', match.index + match[0].length)) + 1;
    functions.set(match[2]!, { start: match.index, end, text: code.slice(match.index, end) });
    if (match[1] !== undefined) called.push(match[2]!);
    head.lastIndex = end;
  }
  const used = new Set(called);
  for (const name of called) {
    for (const [, callee] of functions.get(name)!.text.matchAll(/\b(\w+)\(/g)) {
      if (!functions.has(callee!) || used.has(callee!)) continue;
      used.add(callee!);
      called.push(callee!);
    }
  }
  let kept = '';
  let from = 0;
  for (const [name, { start, end }] of functions) {
    if (used.has(name)) continue;
    kept += code.slice(from, start);
    from = end;
  }
  return kept + code.slice(from);
}

/** A kernel's text without what `overrides` (all that it declares) do not select. The declarations of the overrides stay. */
export function specialize(kernel: Kernel, overrides: Readonly<Record<string, number>>): string {
  const values = knownValues(kernel, overrides);
  return dropUnused(decideSwitches(decideBranches(kernel.code, values), values));
}
