// Plans by key, so that calling an operator again plans nothing. Plans that somebody uses are never evicted.

/** A plan on loan. Call `release` when its commands are recorded and it will not be used again. */
export interface Loan<P> {
  readonly plan: P;
  release(): void;
}

interface Disposable {
  dispose(): void;
}

interface Entry {
  readonly plan: Promise<Disposable>;
  users: number;
}

/** Plans beyond this number are evicted, the longest unused first. A plan without its pipelines holds 512 bytes of parameters for each band. */
const MOST_PLANS = 128;

export class PlanCache {
  /** In order of last use. */
  readonly #entries = new Map<string, Entry>();

  /**
   * The plan kept under `key`, which says all that decides it; made if need be. Throws what `make` throws, and keeps nothing then.
   */
  async borrow<P extends Disposable>(key: string, make: () => Promise<P>): Promise<Loan<P>> {
    let entry = this.#entries.get(key);
    if (entry) {
      this.#entries.delete(key);
    } else {
      entry = { plan: make(), users: 0 };
    }
    this.#entries.set(key, entry);
    const used = entry;
    used.users++;
    try {
      const plan = (await used.plan) as P;
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

  #evict(): void {
    for (const [key, { plan, users }] of this.#entries) {
      if (this.#entries.size <= MOST_PLANS) return;
      if (users > 0) continue;
      this.#entries.delete(key);
      plan.then((unused) => unused.dispose());
    }
  }
}
