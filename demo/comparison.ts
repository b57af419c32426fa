// The button that compares the result on the page with the CPU reference. The same button stops it; a new result makes it
// void, since a verdict must never stand beside a picture it is not about.
import { inputShapeOf } from './convolve.js';
import { results } from './elements.js';
import type { Job } from './filters.js';
import type { Picture } from './picture.js';
import type { ComparisonReply, ComparisonRequest } from './reference-worker.js';

/** What is shown on the page, as numbers. */
export interface Comparable {
  readonly picture: Picture;
  readonly job: Job;
  readonly values: Float32Array;
}

const label = results.compare.textContent;
let worker: Worker | undefined;

function say(text: string, verdict: '' | 'ok' | 'wrong' = ''): void {
  results.comparison.textContent = text;
  results.comparison.dataset.verdict = verdict;
}

function stop(): void {
  worker?.terminate();
  worker = undefined;
  results.compare.textContent = label;
}

/** Stops a comparison and takes away the verdict of an earlier one. */
export function forgetComparison(): void {
  stop();
  say('');
}

function report({ ok, errorBoundUnits, worst }: ComparisonReply, count: number): void {
  stop();
  const error = `the largest error is ${errorBoundUnits.toPrecision(2)} of the bound derived for it`;
  const values = `${count.toLocaleString('en')} values`;
  if (ok) say(`OK: of ${values}, ${error}; up to 1 is right.`, 'ok');
  else say(`Wrong: of ${values}, ${error}: ${worst.actual} instead of ${worst.expected}.`, 'wrong');
}

/** Wires the button; `shown` tells what is on the page. */
export function startComparison(shown: () => Comparable | undefined): void {
  results.compare.addEventListener('click', () => {
    if (worker) {
      forgetComparison();
      return;
    }
    const current = shown();
    if (!current) return;
    const { picture, job, values } = current;
    worker = new Worker(new URL('./reference-worker.ts', import.meta.url), { type: 'module' });
    worker.addEventListener('message', ({ data }: MessageEvent<ComparisonReply>) => report(data, values.length));
    worker.addEventListener('error', ({ message }) => {
      stop();
      say(`The reference could not be computed: ${message || 'its worker did not start'}.`, 'wrong');
    });
    worker.postMessage({
      input: picture.planes,
      inputShape: inputShapeOf(picture, job),
      weights: job.weights,
      filterShape: job.filterShape,
      actual: values,
    } satisfies ComparisonRequest);
    results.compare.textContent = 'Stop comparing';
    say('Computing the same on the CPU, in float64 …');
  });
}
