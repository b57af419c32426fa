// The options of the benchmark: what they stand for, and one line for each mistake.
import { describe, expect, it } from 'vitest';
import { planOf } from '../../../bench/node/options.js';

describe('planOf', () => {
  it('is the core list with all engines by default', () => {
    const { shapes, engines, quick, limitMs } = planOf({});
    expect([shapes.length, engines.length, quick, limitMs]).toEqual([17, 7, false, 40_000]);
  });

  it('takes lists by name, ids and engines by commas', () => {
    const { shapes, engines } = planOf({ shapes: 'filters', only: 'sobel, bank', engines: 'reference,webgpu-conv' });
    expect(shapes.map(({ id }) => id)).toEqual(['sobel', 'bank']);
    expect(engines).toEqual(['webgpu-conv', 'reference']);
  });

  it('takes the name of a list for all of its shapes', () => {
    const { shapes } = planOf({ only: 'R2, backward' });
    expect([shapes.length, shapes[0]!.id, shapes[1]!.id]).toEqual([23, 'R2', 'R1-input']);
    expect(planOf({ shapes: 'bench/shapes/backward.txt' }).shapes).toEqual(planOf({ only: 'backward' }).shapes);
  });

  it.each([
    [
      { shapes: 'no/such/file' },
      '--shapes is "no/such/file", which is neither a file that can be read nor one of core,',
    ],
    [{ shapes: 'package.json' }, 'package.json, line 1: "{" is not of the form'],
    [{ only: 'R99' }, 'core has no shape R99; it has R1,'],
    [{ engines: 'tfjs' }, '--engines has "tfjs", and must be of webgpu-conv, tfjs-webgpu,'],
    [{ limit: 'soon' }, '--limit is "soon", and must be a number of seconds from 1 to 3600.'],
  ])('refuses %j', (options, message) => {
    expect(() => planOf(options)).toThrow(message);
  });

  it('knows the engines that are there', () => {
    expect(() => planOf({ engines: 'tfjs-webgpu' }, ['webgpu-conv', 'reference'])).toThrow(
      'must be of webgpu-conv, reference.',
    );
  });
});
