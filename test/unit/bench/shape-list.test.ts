// Shape lists: what a line means, which mistakes are told how, and that the lists that come along are right.
import { describe, expect, it } from 'vitest';
import { convOutputShape } from 'webgpu-conv';
import { chooseShapes } from '../../../bench/shapes/choose.js';
import { SHAPE_LISTS } from '../../../bench/shapes/lists.js';
import { asReference, operandsOf, permuted, relaid, toNchw, toNhwc } from '../../../bench/shapes/operands.js';
import { parseShapes } from '../../../bench/shapes/parse.js';
import {
  factsOf,
  filterShapeOf,
  forwardOf,
  inputShapeOf,
  isDepthwise,
  problemOf,
} from '../../../bench/shapes/shape.js';

const parsed = (line: string) => parseShapes(line, 'list')[0]!;

describe('parseShapes', () => {
  it('reads sizes, and leaves options at what they are by default', () => {
    expect(parsed('R6 56x40x64 -> 256 3x5')).toEqual({
      id: 'R6',
      operator: 'conv',
      batch: 1,
      inputChannels: 64,
      outputChannels: 256,
      inputSize: [56, 40],
      filterSize: [3, 5],
      stride: [1, 1],
      padding: [0, 0],
      dilation: [1, 1],
      groups: 1,
    });
  });

  it('reads options, one number for both axes or one for each', () => {
    const shape = parsed('a 9x9x8→8 3x3 n4 s2x1 p1 d2 g4');
    expect(shape).toMatchObject({ batch: 4, stride: [2, 1], padding: [1, 1], dilation: [2, 2], groups: 4 });
    expect(filterShapeOf(shape)).toEqual([8, 2, 3, 3]);
    expect(inputShapeOf(shape)).toEqual([4, 8, 9, 9]);
  });

  it('gives a depthwise convolution as many groups and filters as channels', () => {
    const shape = parsed('D1 112x112x32 depthwise 3x3 p1');
    expect(shape).toMatchObject({ groups: 32, outputChannels: 32 });
    expect(isDepthwise(shape)).toBe(true);
    expect(isDepthwise(parsed('L1 9x9x1 -> 1 3x3'))).toBe(false);
  });

  it('reads transposed convolutions', () => {
    const shape = parsed('T1 28x28x128 -> 64 4x4 s2 p1 transposed');
    expect(filterShapeOf(shape)).toEqual([128, 64, 4, 4]);
    expect(convOutputShape(problemOf(shape))).toEqual([1, 64, 56, 56]);
  });

  it('reads which gradient is computed', () => {
    const shape = parsed('R8-filter 56x56x128 -> 128 3x3 s2 p1 gradient filter');
    expect(shape).toMatchObject({ id: 'R8-filter', gradient: 'filter', stride: [2, 2] });
    expect(factsOf(shape)).toEqual({
      ...factsOf(forwardOf(shape)),
      problem: 'gradient of the filter of 56×56×128 → 28×28×128, 3×3, stride 2, padding 1',
    });
    expect(parsed('a 4x4x2 depthwise 3x3 gradient input')).toMatchObject({ groups: 2, gradient: 'input' });
    expect(forwardOf(shape)).not.toHaveProperty('gradient');
  });

  it('passes over comments and empty lines', () => {
    expect(parseShapes('# all\n\n a 4x4x1 -> 1 3x3 # last\r\n', 'list').map(({ id }) => id)).toEqual(['a']);
  });

  it.each([
    [
      'a 4x4 -> 1 3x3',
      'list, line 2: "a 4x4 -> 1 3x3" is not of the form ID HxWxC -> K RxS, or ID HxWxC depthwise RxS.',
    ],
    [
      'a 4x4x1 -> 1 3x3 x2',
      'list, line 2: "x2" is no option: s2, s2x1, p1, p0x7, d2, g32, n4 and transposed are, and at the end gradient input or gradient filter.',
    ],
    ['a 4x4x1 -> 1 3x3 gradient', 'list, line 2: "gradient" is no option'],
    ['a 4x4x1 -> 1 3x3 gradient input p1', 'list, line 2: "gradient" is no option'],
    ['a 4x4x1 -> 1 3x3 g1x2', 'list, line 2: "g1x2" is no option'],
    ['a 4x4x1 -> 1 3x3 p1 p2', 'list, line 2: "p2" says for the second time what is said already.'],
    ['a 4x4x2 depthwise 3x3 g2', 'list, line 2: depthwise has as many groups as channels: leave g2 out.'],
    ['a 4x4x3 -> 4 3x3 g2', 'list, line 2: conv2d:'],
    ['a 4x4x1 -> 1 7x7', 'list, line 2: conv2d:'],
    ['b 4x4x1 -> 1 3x3', 'list, line 2: the id b stands there for the second time.'],
  ])('tells line and mistake of "%s"', (line, message) => {
    expect(() => parseShapes(`b 5x5x1 -> 1 3x3\n${line}\n`, 'list')).toThrow(message);
  });

  it('refuses a list without shapes', () => {
    expect(() => parseShapes('# nothing\n', 'empty.txt')).toThrow('empty.txt: no shapes in it.');
  });
});

