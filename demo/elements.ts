// The elements of index.html that the scripts work with, each looked up once and with its type.
import { element } from './shared/element.js';

export const page = document.documentElement;

export const picture = {
  controls: element('picture-controls', HTMLFieldSetElement),
  thumbs: [...document.querySelectorAll<HTMLButtonElement>('.thumb')],
  file: element('file', HTMLInputElement),
  frames: element('pictures', HTMLElement),
  before: element('before', HTMLCanvasElement),
  beforeCaption: element('before-caption', HTMLElement),
  after: element('after', HTMLCanvasElement),
  afterCaption: element('after-caption', HTMLElement),
};

export const filter = {
  form: element('controls', HTMLFormElement),
  controls: element('filter-controls', HTMLFieldSetElement),
  select: element('filter', HTMLSelectElement),
  hint: element('filter-hint', HTMLElement),
  sliderRow: element('slider-row', HTMLElement),
  slider: element('slider', HTMLInputElement),
  sliderLabel: element('slider-label', HTMLElement),
  sliderValue: element('slider-value', HTMLOutputElement),
};

export const own = {
  box: element('own', HTMLElement),
  sizes: [...document.querySelectorAll<HTMLInputElement>('input[name="own-size"]')],
  grid: element('own-grid', HTMLElement),
  error: element('own-error', HTMLElement),
};

export const results = {
  status: element('status', HTMLElement),
  gpuLabel: element('gpu-label', HTMLElement),
  gpuMs: element('gpu-ms', HTMLElement),
  totalMs: element('total-ms', HTMLElement),
  adapter: element('adapter', HTMLElement),
  software: element('software', HTMLElement),
  compare: element('compare', HTMLButtonElement),
  comparison: element('comparison', HTMLElement),
  download: element('download', HTMLButtonElement),
};
