// Which shapes of the lists are measured.
import type { BenchShape } from './bench-shape.js';
import { SHAPE_LISTS } from './lists.js';
import { parseShapes, ShapeListError } from './parse.js';

/** A list as it is given. */
export interface GivenList {
  /** Of the list, or of its file, for messages. */
  readonly name: string;
  readonly text: string;
}

/**
 * The shapes that words ask for: those of the list with these ids, in the order of the list, then those of the lists with these names, all of them;
 * the whole list where there are no words. An id of the list goes before the name of another.
 * @throws ShapeListError for a mistake in a list, a word that is neither, and an id that would be there twice.
 */
export function chooseShapes({ name, text }: GivenList, words: readonly string[]): readonly BenchShape[] {
  const shapes = parseShapes(text, name);
  if (words.length === 0) return shapes;
  const ids = shapes.map(({ id }) => id);
  const others = words.filter((word) => !ids.includes(word));
  const unknown = others.find((word) => SHAPE_LISTS[word] === undefined);
  if (unknown !== undefined) {
    const lists = Object.keys(SHAPE_LISTS).join(', ');
    throw new ShapeListError(
      `${name} has no shape ${unknown}; it has ${ids.join(', ')}. Nor is there a list of that name: lists are ${lists}.`,
    );
  }
  const chosen = shapes.filter(({ id }) => words.includes(id));
  for (const list of new Set(others)) chosen.push(...parseShapes(SHAPE_LISTS[list]!, list));
  const twice = chosen.find(({ id }, index) => chosen.findIndex((shape) => shape.id === id) < index);
  if (twice !== undefined)
    throw new ShapeListError(`the id ${twice.id} would be there twice. Measure one list after the other.`);
  return chosen;
}