describe('chooseShapes', () => {
  const list = { name: 'list', text: 'a 4x4x1 -> 1 3x3\nb 5x5x1 -> 1 3x3\nc 6x6x1 -> 1 3x3' };
  const idsOf = (words: readonly string[]) => chooseShapes(list, words).map(({ id }) => id);

  it('keeps the order of the list, and takes all of it where nothing is asked for', () => {
    expect(idsOf(['c', 'a'])).toEqual(['a', 'c']);
    expect(idsOf([])).toEqual(['a', 'b', 'c']);
  });

  it('takes all of a list that is named, after the ids', () => {
    const backward = parseShapes(SHAPE_LISTS.backward!, 'backward').map(({ id }) => id);
    expect(idsOf(['backward'])).toEqual(backward);
    expect(idsOf(['backward', 'b'])).toEqual(['b', ...backward]);
  });

  it('takes an id for an id where a list has the same name', () => {
    expect(chooseShapes({ ...list, text: 'core 4x4x1 -> 1 3x3' }, ['core'])).toHaveLength(1);
  });

  it('names what there is where a word is neither', () => {
    expect(() => idsOf(['a', 'x'])).toThrow(
      'list has no shape x; it has a, b, c. Nor is there a list of that name: lists are core, backward,',
    );
  });

  it('refuses an id that would be there twice', () => {
    const text = 'R1-input 4x4x1 -> 1 3x3';
    expect(() => chooseShapes({ name: 'list', text }, ['R1-input', 'backward'])).toThrow(
      'the id R1-input would be there twice.',
    );
  });
});

describe('the lists', () => {
  it.each(Object.entries(SHAPE_LISTS))('%s is readable', (name, text) => {
    expect(parseShapes(text, name).length).toBeGreaterThan(10);
  });

  it('core has the shapes that the benchmark is named for', () => {
    const core = parseShapes(SHAPE_LISTS.core!, 'core');
    expect(core.map(({ id }) => id).join(' ')).toBe('R1 R2 R3 R4 R5 R6 R7 R8 T1 D1 D2 D3 G1 L1 L2 U1 S1');
    expect(factsOf(core[1]!)).toEqual({
      id: 'R2',
      problem: '56×56×64 → 56×56×64, 3×3, padding 1',
      flops: 2 * 56 * 56 * 64 * 64 * 9,
      bytes: 4 * (2 * 56 * 56 * 64 + 64 * 64 * 9),
    });
  });
});

it('backward has both gradients of shapes of core', () => {
  const core = parseShapes(SHAPE_LISTS.core!, 'core');
  const wanted = ['R1', 'R2', 'R3', 'R4', 'R5', 'R6', 'R7', 'R8', 'D1', 'D2', 'G1'].flatMap((id) =>
    (['input', 'filter'] as const).map((gradient) => ({
      ...core.find((shape) => shape.id === id)!,
      id: `${id}-${gradient}`,
      gradient,
    })),
  );
  expect(parseShapes(SHAPE_LISTS.backward!, 'backward')).toEqual(wanted);
});

describe('operands', () => {
  it('are the same every time, of the right size', () => {
    const shape = parsed('a 4x5x3 -> 2 3x3');
    const { first, second } = operandsOf(shape);
    expect([first.data.length, second.data.length]).toEqual([60, 54]);
    expect(operandsOf(shape)).toEqual({ first, second });
  });

  it('are of a gradient those that it is computed from, the same values as of the convolution', () => {
    const line = 'a 4x5x3 -> 2 3x3';
    const forward = operandsOf(parsed(line));
    const ofInput = operandsOf(parsed(`${line} gradient input`));
    const ofFilter = operandsOf(parsed(`${line} gradient filter`));
    expect(ofInput.first.shape).toEqual([1, 2, 2, 3]);
    expect(ofInput.second).toEqual(forward.second);
    expect(ofFilter).toEqual({ first: forward.first, second: ofInput.first });
  });

  it('are permuted by axes, and back', () => {
    const operand = { data: Float32Array.from({ length: 24 }, (_, index) => index), shape: [1, 2, 3, 4] };
    const nhwc = toNhwc(operand);
    expect(nhwc.shape).toEqual([1, 3, 4, 2]);
    expect([...nhwc.data.slice(0, 6)]).toEqual([0, 12, 1, 13, 2, 14]);
    expect(toNchw(nhwc)).toEqual(operand);
    expect(permuted(operand, [0, 1, 2, 3])).toEqual(operand);
  });

  it('go from one layout to another, and results to that of the reference', () => {
    const operand = { data: Float32Array.from({ length: 24 }, (_, index) => index), shape: [2, 3, 2, 2] };
    const hwio = relaid(operand, 'oihw', 'hwio');
    expect(hwio.shape).toEqual([2, 2, 3, 2]);
    expect([...hwio.data.slice(0, 4)]).toEqual([0, 12, 4, 16]);
    expect(asReference(hwio.data, 'hwio', operand.shape)).toEqual(operand);
    expect(asReference(toNhwc(operand).data, 'nhwc', operand.shape)).toEqual(operand);
  });
});
