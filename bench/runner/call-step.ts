// Steps of a session, as the driver asks for them: within a time limit, and with the reason where there is no result.
import type { Host, StepOutcome } from './host.js';
import type { Session } from './session.js';

/** A step did not end in time. */
export class TimeLimitError extends Error {
  constructor(limitMs: number) {
    super(`no answer within ${Math.round(limitMs / 1000)} s`);
    this.name = 'TimeLimitError';
  }
}

export type StepName = keyof Session;
export type StepResult<S extends StepName> = Awaited<ReturnType<Session[S]>>;

/** Does a step. Never throws. */
export async function outcomeOfStep(session: Session, step: string, args: readonly unknown[]): Promise<StepOutcome> {
  try {
    const work = session[step as StepName] as (...values: unknown[]) => Promise<unknown>;
    return { ok: true, value: await work.apply(session, [...args]) };
  } catch (error) {
    const { name = '', message = String(error) } = (error ?? {}) as Partial<Error>;
    return { ok: false, unsupported: name === 'UnsupportedError', message: message || String(error) };
  }
}

/** Why a step gave nothing. */
export class StepError extends Error {
  readonly unsupported: boolean;

  constructor(message: string, unsupported: boolean) {
    super(message.replace(/\s+/g, ' ').trim().slice(0, 300));
    this.name = 'StepError';
    this.unsupported = unsupported;
  }
}

/** Does a step within a time limit. @throws StepError, TimeLimitError */
export async function callStep<S extends StepName>(
  host: Host,
  limitMs: number,
  step: S,
  ...args: Parameters<Session[S]>
): Promise<StepResult<S>> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TimeLimitError(limitMs)), limitMs);
  });
  try {
    const outcome = await Promise.race([host.step(step, args), limit]);
    if (!outcome.ok) throw new StepError(outcome.message, outcome.unsupported);
    return outcome.value as StepResult<S>;
  } finally {
    clearTimeout(timer);
  }
}

/** A session in this program. What hangs cannot be ended, only left behind. */
export function localHost(session: Session): Host {
  return {
    step: (step, args) => outcomeOfStep(session, step, args),
    restart: async () => false,
  };
}
