// How the driver reaches a session: in the same program, or in a page that can be closed and opened again. Types only, for the
// driver and the scripts alike.

/** The result of a step, or why there is none: errors lose their type on the way out of a page. */
export type StepOutcome =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly unsupported: boolean; readonly message: string };

export interface Host {
  /** Calls a method of the session. Rejects only where the session is beyond reach. */
  step(step: string, args: readonly unknown[]): Promise<StepOutcome>;
  /** Drops the session, with whatever hangs in it, for a fresh one. False where that cannot be had. */
  restart(): Promise<boolean>;
}
