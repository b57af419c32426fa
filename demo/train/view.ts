// What the page says and shows: states, figures, charts, filters, digits. All texts about the training are here.
import type { Engine } from 'webgpu-conv';
import { Chart } from '../shared/chart.js';
import { drawFilter, largestOf } from '../shared/filter-picture.js';
import { accuracyOf, type Confusion } from './confusion.js';
import { confusionView } from './confusion-view.js';
import { SIDE } from './digit.js';
import type { DigitBatch } from './digit-painter.js';
import { controls, figures, page, views } from './elements.js';
import { REPORT_STEPS, TEST_DIGITS } from './training.js';

/**
 * `ready`: nothing was learnt yet. `busy`: the page is at something that cannot be interrupted. `stopped`: there is no engine, and nothing can be
 * done.
 */
export type State = 'starting' | 'ready' | 'busy' | 'training' | 'pausing' | 'paused' | 'done' | 'stopped';

/** What the main button does in a state. */
const RUN: Readonly<Record<State, string>> = {
  starting: 'Train',
  ready: 'Train',
  busy: 'Train',
  training: 'Pause',
  pausing: 'Pausing …',
  paused: 'Resume',
  done: 'Train anew',
  stopped: 'Train',
};

export const GOAL = 0.97;
const FILTERS = 8;
const FILTER_SIDE = 5;
const DIGIT_COLUMNS = 16;

const lossChart = new Chart(views.loss, { label: 'Loss', range: [0.001, 10], logarithmic: true, text: String });
const accuracyChart = new Chart(views.accuracy, {
  label: 'Accuracy',
  range: [0, 1],
  text: percent,
  mark: GOAL,
});
const showConfusion = confusionView(views.confusion);
const filterPictures = Array.from({ length: FILTERS }, (_, index) => {
  const canvas = Object.assign(document.createElement('canvas'), { className: 'pixels', role: 'img' });
  canvas.ariaLabel = `Filter ${index + 1}`;
  return canvas;
});
views.filters.append(...filterPictures);
figures.heldOutCount.textContent = TEST_DIGITS.toLocaleString('en');

/** A share as a percentage. */
export function percent(share: number): string {
  return `${Number((100 * share).toFixed(1))}%`;
}

export function showState(state: State, status: string): void {
  page.dataset.state = state;
  figures.status.textContent = status;
  controls.run.textContent = RUN[state];
  const isIdle = ['ready', 'paused', 'done'].includes(state);
  controls.run.disabled = !(isIdle || state === 'training');
  controls.again.disabled = state !== 'paused';
  controls.save.disabled = !(isIdle || state === 'training');
  controls.file.disabled = !isIdle;
}

export function stateOf(): State {
  return page.dataset.state as State;
}

export function showAdapter({ info }: Engine): void {
  figures.adapter.textContent = info.name;
  figures.software.hidden = !info.isSoftware;
}

/** Empties curves and figures for a training of `steps` steps. */
export function showBeginning(steps: number): void {
  lossChart.clear(steps);
  accuracyChart.clear(steps);
  figures.progress.max = steps;
  showStep(0, undefined);
  for (const figure of [figures.accuracy, figures.time]) figure.textContent = '–';
}

function showStep(step: number, loss: number | undefined): void {
  figures.progress.value = step;
  figures.step.textContent = `${step} of ${figures.progress.max}`;
  figures.loss.textContent = loss === undefined ? '–' : loss.toPrecision(2);
}

/** @param ms that the training took so far */
export function showLoss(step: number, loss: number, ms: number): void {
  lossChart.add(step, loss);
  showStep(step, loss);
  figures.time.textContent = `${(ms / 1000).toFixed(0)} s`;
}

/** Shows a test, as part of the curve if it was made in a training. */
export function showTest(confusion: Confusion, step?: number): void {
  const accuracy = accuracyOf(confusion);
  if (step !== undefined) accuracyChart.add(step, accuracy);
  figures.accuracy.textContent = percent(accuracy);
  showConfusion(confusion);
}

/** Shows the filters (8, 1, 5, 5) in one scale. */
export function showFilters(weights: Float32Array): void {
  const largest = largestOf(weights);
  for (const [index, canvas] of filterPictures.entries()) {
    const size = FILTER_SIDE * FILTER_SIDE;
    const filter = weights.subarray(index * size, (index + 1) * size);
    drawFilter(canvas, filter, [FILTER_SIDE, FILTER_SIDE], largest);
  }
}

/** Draws pictures of digits side by side on `canvas`, which is as large as they are. */
export function drawPictures(canvas: HTMLCanvasElement, pictures: Float32Array, columns: number): void {
  const context = canvas.getContext('2d')!;
  const image = context.createImageData(SIDE, SIDE);
  const count = pictures.length / (SIDE * SIDE);
  for (let index = 0; index < count; index++) {
    for (let pixel = 0; pixel < SIDE * SIDE; pixel++) {
      const grey = 255 * pictures[index * SIDE * SIDE + pixel]!;
      image.data.set([grey, grey, grey, 255], 4 * pixel);
    }
    context.putImageData(image, (index % columns) * SIDE, Math.floor(index / columns) * SIDE);
  }
}

export function showDigits({ pictures }: DigitBatch): void {
  if (!document.hidden) drawPictures(views.digits, pictures, DIGIT_COLUMNS);
}

export function showMemory(engine: Engine): void {
  const { usedBytes, idleBytes } = engine.memory();
  figures.memory.textContent = `${((usedBytes + idleBytes) / 2 ** 20).toFixed(1)} MiB`;
}

/** What the page says after a training. */
export function verdict(accuracy: number, seconds: number): string {
  const goal = `${percent(GOAL)} was the goal`;
  return `Done in ${seconds.toFixed(0)} s: it reads ${percent(accuracy)} of digits it never saw; ${goal}.`;
}

/** What is said while a training is under way. */
export const TRAINING_STATUS = `Learning; the loss is told every ${REPORT_STEPS} steps.`;
