// Entry of the benchmark page. The command drives it step by step through `benchmarkStep`; a person gets a form, and the same
// driver runs in the page.
import { WEB } from '../competitors/web.js';
import { outputOf } from '../report/output.js';
import { outcomeOfStep } from '../runner/call-step.js';
import { drive } from '../runner/driver.js';
import type { Host, StepOutcome } from '../runner/host.js';
import { ENGINES } from '../runner/result.js';
import type { Drive } from '../runner/run.js';
import { Session } from '../runner/session.js';
import { chooseShapes } from '../shapes/choose.js';
import { SHAPE_LISTS } from '../shapes/lists.js';
import { breathe } from '../support/timing.js';
import { type Choice, showChoices, showFailure, showFiles, showProgress, showRows, whenRun } from './view.js';

declare global {
  interface Window {
    benchmarkStep: (step: string, args: readonly unknown[]) => Promise<StepOutcome>;
  }
}

const LIMIT_MS = 40_000;

const session = new Session(WEB);
window.benchmarkStep = (step, args) => outcomeOfStep(session, step, args);

/** What hangs stays in this page: it cannot open another one for itself. */
const host: Host = {
  async step(step, args) {
    await breathe(); // lets the page draw
    return outcomeOfStep(session, step, args);
  },
  restart: async () => false,
};

async function run({ list, only, quick, engines }: Choice): Promise<void> {
  const shapes = chooseShapes({ name: list, text: SHAPE_LISTS[list]! }, only);
  const date = new Date().toISOString();
  const onShape = ({ rows }: Drive) => showRows(rows);
  const done = await drive(host, {
    shapes,
    engines,
    quick,
    cold: false,
    limitMs: LIMIT_MS,
    progress: showProgress,
    onShape,
  });
  showFiles(await outputOf(done, { shapes, date, command: 'the benchmark page' }));
}

showChoices(Object.keys(SHAPE_LISTS), ENGINES);
whenRun((choice) => run(choice).catch(showFailure));
