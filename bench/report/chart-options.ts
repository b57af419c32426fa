// The charts of the report, as data for ECharts. Pure: what draws them is in charts.ts, with the library.
import { type BenchmarkRow, ENGINES, WEBGPU_PEERS } from '../runner/result.js';
import { threeDigits } from '../support/table.js';
import { FONT, frame, heightFor, LOOKS, logAxis, WIDTH } from './chart-frame.js';
import { fastest, forwardMs, judgedRow, rightRow, shapesOf } from './summary.js';

export interface Chart {
  readonly title: string;
  readonly caption: string;
  readonly width: number;
  readonly height: number;
  /** An ECharts option. */
  readonly option: object;
}

/** A point for each engine and shape on a logarithmic axis; undefined where there is none. */
function dots(
  rows: readonly BenchmarkRow[],
  title: string,
  caption: string,
  axis: string,
  value: (row: BenchmarkRow) => number | undefined,
): Chart | undefined {
  const shapes = shapesOf(rows);
  const series = ENGINES.map((engine) => ({
    engine,
    points: shapes.flatMap((shape) => {
      const row = judgedRow(rows, shape, engine);
      const x = row && value(row);
      return x === undefined || x <= 0 ? [] : [[x, shape] as const];
    }),
  })).filter(({ points }) => points.length > 0);
  const values = series.flatMap(({ points }) => points.map(([x]) => x));
  if (values.length === 0) return undefined;
  const option = {
    ...frame(shapes),
    xAxis: logAxis(axis, values),
    series: series.map(({ engine, points }) => ({
      type: 'scatter',
      name: engine,
      data: points,
      symbol: LOOKS[engine].symbol,
      symbolSize: 11,
      itemStyle: { color: LOOKS[engine].color, opacity: 0.9 },
    })),
  };
  return { title, caption, width: WIDTH, height: heightFor(shapes.length), option };
}

function rooflineBars(rows: readonly BenchmarkRow[]): Chart | undefined {
  const shapes = shapesOf(rows);
  const percent = (row: BenchmarkRow | undefined) => row?.rooflinePercent ?? null;
  const bars = [
    {
      name: 'webgpu-conv, planned',
      color: LOOKS['webgpu-conv'].color,
      of: (s: string) => rightRow(rows, s, 'webgpu-conv'),
    },
    {
      name: 'fastest WebGPU peer',
      color: LOOKS['tfjs-webgpu'].color,
      of: (s: string) => fastest(rows, s, WEBGPU_PEERS),
    },
  ].map(({ name, color, of }) => ({ name, color, data: shapes.map((shape) => percent(of(shape))) }));
  if (bars.every(({ data }) => data.every((value) => value === null))) return undefined;
  const label = { show: true, position: 'right', ...FONT, fontSize: 11 };
  const option = {
    ...frame(shapes),
    xAxis: {
      type: 'value',
      name: 'percent of the roofline',
      nameLocation: 'middle',
      nameGap: 32,
      nameTextStyle: FONT,
      axisLabel: FONT,
      splitLine: { lineStyle: { color: '#d9dde2' } },
    },
    series: bars.map(({ name, color, data }) => ({
      type: 'bar',
      name,
      data,
      barMaxWidth: 14,
      itemStyle: { color },
      label: { ...label, formatter: ({ value }: { value: number }) => `${threeDigits(value)}%` },
    })),
  };
  return {
    title: 'Share of what the adapter can do',
    caption:
      'Operations of the direct method a second, in percent of the lesser of two ceilings: multiply-adds, and bandwidth times operations for each byte.',
    width: WIDTH,
    height: heightFor(shapes.length, 40),
    option,
  };
}

/** Every chart that there are results for. */
export function charts(rows: readonly BenchmarkRow[]): Chart[] {
  const relative = (row: BenchmarkRow) => {
    const own = rightRow(rows, row.shape, 'webgpu-conv');
    return own && row.ms !== null ? row.ms / own.ms : undefined;
  };
  return [
    dots(
      rows,
      'Time, relative to webgpu-conv as planned',
      'Right of 1: slower than webgpu-conv. Left of 1: faster.',
      'time of a call ÷ time of webgpu-conv',
      relative,
    ),
    dots(
      rows,
      'Gradients, relative to our own convolution',
      'The convolution itself by im2col-gemm or implicit-gemm, whichever is faster. Right of 1: slower than it.',
      'time of a call ÷ time of the convolution itself',
      ({ shape, ms }) => {
        const forward = forwardMs(rows, shape);
        return forward && ms !== null ? ms / forward : undefined;
      },
    ),
    rooflineBars(rows),
    dots(
      rows,
      'First call',
      'With planning and compilation, operands on the device.',
      'ms',
      ({ firstMs }) => firstMs ?? undefined,
    ),
    dots(
      rows,
      'With copies',
      'Upload of the input, convolution, read-back of the output.',
      'ms',
      ({ endToEndMs }) => endToEndMs ?? undefined,
    ),
  ].filter((chart) => chart !== undefined);
}
