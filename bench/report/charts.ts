// Draws charts as SVG, by Apache ECharts, which needs no page for it.
import { BarChart, ScatterChart } from 'echarts/charts';
import { GridComponent, LegendComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import type { Chart } from './chart-options.js';

use([BarChart, ScatterChart, GridComponent, LegendComponent, SVGRenderer]);

/** The chart as an SVG element. */
export function draw({ option, width, height }: Chart): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  chart.setOption(option);
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}
