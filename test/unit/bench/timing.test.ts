// Timing in turn: who is sampled when and how often, and what becomes of the samples.
import { describe, expect, it } from 'vitest';
import { measureInTurn, median, summarise } from '../../../bench/support/timing.js';

describe('median', () => {
  it.each([
    [[5], 5],
    [[3, 1, 2], 2],
    [[10, 9, 1, 2], 5.5],
    [[2, 10, 100], 10], // by number, not by text
  ])('of %j is %d', (values, middle) => {
    expect(median(values)).toBe(middle);
  });

  it('leaves its values in their order', () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
  });

  it('refuses no values', () => {
    expect(() => median([])).toThrow('no values');
  });
});

it('summarise gives median, best, worst and count', () => {
  expect(summarise([4, 1, 7])).toEqual({ median: 4, best: 1, worst: 7, count: 3 });
});

describe('measureInTurn', () => {
  const contenders = (calls: string[], ms: Record<string, number>) =>
    Object.entries(ms).map(([name, time]) => ({
      name,
      run() {
        calls.push(name);
        return time;
      },
    }));

  it('samples each contender once a round, in the same order', async () => {
    const calls: string[] = [];
    const samples = await measureInTurn(contenders(calls, { gpu: 1, cpu: 2 }), { rounds: 3 });
    expect(calls).toEqual(['gpu', 'cpu', 'gpu', 'cpu', 'gpu', 'cpu']);
    expect(samples.get('cpu')).toEqual([2, 2, 2]);
  });

  it('samples a slow contender once, the others as often as ever', async () => {
    const calls: string[] = [];
    const samples = await measureInTurn(contenders(calls, { gpu: 1, cpu: 2001 }), { rounds: 4, slowMs: 2000 });
    expect(samples.get('gpu')).toHaveLength(4);
    expect(samples.get('cpu')).toEqual([2001]);
  });

  it('does three rounds however long they take, and no more when the budget is spent', async () => {
    const calls: string[] = [];
    await measureInTurn(contenders(calls, { gpu: 1 }), { rounds: 9, budgetMs: -1 });
    expect(calls).toHaveLength(3);
  });

  it('pauses before each sample, and keeps `this` of a contender that is an object of a class', async () => {
    class Runner {
      readonly name = 'runner';
      #ms = 7;
      run() {
        return this.#ms;
      }
    }
    let pauses = 0;
    const samples = await measureInTurn([new Runner()], { rounds: 2 }, async () => {
      pauses++;
    });
    expect(samples.get('runner')).toEqual([7, 7]);
    expect(pauses).toBe(2);
  });
});
