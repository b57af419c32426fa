// Variants that share weights among neighbouring lanes: right whichever invocations of a workgroup a device makes neighbours.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ConvProblem, conv2dProblem, convTranspose2dProblem, createEngine, type Engine } from 'webgpu-conv';
import { compare, expectedConv2d, expectedConvTranspose2d } from 'webgpu-conv/reference';
import { ALGORITHMS } from '../../src/algorithms/table.js';
import { randomValues } from '../support/random.js';

/** Numbers the invocations of a workgroup so that those of four lanes lie far apart. */
function shuffled(code: string): string {
  if (!code.includes('quadBroadcast')) return code;
  const renamed = code.replace('@builtin(local_invocation_index) local', '@builtin(local_invocation_index) in_order');
  const changed = renamed.replace(/fn main\([^{]*\{/, '$&\nlet local = (in_order * 29u + 7u) % 64u;');
  if (renamed === code || changed === renamed) throw new Error(`no invocations were found to shuffle in ${code}`);
  return changed;
}

const engines: [order: string, Engine][] = [];
const devices: GPUDevice[] = [];
beforeAll(async () => {
  for (const order of ['in order', 'shuffled']) {
    const adapter = (await navigator.gpu.requestAdapter())!;
    const device = await adapter.requestDevice({ requiredFeatures: ['subgroups'] });
    if (order === 'shuffled') {
      const compile = device.createShaderModule.bind(device);
      device.createShaderModule = (descriptor) => compile({ ...descriptor, code: shuffled(descriptor.code) });
    }
    devices.push(device);
    engines.push([order, await createEngine({ device })]);
  }
});
afterAll(() => {
  for (const [, engine] of engines) engine.dispose();
  for (const device of devices) device.destroy();
});

const variants = ALGORITHMS.flatMap((algorithm) =>
  algorithm.variants
    .filter((variant) => algorithm.features?.(variant).includes('subgroups'))
    .filter(() => !algorithm.lanes) // whose lanes are a whole workgroup
    .map((variant) => ({ algorithm, variant, name: algorithm.name })),
);
/** Filters in several tiles and groups, with edges; 117 positions, so that neighbours are of different filters. */
const shapes = [
  { x: [1, 10, 9, 13], w: [70, 5, 3, 3], groups: 2, padding: 1 },
  { x: [1, 10, 9, 13], w: [70, 5, 1, 1], groups: 2, padding: 0 },
  { x: [1, 6, 8, 10], w: [40, 6, 1, 1], groups: 1, padding: 0 },
  { operator: 'convTranspose2d', x: [1, 10, 9, 13], w: [10, 35, 3, 3], groups: 2, padding: 1 },
] as const;

describe('neighbouring lanes', () => {
  it('are used by several variants', () => expect(variants.length).toBeGreaterThanOrEqual(4));

  it.each(variants)('$name $variant', async ({ algorithm, variant }) => {
    let able = 0;
    for (const { x, w, groups, padding, ...others } of shapes) {
      const isTransposed = 'operator' in others;
      const describe = isTransposed ? convTranspose2dProblem : conv2dProblem;
      const problem: ConvProblem = describe({ inputShape: x, filterShape: w, groups, padding });
      if (algorithm.unsupported(problem, variant) !== undefined) continue;
      able++;
      const size = (shape: readonly number[]) => shape.reduce((product, extent) => product * extent, 1);
      const input = { data: randomValues(size(x), 1), shape: x };
      const filter = { data: randomValues(size(w), 2), shape: w };
      const expect2d = isTransposed ? expectedConvTranspose2d : expectedConv2d;
      const expected = expect2d(input, filter, { groups, padding });
      for (const [order, engine] of engines) {
        using a = engine.tensor(input.data, x);
        using b = engine.tensor(filter.data, w);
        const options = { groups, padding, algorithm: algorithm.name, variant };
        using y = await (isTransposed ? engine.convTranspose2d(a, b, options) : engine.conv2d(a, b, options));
        expect(compare(await y.read(), expected), order).toMatchObject({ ok: true });
      }
    }
    expect(able).toBeGreaterThanOrEqual(1);
  });
});
