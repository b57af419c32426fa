// The page where a filter is found. This file holds its state (engine, picture, run) and what leads from one to the next.
import { createEngine, DeviceLostError, type Engine, type LostInfo } from 'webgpu-conv';
import { pixelsOf } from 'webgpu-conv/image';
import { drawPicture } from '../picture.js';
import { Chart } from '../shared/chart.js';
import { drawFilter, largestOf } from '../shared/filter-picture.js';
import { hideNotice, messageOf, onRestart, showNotice } from '../shared/notice.js';
import { controls, figures, page, pictures } from './elements.js';
import { applyFilter, FilterLearning, type Planes } from './filter-learning.js';
import { TAPS, UNKNOWN_FILTERS } from './unknown-filters.js';

type State = 'starting' | 'busy' | 'done' | 'stopped';

const STEPS = 60;
const CLOSE = 1e-4; // of the largest weight: one step of 255 in ten thousand

const chart = new Chart(pictures.chart, {
  label: 'Largest error',
  range: [1e-7, 10],
  logarithmic: true,
  text: (value) =>
    `10${String(Math.round(Math.log10(value))).replace(/./g, (sign) => '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'['-0123456789'.indexOf(sign)]!)}`,
});
let engine: Engine | undefined;
let picture: Planes | undefined;
let runs = 0;

function showState(state: State, status: string): void {
  page.dataset.state = state;
  figures.status.textContent = status;
  controls.choices.disabled = state === 'starting' || state === 'stopped';
}

/** Largest difference of two filters, as a part of the largest weight. */
function distance(weights: Float32Array, truth: Float32Array): number {
  return largestOf(weights.map((weight, tap) => weight - truth[tap]!)) / largestOf(truth);
}

function showPlanes(canvas: HTMLCanvasElement, { values, width, height }: Planes): void {
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d')!;
  const image = context.createImageData(width, height);
  image.data.set(pixelsOf(values, width, height).data);
  context.putImageData(image, 0, 0);
}

function showStep(step: number, weights: Float32Array, truth: Float32Array, begun: number): number {
  const error = distance(weights, truth);
  drawFilter(pictures.learnt, weights, [TAPS, TAPS], largestOf(truth));
  chart.add(step, Math.max(error, 1e-7));
  figures.step.textContent = `${step} of ${STEPS}`;
  figures.distance.textContent = error.toExponential(1);
  figures.time.textContent = `${((performance.now() - begun) / 1000).toFixed(1)} s`;
  return error;
}

/** Lets the chosen filter change the picture, and finds it. A newer run ends an older one. */
async function run(): Promise<void> {
  const current = engine;
  const before = picture;
  if (!current || !before) return;
  const own = ++runs;
  const isWanted = () => own === runs && current === engine;
  hideNotice();
  showState('busy', 'Learning …');
  const chosen = UNKNOWN_FILTERS.find(({ id }) => id === controls.filter.value) ?? UNKNOWN_FILTERS[0]!;
  const truth = chosen.weights();
  drawFilter(pictures.truth, truth, [TAPS, TAPS]);
  chart.clear(STEPS);
  try {
    const after = await applyFilter(current, before, truth);
    if (!isWanted()) return;
    showPlanes(pictures.after, after);
    const learning = await FilterLearning.create(current, before, after);
    try {
      const begun = performance.now();
      let error = showStep(0, learning.weights, truth, begun);
      for (let step = 1; step <= STEPS; step++) {
        await learning.step();
        if (!isWanted()) return;
        error = showStep(step, learning.weights, truth, begun);
      }
      const name = chosen.name.toLowerCase();
      showState('done', error < CLOSE ? `Found it: ${name}.` : `Not found within ${STEPS} steps: ${name}.`);
    } finally {
      learning.dispose();
    }
  } catch (error) {
    // the loss of the device has a notice of its own, see stop()
    if (!isWanted() || error instanceof DeviceLostError) return;
    showNotice('The filter could not be learnt', messageOf(error));
    showState('done', 'Not learnt.');
  }
}

async function load(thumb: HTMLButtonElement): Promise<void> {
  for (const other of controls.thumbs) other.ariaPressed = String(other === thumb);
  const name = thumb.dataset.picture!;
  const bitmap = await createImageBitmap(await (await fetch(thumb.querySelector('img')!.src)).blob());
  const { planes, width, height } = drawPicture(name, bitmap, pictures.before);
  bitmap.close();
  page.style.setProperty('--aspect', String(width / height));
  picture = { values: planes, width, height };
  await run();
}

/** Says that there is no engine any more, and why. */
function stop(lost: Engine, { message }: LostInfo): void {
  if (lost !== engine) return;
  engine = undefined;
  const reason = message ? ` The browser says: ${message}` : '';
  showNotice('The GPU was lost', `This happens when a driver restarts or a computer sleeps.${reason}`, 'Restart');
  showState('stopped', 'Stopped: the GPU was lost.');
}

async function start(): Promise<void> {
  hideNotice();
  showState('starting', 'Starting…');
  try {
    const started = await createEngine();
    engine = started;
    started.lost.then((info) => stop(started, info));
    figures.adapter.textContent = started.info.name;
    figures.software.hidden = !started.info.isSoftware;
    await run();
  } catch (error) {
    showNotice('WebGPU is not available here', messageOf(error), 'Try again');
    showState('stopped', 'Nothing can be computed without WebGPU.');
  }
}

controls.filter.append(...UNKNOWN_FILTERS.map(({ name, id }) => new Option(name, id)));
controls.filter.addEventListener('change', run);
controls.form.addEventListener('submit', (event) => {
  event.preventDefault();
  run();
});
for (const thumb of controls.thumbs) thumb.addEventListener('click', () => load(thumb));
onRestart(start);
await Promise.all([load(controls.thumbs[0]!), start()]);
