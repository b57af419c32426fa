// The first calls of a convolution that nobody prepared. The fastest way may take half a second to compile on a software adapter, which a
// program that convolves once never gets back; so calls take the way that is soonest done, compilation included, until the time that
// they lost to the fastest would have paid for its pipelines. Then these are compiled beside them, and taken when they are there. That is the
// ski-rental rule: whoever rents until the rent comes to the price, and then buys, pays at most twice what one would who knows
// the future (A. Karlin, M. Manasse, L. Rudolph, D. Sleator, Competitive Snoopy Caching, 1988).
import type { Design } from '../algorithms/design.js';
import type { PipelineCache } from '../gpu/pipeline-cache.js';
import type { Way } from './choose.js';
import { compileMsOf, type Machine } from './cost-model.js';

/** A problem that was called. */
interface Calls {
  /** The ways of computing it, the fastest first. */
  readonly ways: readonly Way[];
  /** What calls took longer than they would have the fastest way, milliseconds. */
  lostMs: number;
  isCompiling: boolean;
}

/**
 * A process that has just started compiles so much slower than one that has compiled for minutes, where rates are measured
 * (docs/measurements.md).
 */
export const COLD_PROCESS = 1.4;

/** Problems beyond this number are forgotten, the longest unused first. */
const MOST_PROBLEMS = 256;

/** What an engine remembers of its calls. */
export class FirstCalls {
  readonly #pipelines: PipelineCache;
  readonly #machine: Machine;
  /** In order of last use. */
  readonly #problems = new Map<string, Calls>();

  constructor(pipelines: PipelineCache, machine: Machine) {
    this.#pipelines = pipelines;
    this.#machine = machine;
  }

  /** The way for the next call of a problem. `designWays` tells those that there are, the fastest first; asked the first time. */
  next(key: string, designWays: () => readonly Way[]): Way {
    const calls = this.#problems.get(key) ?? { ways: designWays(), lostMs: 0, isCompiling: false };
    this.#problems.delete(key);
    this.#problems.set(key, calls);
    if (this.#problems.size > MOST_PROBLEMS) this.#problems.delete(this.#problems.keys().next().value!);
    const fastest = calls.ways[0]!;
    const priceMs = this.#compileMs(fastest.design);
    if (priceMs === 0) return fastest;
    const soonest = this.#soonest(calls.ways);
    if (soonest === fastest) return fastest;
    if (calls.lostMs >= priceMs && !calls.isCompiling) {
      calls.isCompiling = true;
      this.#compile(fastest.design).finally(() => {
        calls.isCompiling = false;
      });
    }
    calls.lostMs += soonest.predictedMs - fastest.predictedMs;
    return soonest;
  }

  #soonest(ways: readonly Way[]): Way {
    const doneMs = (way: Way) => this.#compileMs(way.design) + way.predictedMs;
    return ways.reduce((best, way) => (doneMs(way) < doneMs(best) ? way : best));
  }

  /** Milliseconds that compiling takes what of a design is not compiled yet. */
  #compileMs({ pack, run }: Design): number {
    const missing = [...pack, ...run].filter(({ kernel, overrides }) => !this.#pipelines.has(kernel, overrides));
    return COLD_PROCESS * compileMsOf(missing, this.#machine);
  }

  /** Compiles a design's pipelines. What fails, fails again where it is waited for. */
  async #compile({ pack, run }: Design): Promise<void> {
    const steps = [...pack, ...run];
    await Promise.allSettled(steps.map(({ kernel, overrides }) => this.#pipelines.get(kernel, overrides)));
  }
}
