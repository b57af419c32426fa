// Entry of the showcase page. The command calls its function on `window`; a person gets a button that does the same
// with the picture that comes with the project.
import { ConvError } from 'webgpu-conv';
import coffee from '../../demo/pictures/coffee.png?url';
import type { Outcome, Progress } from '../support/outcome.js';
import { PictureError } from './decode.js';
import type { ShowcaseRequest, ShowcaseRun } from './result.js';
import { runShowcase } from './run-showcase.js';
import { showFailure, showReport, showStep } from './view.js';

declare global {
  interface Window {
    /** Given by a command that wants to know how far the page is. */
    onProgress?: (step: Progress) => void;
    runShowcase: (request: ShowcaseRequest) => Promise<Outcome<ShowcaseRun>>;
  }
}

function progress(step: Progress): void {
  showStep(step);
  window.onProgress?.(step);
}

async function outcomeOf<T>(work: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    const kind =
      error instanceof PictureError
        ? 'picture'
        : error instanceof ConvError && error.code === 'webgpu-unavailable'
          ? 'webgpu'
          : 'error';
    const message = error instanceof Error ? error.message : String(error);
    showFailure(message);
    return { ok: false, failure: { kind, message } };
  }
}

window.runShowcase = (request) =>
  outcomeOf(async () => {
    const run = await runShowcase(request, progress);
    showReport(run.report);
    return run;
  });

document.querySelector('#run')!.addEventListener('click', () => {
  window.runShowcase({ picture: { name: 'coffee.png', url: coffee }, command: 'the showcase page' });
});
