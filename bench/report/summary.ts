// What the rows come to: how this engine stands against the others, in ratios of their times. Pure.
import { type BenchmarkRow, type EngineName, PLANNED, WEBGPU_PEERS } from '../runner/result.js';
import { geometricMean } from '../runner/statistics.js';
import { threeDigits } from '../support/table.js';

/** This engine against another on one shape. */
export interface Duel {
  readonly shape: string;
  readonly opponent: EngineName;
  /** The other's time over that of the planned row: above 1, this engine is faster. */
  readonly ratio: number;
}

/** A row whose result counts. */
export type RightRow = BenchmarkRow & { readonly ms: number };

const isRight = (row: BenchmarkRow): row is RightRow => row.ok && row.ms !== null;

export function shapesOf(rows: readonly BenchmarkRow[]): string[] {
  return [...new Set(rows.map(({ shape }) => shape))];
}

/** The row of a shape that an engine is judged by: of webgpu-conv the planned one. Undefined where it has no right result. */
export function rightRow(rows: readonly BenchmarkRow[], shape: string, engine: EngineName): RightRow | undefined {
  return rows
    .filter(isRight)
    .find(
      (row) => row.shape === shape && row.engine === engine && (engine !== 'webgpu-conv' || row.variant === PLANNED),
    );
}

/** The fastest of some engines for a shape. */
export function fastest(
  rows: readonly BenchmarkRow[],
  shape: string,
  engines: readonly EngineName[],
): RightRow | undefined {
  return engines
    .map((engine) => rightRow(rows, shape, engine))
    .filter((row) => row !== undefined)
    .reduce<RightRow | undefined>((best, row) => (best !== undefined && best.ms <= row.ms ? best : row), undefined);
}

/** The planned row against the fastest of the opponents, for each shape where both are right. */
export function duels(rows: readonly BenchmarkRow[], opponents: readonly EngineName[]): Duel[] {
  return shapesOf(rows).flatMap((shape) => {
    const own = rightRow(rows, shape, 'webgpu-conv');
    const other = fastest(rows, shape, opponents);
    return own && other ? [{ shape, opponent: other.engine, ratio: other.ms / own.ms }] : [];
  });
}

const times = (ratio: number) => `${threeDigits(ratio)}×`;

function line(title: string, found: readonly Duel[]): string {
  if (found.length === 0) return `${title}: no shape that both computed.`;
  const worst = found.reduce((least, duel) => (duel.ratio < least.ratio ? duel : least));
  const mean = times(geometricMean(found.map(({ ratio }) => ratio)));
  const count = found.length === 1 ? '1 shape' : `${found.length} shapes`;
  const won = found.filter(({ ratio }) => ratio >= 1).length;
  const worstText = `worst ${worst.shape}, ${times(worst.ratio)} (${worst.opponent})`;
  return `${title}: ${mean} in the geometric mean of ${count}, ${won} of them at 1 or above; ${worstText}.`;
}

/** Lines below the table. */
export function summaryLines(rows: readonly BenchmarkRow[]): string[] {
  const planned = rows.filter(({ engine, variant }) => engine === 'webgpu-conv' && variant === PLANNED);
  const best = planned.flatMap((row) => {
    const own = rows.filter(isRight).filter(({ shape, engine }) => shape === row.shape && engine === 'webgpu-conv');
    const least = Math.min(...own.map(({ ms }) => ms));
    return row.ms !== null && row.ok ? [least / row.ms] : [];
  });
  const wrong = rows.filter(({ engine, ok }) => engine === 'webgpu-conv' && !ok);
  return [
    line('Time of the fastest WebGPU peer over ours', duels(rows, WEBGPU_PEERS)),
    line('Time of tfjs-webgpu over ours', duels(rows, ['tfjs-webgpu'])),
    ...(best.length === 0
      ? []
      : [`Time of the best algorithm of the table over what the planner chose: ${times(geometricMean(best))}.`]),
    ...(wrong.length === 0
      ? []
      : [`No result of ours for ${wrong.map(({ shape, variant }) => `${shape} ${variant}`.trim()).join(', ')}.`]),
  ];
}
