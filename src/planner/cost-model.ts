// The cost model: how long a run of a design will take, told from what the adapter is and how much its dispatches have to do,
// without running anything. It is there to put designs in order, so its ratios matter more than its milliseconds.
//
// Software adapters compute in order and spend most of their time on loads and loops: the time of a kernel is linear in its invocations and in the
// rounds of its loops. The coefficients are measured, kernel by kernel (`npm run calibrate`, src/planner/rates/). Of real GPUs
// none is known; a dispatch there takes what its arithmetic or its bytes take, whichever is more, slower where it has too few
// invocations to fill the device (S. Williams, A. Waterman, D. Patterson, Roofline, 2009).
import type { RunStepDesign, StepDesign, Work } from '../algorithms/design.js';
import type { Capabilities } from '../gpu/capabilities.js';
import type { Kernel } from '../gpu/kernel.js';
import { HARDWARE } from './rates/hardware.js';
import { LAVAPIPE } from './rates/lavapipe.js';
import type { HardwareRates, MeasuredRates } from './rates/rates.js';
import { SWIFTSHADER } from './rates/swiftshader.js';

/** What the model knows of an adapter. */
export type Machine = MeasuredRates | HardwareRates;

/** The machine that an adapter is most like. */
export function machineOf({ isSoftware, vendor, architecture, description }: Capabilities): Machine {
  if (!isSoftware) return HARDWARE;
  // what other software adapters there are (WARP) has a processor's vectors and caches, as lavapipe
  return /swiftshader/i.test(`${vendor} ${architecture} ${description}`) ? SWIFTSHADER : LAVAPIPE;
}

/** A kernel compiles once and is run again and again: so often that a second of compilation is worth a fifth of a millisecond. */
const RUNS = 5000;

/**
 * How often each coefficient of a kernel counts in a dispatch: invocations, then those times the rounds of each loop; more where the
 * workgroups do not divide evenly among the processors.
 */
export function countsOf({ work, workgroups }: RunStepDesign<never>, processors: number): number[] {
  const invocations = work.invocations * ((Math.ceil(workgroups / processors) * processors) / Math.max(1, workgroups));
  return [invocations, ...work.loops.map((rounds) => invocations * rounds)];
}

/** The name of a kernel's file, whatever storage it was linked for. */
export function kernelName({ name }: Kernel): string {
  return name.replace(/_(f16|packed16)(?=_|$)/, '_f32');
}

/** The name that a dispatch's rates go by: that of the kernel's file, and its mode. */
export function rateName({ kernel, work }: Pick<RunStepDesign<never>, 'kernel' | 'work'>): string {
  const name = kernelName(kernel);
  return work.mode === undefined ? name : `${name} ${work.mode}`;
}

function measuredMs(step: RunStepDesign<never>, { dispatchMs, processors, kernels }: MeasuredRates): number {
  const rate = kernels[rateName(step)];
  if (!rate) return Number.POSITIVE_INFINITY; // never measured, never chosen
  const ns = countsOf(step, processors).reduce((sum, count, index) => sum + count * rate.ns[index]!, rate.dispatchNs);
  return dispatchMs + ns / 1e6;
}

function rooflineMs(step: RunStepDesign<never>, machine: HardwareRates): number {
  const { work } = step;
  const { dispatchMs, multiplyAddsPerMs, bytesPerMs, invocations, share } = machine;
  const filled = Math.min(1, work.invocations / invocations);
  const rate = multiplyAddsPerMs * (share[rateName(step)] ?? 1) * filled;
  return dispatchMs + Math.max(work.multiplyAdds / rate, work.bytes / bytesPerMs);
}

type Run = readonly RunStepDesign<never>[];

/** What tells a pipeline. */
type Compiled = Pick<StepDesign<never>, 'kernel' | 'overrides'>;

/** The different dispatches of a run, and how often each is there: those of many groups share their work. */
function differentSteps(run: Run): readonly { readonly step: RunStepDesign<never>; readonly times: number }[] {
  const times = new Map<Work, { readonly step: RunStepDesign<never>; times: number }>();
  for (const step of run) {
    const known = times.get(step.work);
    if (known) known.times++;
    else times.set(step.work, { step, times: 1 });
  }
  return [...times.values()];
}

/**
 * Predicted time of compiling the pipelines of some dispatches, milliseconds; 0 where it was not measured. They are compiled side by side,
 * but software adapters compile one after the other.
 */
export function compileMsOf(steps: readonly Compiled[], machine: Machine): number {
  if (machine.kind === 'hardware') return 0;
  const kernels = new Map(steps.map(({ kernel, overrides }) => [kernel.name + JSON.stringify(overrides), kernel]));
  return [...kernels.values()].reduce((sum, kernel) => sum + (machine.compileMs[kernelName(kernel)] ?? 0), 0);
}

/** Predicted time of a run, milliseconds, with its share of compilation on adapters that compile slowly. */
export function predictMs({ run }: { readonly run: Run }, machine: Machine): number {
  const msOf = (step: RunStepDesign<never>) =>
    machine.kind === 'hardware' ? rooflineMs(step, machine) : measuredMs(step, machine);
  const different = differentSteps(run);
  const runMs = different.reduce((sum, { step, times }) => sum + times * msOf(step), 0);
  return (
    runMs +
    compileMsOf(
      different.map(({ step }) => step),
      machine,
    ) /
      RUNS
  );
}
