// The pad's drawing, read by the network: what it sees, what it takes it for, and how likely each digit is.
import { latestOnly } from '../latest.js';
import { chancesOf, readingOf } from './confusion.js';
import { CLASSES } from './digit.js';
import { drawing } from './elements.js';
import { Pad } from './pad.js';
import { pictureOf } from './strokes.js';
import { drawPictures } from './view.js';

/** The logits (10) of a picture; undefined where there is no network. */
export type Reader = (picture: Float32Array) => Promise<Float32Array | undefined>;

const bars = Array.from({ length: CLASSES }, (_, digit) => {
  const row = document.createElement('li');
  const bar = Object.assign(document.createElement('span'), { className: 'bar' });
  row.append(String(digit), bar);
  return { row, bar };
});
drawing.chances.append(...bars.map(({ row }) => row));

function show(answer: string, chances: readonly number[]): void {
  drawing.answer.textContent = answer;
  for (const [digit, { row, bar }] of bars.entries()) {
    const chance = chances[digit] ?? 0;
    bar.style.setProperty('--share', String(chance));
    row.ariaLabel = `${digit}: ${Math.round(100 * chance)}%`;
    row.classList.toggle('read', String(digit) === answer);
  }
}

/**
 * Wires the pad.
 * @param read must not reject.
 * @returns reads the drawing once more, for when the network has changed
 */
export function startPad(read: Reader): () => void {
  const enqueue = latestOnly<Float32Array>(async (picture, isLatest) => {
    const logits = await read(picture);
    if (!logits || !isLatest() || pad.strokes.length === 0) return;
    show(String(readingOf(logits)), chancesOf(logits));
  });
  const readAgain = () => {
    const picture = pictureOf(pad.strokes, pad.side);
    drawPictures(drawing.seen, picture, 1);
    if (pad.strokes.length === 0) show('–', []);
    else enqueue(picture);
  };
  const pad = new Pad(drawing.pad, readAgain);
  drawing.clear.addEventListener('click', () => pad.clear());
  readAgain();
  return readAgain;
}
