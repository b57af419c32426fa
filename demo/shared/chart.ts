// A curve over steps, drawn by uPlot (https://github.com/leeoniya/uPlot) in the colours of the page, as wide as its box.
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

/** What a chart shows. */
export interface ChartOptions {
  /** Of the curve, in the legend. */
  readonly label: string;
  /** Ends of the vertical axis; undefined: as the values are. */
  readonly range?: readonly [least: number, most: number];
  /** Whether the vertical axis is logarithmic; default false. */
  readonly logarithmic?: boolean;
  /** A value as text. */
  readonly text: (value: number) => string;
  /** Where a dashed line is drawn across, if anywhere. */
  readonly mark?: number;
}

const HEIGHT = 220; // pixels

/** A chart that curves are put into. */
export class Chart {
  readonly #box: HTMLElement;
  readonly #options: ChartOptions;
  #steps: number[] = [];
  #values: number[] = [];
  #last = 1;
  #plot: uPlot | undefined;

  constructor(box: HTMLElement, options: ChartOptions) {
    this.#box = box;
    this.#options = options;
    new ResizeObserver(() => this.#resize()).observe(box);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#draw());
    document.addEventListener('visibilitychange', () => this.#show());
    this.#draw();
  }

  /** Begins anew, with an axis up to step `last`. */
  clear(last: number): void {
    this.#steps = [];
    this.#values = [];
    this.#last = last;
    this.#show();
  }

  add(step: number, value: number): void {
    this.#steps.push(step);
    this.#values.push(value);
    this.#show();
  }

  #show(): void {
    if (document.hidden) return; // nobody sees it; it is drawn when somebody does
    this.#plot?.setData([this.#steps, this.#values]);
  }

  #resize(): void {
    const width = this.#box.clientWidth;
    if (width > 0) this.#plot?.setSize({ width, height: HEIGHT });
  }

  #draw(): void {
    const style = getComputedStyle(this.#box);
    const [line, quiet, accent] = ['--line', '--quiet', '--accent'].map((name) => style.getPropertyValue(name));
    const { label, range, logarithmic = false, text, mark } = this.#options;
    const axis = { stroke: quiet!, grid: { stroke: line!, width: 1 }, ticks: { show: false }, font: '12px system-ui' };
    this.#plot?.destroy();
    this.#plot = new uPlot(
      {
        width: Math.max(1, this.#box.clientWidth),
        height: HEIGHT,
        cursor: { y: false, drag: { x: false, y: false } },
        legend: { show: false },
        scales: {
          x: { time: false, range: () => [0, this.#last] },
          y: { ...(logarithmic ? { distr: 3 as const } : {}), ...(range ? { range: [...range] } : {}) },
        },
        axes: [
          { ...axis, size: 28 },
          {
            ...axis,
            size: 48,
            values: (_, ticks) => ticks.map(text),
            ...(logarithmic
              ? { splits: (_, __, least, most) => powersOfTen(least, most), filter: (_, splits) => splits }
              : {}),
          },
        ],
        series: [{}, { label, stroke: accent!, width: 2, points: { size: 5, fill: accent! } }],
        hooks: mark === undefined ? {} : { draw: [(plot) => drawMark(plot, mark, quiet!)] },
      },
      [this.#steps, this.#values],
      this.#box,
    );
  }
}

/** Powers of ten from `least` to `most`, every other one where there are many. */
function powersOfTen(least: number, most: number): number[] {
  const [first, last] = [Math.ceil(Math.log10(least) - 1e-9), Math.floor(Math.log10(most) + 1e-9)];
  const step = last - first > 5 ? 2 : 1;
  return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, index) => 10 ** (first + step * index));
}

function drawMark({ ctx, bbox, valToPos }: uPlot, value: number, colour: string): void {
  const y = valToPos(value, 'y', true);
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([4 * devicePixelRatio, 4 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.restore();
}
