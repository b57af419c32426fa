// Plans by problem, so that calling conv2d again plans nothing. Plans that somebody uses are never evicted.
import type { Plan } from '../algorithms/algorithm.js';
import { WorkspaceLimitError } from '../errors.js';
import type { GpuContext } from '../gpu/context.js';
import type { Conv2dProblem } from '../problem/index.js';
import { type Choice, choose, type Preference } from './choose.js';

/** What decides a plan besides the problem. */
export interface PlanRequest extends Preference {
  readonly workspaceLimitBytes: number;
}

/** A plan on loan. Call `release` when its commands are recorded and it will not be used again. */
export interface PlanLoan {
  readonly plan: Plan;
  release(): void;
}

interface Entry {
  readonly plan: Promise<Plan>;
  users: number;
}

/** Plans beyond this number are evicted, the longest unused first. A plan without its pipelines holds 512 bytes of parameters for each band. */
const MOST_PLANS = 128;

export class PlanCache {
  readonly #gpu: GpuContext;
  /** In order of last use. */
  readonly #entries = new Map<string, Entry>();

  constructor(gpu: GpuContext) {
    this.#gpu = gpu;
  }

  /** The plan of a problem, compiled if need be. Throws what {@link choose} and the algorithm's `plan` throw. */
  async borrow(problem: Conv2dProblem, request: PlanRequest, action: string): Promise<PlanLoan> {
    const choice = choose(problem, this.#gpu.capabilities, request, action);
    const { workspaceLimitBytes } = request;
    const key = JSON.stringify([choice.algorithm.name, choice.variants, workspaceLimitBytes, problem]);
    let entry = this.#entries.get(key);
    if (entry) {
      this.#entries.delete(key);
    } else {
      entry = { plan: this.#plan(problem, choice, workspaceLimitBytes), users: 0 };
    }
    this.#entries.set(key, entry);
    const used = entry;
    used.users++;
    try {
      const plan = await used.plan;
      this.#evict();
      let released = false;
      return {
        plan,
        release: () => {
          if (!released) used.users--;
          released = true;
        },
      };
    } catch (error) {
      if (this.#entries.get(key) === used) this.#entries.delete(key);
      throw error;
    }
  }

  /** Plans with the best variant that the workspace has room for. */
  async #plan(problem: Conv2dProblem, { algorithm, variants }: Choice, workspaceLimitBytes: number): Promise<Plan> {
    const limits = { workspaceLimitBytes, device: this.#gpu.capabilities.limits };
    let tooLarge: WorkspaceLimitError | undefined; // the one that needs least
    for (const variant of variants) {
      try {
        return await algorithm.plan(this.#gpu, problem, variant, limits);
      } catch (error) {
        if (!(error instanceof WorkspaceLimitError)) throw error;
        if (!tooLarge || error.neededBytes < tooLarge.neededBytes) tooLarge = error;
      }
    }
    throw tooLarge;
  }

  #evict(): void {
    for (const [key, { plan, users }] of this.#entries) {
      if (this.#entries.size <= MOST_PLANS) return;
      if (users > 0) continue;
      this.#entries.delete(key);
      plan.then((unused) => unused.dispose());
    }
  }
}
