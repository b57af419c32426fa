// The demo: pick a picture and a filter, and see what the GPU makes of them. This file holds the page's state (engine,
// picture, result) and what leads from one to the next; the other files do one thing each.
import { createEngine, DeviceLostError, type Engine, type LostInfo } from 'webgpu-conv';
import { type Comparable, forgetComparison, startComparison } from './comparison.js';
import { chosenJob, startControls } from './controls.js';
import { convolve, pixelsFor } from './convolve.js';
import { download, fileName } from './download.js';
import { picture as pictures, results } from './elements.js';
import type { Job } from './filters.js';
import { latestOnly } from './latest.js';
import { carriesFiles, draggedFile, drawPicture, type Picture } from './picture.js';
import { hideNotice, messageOf, onRestart, showNotice } from './shared/notice.js';
import { isUsable, showAdapter, showPicture, showResult, showState } from './view.js';

let engine: Engine | undefined;
let picture: Picture | undefined;
let shown: Comparable | undefined;
let pictureRequests = 0;

interface Run {
  readonly engine: Engine;
  readonly picture: Picture;
  readonly job: Job;
}

const enqueue = latestOnly<Run>(async (run, isLatest) => {
  const isWanted = () => isLatest() && run.engine === engine && run.picture === picture;
  try {
    const outcome = await convolve(run.engine, run.picture, run.job);
    if (!isWanted()) return;
    const { width, height } = run.picture;
    showResult(run.job.name, pixelsFor(run.picture, run.job, outcome.values), outcome);
    shown = { ...run, values: outcome.values };
    forgetComparison();
    showState('done', `Done: ${run.job.name}, on ${width} × ${height} pixels in three colours.`);
  } catch (error) {
    // the loss of the device has a notice of its own, see stop()
    if (!isWanted() || error instanceof DeviceLostError) return;
    showNotice('This filter could not be computed', messageOf(error));
    showState('failed', 'Not computed.');
  }
});

/** Runs what is set, on the picture that is there. */
function run(): void {
  if (!engine || !picture) return;
  const job = chosenJob();
  if (!job) {
    if (!shown) showState('done', 'Waiting for weights that are numbers.');
    return;
  }
  forgetComparison();
  hideNotice();
  showState('busy', `Computing: ${job.name} …`);
  enqueue({ engine, picture, job });
}

/** Takes the picture that `read` gets. The latest one asked for wins, however long the reading takes. */
async function load(name: string, read: () => Promise<Blob>, thumb?: HTMLButtonElement): Promise<void> {
  const request = ++pictureRequests;
  hideNotice();
  if (isUsable()) showState('busy', `Reading ${name} …`);
  const bitmap = await read()
    .then((blob) => createImageBitmap(blob))
    .catch(() => undefined);
  if (request === pictureRequests) {
    if (bitmap) usePicture(drawPicture(name, bitmap, pictures.before), thumb);
    else refusePicture(name);
  }
  bitmap?.close();
}

function usePicture(loaded: Picture, thumb?: HTMLButtonElement): void {
  picture = loaded;
  shown = undefined;
  forgetComparison();
  showPicture(loaded, thumb);
  run();
}

function refusePicture(name: string): void {
  const before = picture ? ' The picture from before stays.' : '';
  showNotice(
    'This is no picture',
    `“${name}” cannot be read as a picture. Choose a PNG, JPEG, WebP, AVIF or GIF file.${before}`,
  );
  if (isUsable())
    showState(shown ? 'done' : 'failed', shown ? `Done: ${shown.job.name}, as before.` : 'No result yet.');
}

function loadFile(file: File | undefined): void {
  if (file) load(file.name, async () => file);
}

function loadBundled(thumb: HTMLButtonElement): Promise<void> {
  return load(thumb.dataset.picture!, async () => (await fetch(thumb.querySelector('img')!.src)).blob(), thumb);
}

/** Says that there is no engine any more, and why. */
function stop(lost: Engine, { message }: LostInfo): void {
  if (lost !== engine) return;
  engine = undefined;
  const reason = message ? ` The browser says: ${message}` : '';
  showNotice(
    'The GPU was lost',
    `This happens when a driver restarts or a computer sleeps. Your picture and settings are still here.${reason}`,
    'Restart',
  );
  showState('stopped', 'Stopped: the GPU was lost.');
}

async function start(): Promise<void> {
  hideNotice();
  showState('starting', 'Starting…');
  try {
    const started = await createEngine();
    engine = started;
    started.lost.then((info) => stop(started, info));
    showAdapter(started);
    showState('done', 'Ready.');
    run();
  } catch (error) {
    showNotice('WebGPU is not available here', messageOf(error), 'Try again');
    showState('stopped', 'Nothing can be computed without WebGPU.');
  }
}

function startPictureControls(): void {
  for (const thumb of pictures.thumbs) thumb.addEventListener('click', () => loadBundled(thumb));
  pictures.file.addEventListener('change', () => {
    loadFile(pictures.file.files?.[0]);
    pictures.file.value = ''; // or choosing the same file once more would be no change
  });
  addEventListener('dragover', (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    pictures.frames.classList.toggle('dropping', isUsable());
  });
  addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) pictures.frames.classList.remove('dropping'); // it left the window
  });
  addEventListener('drop', (event) => {
    pictures.frames.classList.remove('dropping');
    if (!carriesFiles(event)) return;
    event.preventDefault(); // the browser would leave the page and open the file
    if (isUsable()) loadFile(draggedFile(event));
  });
}

startControls(run);
startPictureControls();
startComparison(() => shown);
onRestart(start);
results.download.addEventListener('click', () => {
  if (!shown) return;
  download(pictures.after, fileName(shown.picture.name, shown.job.name)).catch((error) =>
    showNotice('The picture could not be saved', messageOf(error)),
  );
});
await Promise.all([loadBundled(pictures.thumbs[0]!), start()]);
