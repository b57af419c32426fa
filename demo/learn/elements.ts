// The elements of the page that the scripts work with, each looked up once and with its type.
import { element } from '../shared/element.js';

export const page = document.documentElement;

export const controls = {
  form: element('controls', HTMLFormElement),
  choices: element('choices', HTMLFieldSetElement),
  thumbs: [...document.querySelectorAll<HTMLButtonElement>('.thumb')],
  filter: element('filter', HTMLSelectElement),
};

export const figures = {
  status: element('status', HTMLElement),
  step: element('step', HTMLElement),
  distance: element('distance', HTMLElement),
  time: element('time', HTMLElement),
  adapter: element('adapter', HTMLElement),
  software: element('software', HTMLElement),
};

export const pictures = {
  learnt: element('learnt', HTMLCanvasElement),
  truth: element('truth', HTMLCanvasElement),
  chart: element('chart', HTMLElement),
  before: element('before', HTMLCanvasElement),
  after: element('after', HTMLCanvasElement),
};
