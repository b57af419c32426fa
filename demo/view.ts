// What the page says: its state, captions, times and pictures. All texts about results are here.
import type { Engine } from 'webgpu-conv';
import type { Pixels } from 'webgpu-conv/image';
import type { Outcome } from './convolve.js';
import { filter, page, picture as pictures, results } from './elements.js';
import type { Picture } from './picture.js';

/** `busy`: a run is under way. `stopped`: there is no engine, and nothing can be set. */
export type State = 'starting' | 'busy' | 'done' | 'failed' | 'stopped';

export function showState(state: State, status: string): void {
  page.dataset.state = state;
  results.status.textContent = status;
  const isUsable = state !== 'starting' && state !== 'stopped';
  pictures.controls.disabled = !isUsable;
  filter.controls.disabled = !isUsable;
}

/** Whether controls may be used; what is dropped on the page goes past them. */
export function isUsable(): boolean {
  return !filter.controls.disabled;
}

export function showAdapter({ info }: Engine): void {
  results.adapter.textContent = info.name;
  results.software.hidden = !info.isSoftware;
}

function sizeOf({ width, height }: Picture): string {
  return `${width} × ${height}`;
}

/** Makes room for a picture, and empties the place of the result, which is of another one. */
export function showPicture(picture: Picture, chosen?: HTMLButtonElement): void {
  const { name, width, height, scaledFrom } = picture;
  // very long or tall pictures get margins instead of a page that is all picture
  page.style.setProperty('--aspect', String(Math.min(2, Math.max(0.75, width / height))));
  pictures.beforeCaption.textContent =
    sizeOf(picture) + (scaledFrom === undefined ? '' : `, scaled down from ${scaledFrom}`);
  pictures.before.ariaLabel = `The picture ${name}`;
  pictures.after.width = width;
  pictures.after.height = height;
  for (const thumb of pictures.thumbs) thumb.ariaPressed = String(thumb === chosen);
  forgetResult();
}

/** A time in a few digits; clocks of browsers tick in steps of up to 0.1 ms. */
export function milliseconds(ms: number): string {
  if (ms < 0.1) return 'under 0.1 ms';
  if (ms >= 10_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${ms.toFixed(ms < 10 ? 2 : ms < 100 ? 1 : 0)} ms`;
}

export function showResult(name: string, pixels: Pixels, { gpuMs, clock, totalMs }: Outcome): void {
  const { after, afterCaption } = pictures;
  const context = after.getContext('2d', { willReadFrequently: true })!;
  const image = context.createImageData(pixels.width, pixels.height);
  image.data.set(pixels.data);
  context.putImageData(image, 0, 0);
  after.ariaLabel = `The picture after: ${name}`;
  afterCaption.textContent = name;
  results.gpuLabel.textContent =
    clock === 'timestamp-query' ? 'Convolution on the GPU' : 'Convolution on the GPU, by the wall clock';
  results.gpuMs.textContent = milliseconds(gpuMs);
  results.totalMs.textContent = milliseconds(totalMs);
  results.compare.disabled = false;
  results.download.disabled = false;
}

function forgetResult(): void {
  pictures.afterCaption.textContent = '';
  pictures.after.ariaLabel = 'The filtered picture, not computed yet';
  results.gpuMs.textContent = '–';
  results.totalMs.textContent = '–';
  results.compare.disabled = true;
  results.download.disabled = true;
}
