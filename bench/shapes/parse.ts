// Reads a shape list: a small text file, one convolution a line. The format stands at the head of shapes/core.txt.
import type { BenchShape, Gradient, Pair } from './bench-shape.js';
import { problemOf } from './shape.js';

/** A mistake in a shape list. The message is one line that names file and line. */
export class ShapeListError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ShapeListError';
  }
}

const LINE = /^(\S+)\s+(\d+)x(\d+)x(\d+)\s*(?:(?:->|→)\s*(\d+)|(depthwise))\s+(\d+)x(\d+)((?:\s+\S+)*)$/;
const OPTION = /^([spdgn])(\d+)(?:x(\d+))?$/;
const GRADIENT = /\s+gradient\s+(input|filter)$/;
const FORM = 'ID HxWxC -> K RxS, or ID HxWxC depthwise RxS';

interface Options {
  stride: Pair;
  padding: Pair;
  dilation: Pair;
  groups: number | undefined;
  batch: number;
  transposed: boolean;
}

/** Reads the words behind the filter's size, such as `s2 p1 transposed`. */
function parseOptions(words: readonly string[]): Options {
  const options: Options = {
    stride: [1, 1],
    padding: [0, 0],
    dilation: [1, 1],
    groups: undefined,
    batch: 1,
    transposed: false,
  };
  const seen = new Set<string>();
  for (const word of words) {
    const [, letter = word, first, second] = OPTION.exec(word) ?? [];
    if (seen.has(letter)) throw new RangeError(`"${word}" says for the second time what is said already`);
    seen.add(letter);
    const pair: Pair = [Number(first), Number(second ?? first)];
    if (word === 'transposed') options.transposed = true;
    else if (letter === 's') options.stride = pair;
    else if (letter === 'p') options.padding = pair;
    else if (letter === 'd') options.dilation = pair;
    else if (letter === 'g' && second === undefined) options.groups = Number(first);
    else if (letter === 'n' && second === undefined) options.batch = Number(first);
    else
      throw new RangeError(
        `"${word}" is no option: s2, s2x1, p1, p0x7, d2, g32, n4 and transposed are, and at the end gradient input or gradient filter`,
      );
  }
  return options;
}

function parseLine(text: string): BenchShape {
  const gradient = GRADIENT.exec(text)?.[1] as Gradient | undefined;
  const line = text.replace(GRADIENT, '');
  const [, id, height, width, channels, filters, depthwise, rows, columns, rest = ''] = LINE.exec(line) ?? [];
  if (id === undefined) throw new RangeError(`"${line}" is not of the form ${FORM}`);
  const { groups, transposed, ...options } = parseOptions(rest.split(/\s+/).filter(Boolean));
  const inputChannels = Number(channels);
  if (depthwise !== undefined && groups !== undefined) {
    throw new RangeError(`depthwise has as many groups as channels: leave g${groups} out`);
  }
  const shape: BenchShape = {
    id,
    operator: transposed ? 'convTranspose' : 'conv',
    inputChannels,
    outputChannels: depthwise === undefined ? Number(filters) : inputChannels,
    inputSize: [Number(height), Number(width)],
    filterSize: [Number(rows), Number(columns)],
    groups: depthwise === undefined ? (groups ?? 1) : inputChannels,
    ...options,
    ...(gradient === undefined ? {} : { gradient }),
  };
  problemOf(shape); // refuses what is no convolution
  return shape;
}

/**
 * The convolutions of a list. `name` is that of the file, for messages.
 * @throws ShapeListError that names line and mistake; also for a list without shapes, and an id that stands twice.
 */
export function parseShapes(text: string, name: string): BenchShape[] {
  const shapes = new Map<string, BenchShape>();
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.replace(/#.*/, '').trim();
    if (line === '') continue;
    const place = `${name}, line ${index + 1}`;
    let shape: BenchShape;
    try {
      shape = parseLine(line);
    } catch (error) {
      throw new ShapeListError(`${place}: ${(error as Error).message.replace(/\.$/, '')}.`);
    }
    if (shapes.has(shape.id))
      throw new ShapeListError(`${place}: the id ${shape.id} stands there for the second time.`);
    shapes.set(shape.id, shape);
  }
  if (shapes.size === 0) throw new ShapeListError(`${name}: no shapes in it. A line is ${FORM}.`);
  return [...shapes.values()];
}
