// README.md, held against the library: that it names every option and activation, and how much it was checked with.
import { describe, expect, it } from 'vitest';
import readme from '../../../README.md?raw';
import { examplesOf } from '../../../scripts/docs/readme-examples.js';
import {
  ACTIVATION_NAMES,
  CHANNEL_TERMS,
  CONV_GEOMETRY_OPTIONS,
  FILTER_LAYOUTS,
  INPUT_LAYOUTS,
  PADDING_MODES,
  PADDING_RULES,
  poolOptionNames,
  ROUNDINGS,
} from '../../../src/problem/index.js';
import { SIGNAL_BOUNDARIES, SIGNAL_MODES, SIGNAL_OPTIONS } from '../../../src/problem/signal.js';

const indices = import.meta.glob<string>('../../conformance/*.json', { query: '?raw', import: 'default', eager: true });

describe('README.md', () => {
  it.each([
    ['option', [...CONV_GEOMETRY_OPTIONS.conv, ...CONV_GEOMETRY_OPTIONS.convTranspose, ...CHANNEL_TERMS]],
    ['option of pooling', ['max', 'average', 'l2'].flatMap((kind) => poolOptionNames(kind as 'max'))],
    ['option of signals', SIGNAL_OPTIONS],
    ['activation', ACTIVATION_NAMES.map((name) => `'${name}'`)],
    [
      'choice',
      [...PADDING_RULES, ...PADDING_MODES, ...ROUNDINGS, ...SIGNAL_MODES, ...SIGNAL_BOUNDARIES].map(
        (name) => `'${name}'`,
      ),
    ],
    ['layout', [...Object.values(INPUT_LAYOUTS).flat(), ...FILTER_LAYOUTS[2]].map((name) => `'${name}'`)],
  ])('names every %s', (_, names) => {
    expect(names.filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
  });

  it('has examples', () => {
    expect(examplesOf(readme).length).toBeGreaterThanOrEqual(8);
  });

  it('does not claim more cases of other systems than there are', () => {
    const [, torch, scipy] = /more than (\d+) results of PyTorch 1\.13 and (\d+) of SciPy 1\.10/.exec(readme)!;
    const count = (system: string) =>
      Object.values(indices)
        .map((text) => JSON.parse(text) as { system: string; cases: unknown[] })
        .filter((index) => index.system.startsWith(system))
        .reduce((sum, { cases }) => sum + cases.length, 0);
    expect(count('PyTorch 1.13')).toBeGreaterThan(Number(torch));
    expect(count('SciPy 1.10')).toBeGreaterThan(Number(scipy));
  });
});
