// The pad: lines follow the pointer (mouse, pen or finger), and whoever asked is told of every change.
import { drawStrokes, type Point, type Stroke } from './strokes.js';

const PEN = 20; // pixels of the pad's own

/** A pad on a canvas. */
export class Pad {
  readonly side: number;
  readonly #canvas: HTMLCanvasElement;
  readonly #changed: () => void;
  #strokes: Point[][] = [];
  #pointer: number | undefined;

  constructor(canvas: HTMLCanvasElement, changed: () => void) {
    this.#canvas = canvas;
    this.#changed = changed;
    this.side = canvas.width;
    canvas.addEventListener('pointerdown', (event) => {
      if (this.#pointer !== undefined || event.button !== 0) return;
      this.#pointer = event.pointerId;
      canvas.setPointerCapture(event.pointerId); // lines may leave the pad and come back
      this.#strokes.push([]);
      this.#extend([event]);
      event.preventDefault();
    });
    canvas.addEventListener('pointermove', (event) => {
      if (event.pointerId !== this.#pointer) return;
      const all = event.getCoalescedEvents();
      this.#extend(all.length > 0 ? all : [event]);
    });
    for (const end of ['pointerup', 'pointercancel'] as const) {
      canvas.addEventListener(end, (event) => {
        if (event.pointerId === this.#pointer) this.#pointer = undefined;
      });
    }
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#draw());
    this.#draw();
  }

  get strokes(): readonly Stroke[] {
    return this.#strokes;
  }

  clear(): void {
    this.#strokes = [];
    this.#draw();
    this.#changed();
  }

  #extend(events: readonly PointerEvent[]): void {
    const { left, top, width, height } = this.#canvas.getBoundingClientRect();
    const points = events.map(
      ({ clientX, clientY }): Point => [((clientX - left) / width) * this.side, ((clientY - top) / height) * this.side],
    );
    this.#strokes.at(-1)!.push(...points);
    this.#draw();
    this.#changed();
  }

  #draw(): void {
    const context = this.#canvas.getContext('2d')!;
    context.clearRect(0, 0, this.side, this.side);
    context.strokeStyle = getComputedStyle(this.#canvas).color;
    drawStrokes(context, this.#strokes, PEN);
  }
}
