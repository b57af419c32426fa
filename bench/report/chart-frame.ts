// How the charts look: colours and symbols of the engines, axes, sizes.
import type { EngineName } from '../runner/result.js';

/** Colours that stay apart for colour-blind eyes (M. Okabe, K. Ito), and symbols that stay apart without colours. */
export const LOOKS: Readonly<Record<EngineName, { color: string; symbol: string }>> = {
  'webgpu-conv': { color: '#0072b2', symbol: 'circle' },
  'tfjs-webgpu': { color: '#e69f00', symbol: 'rect' },
  'ort-webgpu': { color: '#009e73', symbol: 'triangle' },
  'ort-webgpu-nchw': { color: '#56b4e9', symbol: 'diamond' },
  'jax-webgpu': { color: '#cc79a7', symbol: 'emptyCircle' },
  'tfjs-wasm': { color: '#7a7a7a', symbol: 'emptyRect' },
  reference: { color: '#b4b4b4', symbol: 'emptyTriangle' },
};

export const WIDTH = 1040;
const ROW_HEIGHT = 26;
const [TOP, BOTTOM] = [48, 56];
export const FONT = { fontFamily: 'system-ui, sans-serif', fontSize: 13, color: '#1c2024' };

export const heightFor = (count: number, rowHeight = ROW_HEIGHT) => TOP + BOTTOM + Math.max(2, count) * rowHeight;

/** Room for the longest id. */
const labelWidth = (shapes: readonly string[]) => 24 + 8 * Math.max(...shapes.map(({ length }) => length));

/** What the charts have in common: shapes from top to bottom, names of the series above. */
export function frame(shapes: readonly string[]) {
  return {
    animation: false,
    backgroundColor: '#ffffff',
    textStyle: FONT,
    legend: { top: 8, left: 'center', itemGap: 28, itemWidth: 14, itemHeight: 12, textStyle: FONT },
    grid: { left: labelWidth(shapes), right: 60, top: TOP, bottom: BOTTOM, outerBoundsMode: 'none' },
    yAxis: {
      type: 'category',
      data: shapes,
      inverse: true,
      axisTick: { show: false },
      axisLabel: { ...FONT, interval: 0 },
      splitLine: { show: true, lineStyle: { color: '#eceef1' } },
    },
  };
}

/** A logarithmic axis from power to power of ten. */
export function logAxis(name: string, values: readonly number[]) {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return {
    type: 'log',
    name,
    nameLocation: 'middle',
    nameGap: 32,
    nameTextStyle: FONT,
    min: 10 ** Math.floor(Math.log10(least)),
    max: 10 ** Math.ceil(Math.log10(most * 1.01)),
    axisLabel: { ...FONT, formatter: (value: number) => String(Number(value.toPrecision(3))) },
    splitLine: { lineStyle: { color: '#d9dde2' } },
  };
}
