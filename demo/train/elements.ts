// The elements of the page that the scripts work with, each looked up once and with its type.
import { element } from '../shared/element.js';

export const page = document.documentElement;

export const controls = {
  run: element('run', HTMLButtonElement),
  again: element('again', HTMLButtonElement),
  save: element('save', HTMLButtonElement),
  file: element('file', HTMLInputElement),
};

export const figures = {
  progress: element('progress', HTMLProgressElement),
  status: element('status', HTMLElement),
  step: element('step', HTMLElement),
  loss: element('loss', HTMLElement),
  accuracy: element('accuracy', HTMLElement),
  time: element('time', HTMLElement),
  heldOutCount: element('held-out-count', HTMLElement),
  adapter: element('adapter', HTMLElement),
  memory: element('memory', HTMLElement),
  software: element('software', HTMLElement),
};

export const drawing = {
  pad: element('pad', HTMLCanvasElement),
  seen: element('seen', HTMLCanvasElement),
  answer: element('answer', HTMLOutputElement),
  clear: element('clear', HTMLButtonElement),
  chances: element('chances', HTMLOListElement),
};

export const views = {
  loss: element('loss-chart', HTMLElement),
  accuracy: element('accuracy-chart', HTMLElement),
  filters: element('filters', HTMLElement),
  digits: element('digits', HTMLCanvasElement),
  confusion: element('confusion', HTMLTableElement),
};
