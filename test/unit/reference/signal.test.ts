// convolve and correlate pinned by the examples of NumPy's and SciPy's documentation and by hand.
import { describe, expect, it } from 'vitest';
import { convolve, correlate, InvalidArgumentError, type SignalOptions } from 'webgpu-conv/reference';
import { tensor } from './tensors.js';

const row = (...values: number[]) => tensor(values, values.length);

describe('along one axis', () => {
  const run = (call: typeof convolve, a: number[], b: number[], options: SignalOptions = {}) => [
    ...call(row(...a), row(...b), options).data,
  ];

  it('convolve flips, correlate does not: the examples of numpy.convolve and numpy.correlate', () => {
    expect(run(convolve, [1, 2, 3], [0, 1, 0.5])).toEqual([0, 1, 2.5, 4, 1.5]);
    expect(run(convolve, [1, 2, 3], [0, 1, 0.5], { mode: 'same' })).toEqual([1, 2.5, 4]);
    expect(run(convolve, [1, 2, 3], [0, 1, 0.5], { mode: 'valid' })).toEqual([2.5]);
    expect(run(correlate, [1, 2, 3], [0, 1, 0.5])).toEqual([0.5, 2, 3.5, 3, 0]);
    expect(run(correlate, [1, 2, 3], [0, 1, 0.5], { mode: 'same' })).toEqual([2, 3.5, 3]);
    expect(run(correlate, [1, 2, 3], [0, 1, 0.5], { mode: 'valid' })).toEqual([3.5]);
  });

  it('put the middle of an even second operand where SciPy does', () => {
    expect(run(convolve, [1, 2, 3, 4], [1, 10], { mode: 'same' })).toEqual([1, 12, 23, 34]);
    expect(run(correlate, [1, 2, 3, 4], [1, 10], { mode: 'same' })).toEqual([10, 21, 32, 43]);
    // as long as the first, also where the second is longer
    expect(run(convolve, [1, 2, 3], [1, 10, 100, 1000, 1e4, 1e5], { mode: 'same' })).toEqual([123, 1230, 12300]);
    expect(run(correlate, [1, 2, 3], [1, 10, 100, 1000, 1e4, 1e5], { mode: 'same' })).toEqual([321000, 32100, 3210]);
  });

  it("with mode 'valid' take either operand as the longer: a correlation then runs backwards", () => {
    const [a, b] = [
      [1, 10],
      [1, 2, 3, 4],
    ];
    expect(run(convolve, a!, b!, { mode: 'valid' })).toEqual([12, 23, 34]);
    expect(run(convolve, b!, a!, { mode: 'valid' })).toEqual([12, 23, 34]);
    expect(run(correlate, b!, a!, { mode: 'valid' })).toEqual([21, 32, 43]);
    expect(run(correlate, a!, b!, { mode: 'valid' })).toEqual([43, 32, 21]);
  });

  it.each([
    [{ boundary: 'fill', fillValue: 5 }, [5551, 5512, 5123, 1235, 2355, 3555]],
    [{ boundary: 'wrap' }, [1231, 2312, 3123, 1231, 2312, 3123]],
    [{ boundary: 'symm' }, [3211, 2112, 1123, 1233, 2332, 3321]],
  ] as [SignalOptions, number[]][])('see %o around the first operand', (options, values) => {
    // correlated with 1000, 100, 10, 1: the digits are what lies side by side
    expect(run(correlate, [1, 2, 3], [1000, 100, 10, 1], options)).toEqual(values);
  });
});

describe('along two axes', () => {
  const a = tensor([1, 2, 3, 4, 5, 6], 2, 3);

  it('convolve and correlate are each other with a turned operand', () => {
    const b = tensor([1, 10, 100, 1000], 2, 2);
    const full = convolve(a, b);
    expect(full.shape).toEqual([3, 4]);
    expect([...full.data]).toEqual([1, 12, 23, 30, 104, 1245, 2356, 3060, 400, 4500, 5600, 6000]);
    expect([...correlate(a, tensor([1000, 100, 10, 1], 2, 2)).data]).toEqual([...full.data]);
  });

  it("put the middle of an even operand in mode 'same' to the lower right of convolve, and to the upper left of correlate", () => {
    const b = tensor([1, 10, 100, 1000], 2, 2);
    expect([...convolve(a, b, { mode: 'same' }).data]).toEqual([1, 12, 23, 104, 1245, 2356]);
    expect([...correlate(a, b, { mode: 'same' }).data]).toEqual([5421, 6532, 603, 54, 65, 6]);
  });

  it("with mode 'valid' give a correlation turned where the second is the larger", () => {
    const b = tensor([1, 10], 1, 2);
    expect([...correlate(a, b, { mode: 'valid' }).data]).toEqual([21, 32, 54, 65]);
    const turned = correlate(b, a, { mode: 'valid' });
    expect(turned.shape).toEqual([2, 2]);
    expect([...turned.data]).toEqual([65, 54, 32, 21]);
    expect([...convolve(b, a, { mode: 'valid' }).data]).toEqual([12, 23, 45, 56]);
  });

  it('go round and mirror along both axes, further than the operand is large', () => {
    const corner = tensor([1, 0, 0, 0, 0, 0, 0, 0, 0], 3, 3);
    const two = tensor([1, 2, 3, 4], 2, 2);
    // the first output sees two rows and two columns before the operand
    expect(correlate(two, corner, { boundary: 'wrap' }).data[0]).toBe(1);
    expect(correlate(two, corner, { boundary: 'symm' }).data[0]).toBe(4);
    expect(correlate(two, corner, { fillValue: 9 }).data[0]).toBe(9);
    // 1 2 mirrored again and again: … 2 1 1 2 2 1 1 2, from five places before it
    const far = tensor([1, 0, 0, 0, 0, 0], 1, 6);
    expect([...correlate(tensor([1, 2], 1, 2), far, { boundary: 'symm' }).data]).toEqual([1, 1, 2, 2, 1, 1, 2]);
  });
});

describe('refusals', () => {
  it('name the call and what is wrong', () => {
    const call = () => convolve(row(1, 2), tensor([1, 2, 3, 4], 2, 2));
    expect(call).toThrow(InvalidArgumentError);
    expect(call).toThrow(
      'reference convolve: a has shape [2] and b [2, 2], but both must have the same number of axes.',
    );
    expect(() => correlate(row(1, 2), { data: [1], shape: [2] })).toThrow(
      'reference correlate: b has 1 values, but shape [2] needs 2.',
    );
    expect(() => correlate(row(1, 2), [1] as never)).toThrow('reference correlate: b must be { data, shape }');
    expect(() => correlate(row(1), row(1), { mode: 'all' as never })).toThrow("mode is 'all', but must be one of");
  });
});
