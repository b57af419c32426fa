// The autotuner: computes a problem with every candidate, takes the fastest, and remembers it. A candidate may win only if it computes
// a small problem of the same structure right: a driver's bug may make the fastest kernel the wrong one.
import type { Algorithm, Plan, PlanLimits, RunBuffers } from '../algorithms/algorithm.js';
import { planVariant } from '../algorithms/design.js';
import { WorkspaceLimitError } from '../errors.js';
import type { GpuContext } from '../gpu/context.js';
import { type ConvProblem, convFilterShape, convInputShape, convOutputShape } from '../problem/index.js';
import { checkPlan } from './check-plan.js';
import { Scratch } from './scratch.js';
import { timePlan } from './time-plan.js';
import type { CandidateReport, TuningRecord, TuningStore } from './tuning-store.js';

/** An algorithm and one of its variants. */
export interface Candidate {
  readonly algorithm: Algorithm;
  readonly variant: string;
}

/** A candidate slower than the best by this factor at first sight is not measured again. */
const HOPELESS = 2;

export class Autotuner {
  readonly #gpu: GpuContext;
  readonly #store: TuningStore;
  /** Records of this session, also where the store fails. */
  readonly #records = new Map<string, TuningRecord>();
  readonly #running = new Map<string, Promise<TuningRecord | undefined>>();

  constructor(gpu: GpuContext, store: TuningStore) {
    this.#gpu = gpu;
    this.#store = store;
  }

  /** The record kept under `key`, if any. */
  async recall(key: string): Promise<TuningRecord | undefined> {
    const known = this.#records.get(key) ?? (await this.#store.get(key).catch(() => undefined));
    if (known) this.#records.set(key, known);
    return known;
  }

  /** All records of this session, by key. */
  export(): Readonly<Record<string, TuningRecord>> {
    return Object.fromEntries(this.#records);
  }

  /** Keeps records that were exported elsewhere. */
  async import(records: Readonly<Record<string, TuningRecord>>): Promise<void> {
    for (const [key, record] of Object.entries(records)) await this.#keep(key, record);
  }

  /** The fastest candidate: as remembered, or as measured now. Undefined if no candidate computes the problem right. */
  async best(
    key: string,
    problem: ConvProblem,
    candidates: readonly Candidate[],
    limits: PlanLimits,
  ): Promise<TuningRecord | undefined> {
    const known = await this.recall(key);
    const isCandidate = candidates.some(({ algorithm, variant }) => {
      return algorithm.name === known?.algorithm && variant === known.variant;
    });
    if (known && isCandidate) return known;
    let running = this.#running.get(key);
    if (!running) {
      running = this.#tune(key, problem, candidates, limits).finally(() => this.#running.delete(key));
      this.#running.set(key, running);
    }
    return running;
  }

  async #tune(
    key: string,
    problem: ConvProblem,
    candidates: readonly Candidate[],
    limits: PlanLimits,
  ): Promise<TuningRecord | undefined> {
    const reports = await this.measure(problem, candidates, limits);
    const timed = reports.filter((report): report is CandidateReport & { ms: number } => report.ms !== undefined);
    const [winner] = timed.sort((a, b) => a.ms - b.ms);
    if (!winner) return undefined;
    const { algorithm, variant, ms } = winner;
    const record = { algorithm, variant, ms, candidates: reports };
    await this.#keep(key, record);
    return record;
  }

  async #keep(key: string, record: TuningRecord): Promise<void> {
    this.#records.set(key, record);
    await this.#store.set(key, record).catch(() => undefined);
  }

  /** Checks and times every candidate, one after the other. */
  async measure(
    problem: ConvProblem,
    candidates: readonly Candidate[],
    limits: PlanLimits,
  ): Promise<CandidateReport[]> {
    const scratch = new Scratch(this.#gpu);
    const input = scratch.tensor(convInputShape(problem), problem.dtype);
    const filter = scratch.tensor(convFilterShape(problem), problem.filterDtype);
    const residual = problem.epilogue.hasResidual ? scratch.tensor(convOutputShape(problem), problem.dtype) : undefined;
    const terms = scratch.terms(problem);
    const output = scratch.space(convOutputShape(problem), problem.dtype);
    const reports: CandidateReport[] = [];
    let best = Number.POSITIVE_INFINITY;
    try {
      for (const { algorithm, variant } of candidates) {
        const name = { algorithm: algorithm.name, variant };
        let plan: Plan | undefined;
        const borrowed = new Scratch(this.#gpu);
        try {
          const wrong = await checkPlan(this.#gpu, algorithm, variant, problem, limits);
          if (wrong !== undefined) {
            reports.push({ ...name, rejected: wrong });
            continue;
          }
          plan = await planVariant(this.#gpu, algorithm, problem, variant, limits);
          const packedFilter = borrowed.bytes(plan.packedFilterBytes);
          plan.pack(this.#gpu.stream, filter, packedFilter);
          const workspace = plan.workspaceBytes > 0 ? borrowed.bytes(plan.workspaceBytes) : undefined;
          const buffers: RunBuffers = { input, packedFilter, terms, residual, output, workspace };
          const ms = await timePlan(this.#gpu, plan, buffers, HOPELESS * best);
          best = Math.min(best, ms);
          reports.push({ ...name, ms });
        } catch (error) {
          if (this.#gpu.ended) throw error;
          const tooLarge = error instanceof WorkspaceLimitError;
          const reason = tooLarge ? `needs ${error.neededBytes} bytes of workspace` : (error as Error).message;
          reports.push({ ...name, rejected: reason });
        } finally {
          plan?.dispose();
          borrowed.release();
        }
      }
      return reports;
    } finally {
      scratch.release();
    }
  }
}
