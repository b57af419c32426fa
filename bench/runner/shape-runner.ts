// One shape: every engine once for its first call and its check, then samples in turn, so that a machine that gets slower or
// faster meanwhile treats all of them alike, and in another order each round, so that none is always next to the one that leaves the
// machine busiest. An engine that fails, or does not answer in time, gets a row that says so; what hangs
// is left behind in its page, and the others go on in a fresh one.
import { seededRandom } from '../../test/support/random.js';
import type { BenchShape } from '../shapes/bench-shape.js';
import { factsOf } from '../shapes/shape.js';
import { callStep, StepError, type StepName, type StepResult, TimeLimitError } from './call-step.js';
import { nameOf } from './cell.js';
import { Entrant } from './entrant.js';
import type { Host } from './host.js';
import type { BenchmarkRow, EngineName } from './result.js';
import type { DriveOptions } from './run.js';
import type { Session } from './session.js';

const SET_UP_LIMIT_MS = 5 * 60_000; // expected values come from plain loops on the CPU
const MOST_HANGS = 2; // after which an engine, in that variant, is asked no more
const TEDIOUS_MS = 150; // a call that takes so long, when it is warm, is repeated no more than it must
const SAMPLE_MS = 1000; // and the check of one that takes so long is a sample: copies are little beside it

/** The order of a round: the same in every run. */
function shuffled<Item>(items: readonly Item[], round: number): Item[] {
  const random = seededRandom(round);
  return items
    .map((item) => ({ item, rank: random() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}

/** Runs shape after shape. What it learns of engines that hang, it keeps from one to the next. */
export class ShapeRunner {
  readonly #host: Host;
  readonly #options: DriveOptions;
  /** How often a cell did not answer, by its name. */
  readonly #hangs = new Map<string, number>();
  #entrants: Entrant[] = [];

  constructor(host: Host, options: DriveOptions) {
    this.#host = host;
    this.#options = options;
  }

  setUp<S extends StepName>(step: S, ...args: Parameters<Session[S]>): Promise<StepResult<S>> {
    return callStep(this.#host, SET_UP_LIMIT_MS, step, ...args);
  }

  #step<S extends StepName>(step: S, ...args: Parameters<Session[S]>): Promise<StepResult<S>> {
    return callStep(this.#host, this.#options.limitMs, step, ...args);
  }

  /** Notes why an entrant has no result. Unless it just does not offer the shape, the session is not to be trusted any more. */
  async #fail(entrant: Entrant, error: unknown, shape: BenchShape): Promise<void> {
    const isStepError = error instanceof StepError;
    const name = nameOf(entrant.cell);
    entrant.error = `${isStepError && error.unsupported ? 'not offered: ' : ''}${(error as Error).message}`;
    entrant.isOpen = false;
    if (isStepError && error.unsupported) return;
    if (error instanceof TimeLimitError) entrant.limitMs = this.#options.limitMs;
    if (!isStepError) this.#hangs.set(name, (this.#hangs.get(name) ?? 0) + 1);
    if (!(await this.#host.restart())) return;
    for (const other of this.#entrants) other.isOpen = false;
    await this.setUp('begin', shape);
  }

  /** An entrant, out of the race from the start if it did not answer before. */
  #entrant(engine: EngineName, variant: string): Entrant {
    const entrant = new Entrant({ engine, variant });
    if ((this.#hangs.get(nameOf(entrant.cell)) ?? 0) >= MOST_HANGS) {
      entrant.error = `not asked any more: it did not answer ${MOST_HANGS} times`;
    }
    return entrant;
  }

  async #entrantsFor(shape: BenchShape): Promise<Entrant[]> {
    const entrants: Entrant[] = [];
    for (const engine of this.#options.engines) {
      const unknown = this.#entrant(engine, '');
      try {
        const variants = unknown.error === undefined ? await this.#step('variants', engine, shape) : [];
        entrants.push(...variants.map((variant) => this.#entrant(engine, variant)));
      } catch (error) {
        await this.#fail(unknown, error, shape);
      }
      if (unknown.error !== undefined) entrants.push(unknown);
    }
    return entrants;
  }

  /** The first call, the check of its output, and a sample to tell how often it is repeated. */
  async #open(entrant: Entrant): Promise<void> {
    const { cell } = entrant;
    const first = await this.#step('first', cell);
    entrant.isOpen = true;
    if (entrant.first) return; // it had to be opened again, and nothing of it is cold
    entrant.first = first;
    const { wrong, ms } = await this.#step('check', cell);
    entrant.wrong = wrong;
    if (ms >= TEDIOUS_MS) entrant.endToEnd.push(ms);
    if (ms >= SAMPLE_MS) entrant.samples.push(ms);
    entrant.warmMs = ms >= TEDIOUS_MS ? ms : await this.#step('sample', cell, 2);
  }

  async #round(entrant: Entrant, round: number): Promise<void> {
    const { calls, rounds } = entrant.repeats(this.#options.quick);
    if (round >= rounds || entrant.samples.length >= rounds) return;
    if (!entrant.isOpen) await this.#open(entrant);
    entrant.samples.push(await this.#step('sample', entrant.cell, calls));
    if (round < 3 && entrant.warmMs < TEDIOUS_MS) entrant.endToEnd.push(await this.#step('endToEnd', entrant.cell));
  }

  async #each(
    shape: BenchShape,
    work: (entrant: Entrant) => Promise<void>,
    entrants: readonly Entrant[] = this.#entrants,
  ): Promise<void> {
    for (const entrant of entrants) {
      if (entrant.error !== undefined) continue;
      try {
        await work(entrant);
      } catch (error) {
        await this.#fail(entrant, error, shape);
      }
    }
  }

  /** Rows for a shape that could not even be begun, and a fresh session. */
  async lose(shape: BenchShape, error: unknown): Promise<BenchmarkRow[]> {
    await this.#host.restart();
    return this.#options.engines.map((engine) => {
      const entrant = new Entrant({ engine, variant: '' });
      entrant.error = (error as Error).message;
      return entrant.row(factsOf(shape));
    });
  }

  /** Measures every engine on a shape. */
  async run(shape: BenchShape, step: { index: number; count: number }): Promise<BenchmarkRow[]> {
    const say = (text: string) => this.#options.progress({ ...step, title: `${shape.id}: ${text}` });
    say('expected values');
    const facts = await this.setUp('begin', shape);
    await this.setUp('expect');
    this.#entrants = [];
    this.#entrants = await this.#entrantsFor(shape);
    await this.#each(shape, async (entrant) => {
      say(`${entrant.cell.engine} ${entrant.cell.variant}`);
      await this.#open(entrant);
    });
    const running = this.#entrants.filter(({ error }) => error === undefined);
    const rounds = Math.max(0, ...running.map((entrant) => entrant.repeats(this.#options.quick).rounds));
    for (let round = 0; round < rounds; round++) {
      say(`round ${round + 1} of ${rounds}`);
      await this.#each(shape, (entrant) => this.#round(entrant, round), shuffled(this.#entrants, round));
    }
    return this.#entrants.map((entrant) => entrant.row(facts));
  }
}
