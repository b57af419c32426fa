// What the rows come to: how this engine stands against the others, in ratios of their times. Pure.
import { type BenchmarkRow, type EngineName, FORWARD, PLANNED, PLANNED_NHWC, WEBGPU_PEERS } from '../runner/result.js';
import { geometricMean } from '../runner/statistics.js';
import type { ShapeFacts } from '../shapes/bench-shape.js';
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

/** Error growth that the engine's option `accuracy` allows by default. */
const MOST_GROWTH = 8;

/** What a gradient may take, in times of its own convolution: it has as many products. */
const MOST_OVER_FORWARD = 1.5;

const isRight = (row: BenchmarkRow): row is RightRow => row.ok && row.ms !== null;

export function shapesOf(rows: readonly BenchmarkRow[]): string[] {
  return [...new Set(rows.map(({ shape }) => shape))];
}

/** The row of a shape that an engine is judged by: of webgpu-conv the planned one. Undefined where its result is not right. */
export function judgedRow(rows: readonly BenchmarkRow[], shape: string, engine: EngineName): BenchmarkRow | undefined {
  return rows.find(
    (row) =>
      row.ok && row.shape === shape && row.engine === engine && (engine !== 'webgpu-conv' || row.variant === PLANNED),
  );
}

/** The same, where calls were timed; where only first calls were, there is none. */
export function rightRow(rows: readonly BenchmarkRow[], shape: string, engine: EngineName): RightRow | undefined {
  const row = judgedRow(rows, shape, engine);
  return row && isRight(row) ? row : undefined;
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

/**
 * Peers that did not answer within the time limit for one step, and what that tells of how they stand against the planned row.
 * @param msOf the time of a row that is right, by which it is judged
 */
function overdueLines(
  rows: readonly BenchmarkRow[],
  msOf: (row: BenchmarkRow) => number | null = ({ ms }) => ms,
): string[] {
  const found = rows.flatMap(({ shape, engine, limitMs }) => {
    const own = judgedRow(rows, shape, 'webgpu-conv');
    const ownMs = own && msOf(own);
    if (limitMs === undefined || !ownMs || !WEBGPU_PEERS.includes(engine)) return [];
    return [`${shape}, ${engine}, more than ${times(limitMs / ownMs)}`];
  });
  return found.length === 0 ? [] : [`Not counted, since there was no answer in time: ${found.join('; ')}.`];
}

function line(title: string, found: readonly Duel[]): string {
  if (found.length === 0) return `${title}: no shape that both computed.`;
  const worst = found.reduce((least, duel) => (duel.ratio < least.ratio ? duel : least));
  const mean = times(geometricMean(found.map(({ ratio }) => ratio)));
  const count = found.length === 1 ? '1 shape' : `${found.length} shapes`;
  const won = found.filter(({ ratio }) => ratio >= 1).length;
  const worstText = `worst ${worst.shape}, ${times(worst.ratio)} (${worst.opponent})`;
  return `${title}: ${mean} in the geometric mean of ${count}, ${won} of them at 1 or above; ${worstText}.`;
}

/** A ratio for each shape that the planned row is right on: `own` are all right rows of this engine. */
function ratios(
  rows: readonly BenchmarkRow[],
  ratioOf: (planned: RightRow, others: readonly RightRow[]) => number | undefined,
): { shape: string; ratio: number }[] {
  return shapesOf(rows).flatMap((shape) => {
    const planned = rightRow(rows, shape, 'webgpu-conv');
    const own = rows.filter(isRight).filter((row) => row.shape === shape && row.engine === 'webgpu-conv');
    const ratio = planned && ratioOf(planned, own);
    return ratio === undefined ? [] : [{ shape, ratio }];
  });
}

function ratioLine(title: string, found: readonly { shape: string; ratio: number }[]): string[] {
  if (found.length === 0) return [];
  const worst = found.reduce((most, each) => (each.ratio > most.ratio ? each : most));
  const mean = times(geometricMean(found.map(({ ratio }) => ratio)));
  return [`${title}: ${mean} in the geometric mean; most ${worst.shape}, ${times(worst.ratio)}.`];
}

/** Algorithms that are faster than what the planner chose, and that it may not choose for their errors. */
function refusedLines(rows: readonly BenchmarkRow[]): string[] {
  const found = rows.filter(isRight).flatMap(({ shape, engine, variant, ms, errorGrowth = 1 }) => {
    const planned = rightRow(rows, shape, 'webgpu-conv');
    const isRefused = engine === 'webgpu-conv' && errorGrowth > MOST_GROWTH;
    if (!planned || !isRefused || ms >= planned.ms) return [];
    return [
      `${shape} ${variant}, ${times(planned.ms / ms)} as fast, errors up to ${times(errorGrowth)} a direct sum’s`,
    ];
  });
  return found.length === 0 ? [] : [`Not chosen, since accuracy is 'standard': ${found.join('; ')}.`];
}

/** Milliseconds of the convolution itself, by the faster of the algorithms that compute it beside its gradient; undefined if none does. */
export function forwardMs(rows: readonly BenchmarkRow[], shape: string): number | undefined {
  const found = rows.filter(isRight).filter((row) => row.shape === shape && row.variant.startsWith(FORWARD));
  return found.length === 0 ? undefined : Math.min(...found.map(({ ms }) => ms));
}

/** How the gradients stand against their own convolutions, and which of them take longer than they should. */
function gradientLines(rows: readonly BenchmarkRow[]): string[] {
  const found = ratios(rows, (planned) => {
    const forward = forwardMs(rows, planned.shape);
    return forward && planned.ms / forward;
  });
  const slow = found
    .filter(({ ratio }) => ratio > MOST_OVER_FORWARD)
    .map(({ shape, ratio }) => `${shape} ${times(ratio)}`);
  return ratioLine('Time of a gradient over that of its own convolution by im2col-gemm or implicit-gemm', found).map(
    (text) => `${text} Above ${MOST_OVER_FORWARD}: ${slow.length === 0 ? 'none' : slow.join(', ')}.`,
  );
}

/** First calls of another engine over ours. */
function coldDuels(rows: readonly BenchmarkRow[], opponent: EngineName): Duel[] {
  const first = (shape: string, engine: EngineName) => judgedRow(rows, shape, engine)?.firstMs ?? undefined;
  return shapesOf(rows).flatMap((shape) => {
    const [own, other] = [first(shape, 'webgpu-conv'), first(shape, opponent)];
    return own === undefined || other === undefined ? [] : [{ shape, opponent, ratio: other / own }];
  });
}

/** Lines below a table of first calls. */
function coldLines(rows: readonly BenchmarkRow[]): string[] {
  const peers = WEBGPU_PEERS.filter((engine) => rows.some((row) => row.engine === engine));
  return [
    ...peers.map((engine) => line(`First call of ${engine} over ours`, coldDuels(rows, engine))),
    ...overdueLines(rows, ({ firstMs }) => firstMs),
  ];
}

/** Lines below the table. */
export function summaryLines(rows: readonly BenchmarkRow[], facts: readonly ShapeFacts[]): string[] {
  if (rows.every(({ ms }) => ms === null) && rows.some(({ firstMs }) => firstMs !== null)) return coldLines(rows);
  const chosen = ratios(rows, (planned, own) => {
    // what is less accurate than the planner may choose is no alternative
    const algorithms = own.filter(
      ({ variant, errorGrowth = 1 }) =>
        variant !== PLANNED_NHWC && !variant.startsWith(FORWARD) && errorGrowth <= MOST_GROWTH,
    );
    return planned.ms / Math.min(...algorithms.map(({ ms }) => ms));
  });
  const layouts = ratios(rows, (planned, own) => {
    const last = own.find(({ variant }) => variant === PLANNED_NHWC);
    return last && last.ms / planned.ms;
  });
  const memory = rows.flatMap(({ shape, engine, variant, peakBytes }) => {
    const bytes = facts.find(({ id }) => id === shape)?.bytes;
    const isCounted = engine === 'webgpu-conv' && !variant.startsWith(FORWARD);
    return !isCounted || peakBytes === null || bytes === undefined ? [] : [{ shape, more: peakBytes - bytes }];
  });
  const most = memory.reduce<(typeof memory)[number] | undefined>((a, b) => (a && a.more >= b.more ? a : b), undefined);
  const wrong = rows.filter(({ engine, ok }) => engine === 'webgpu-conv' && !ok);
  return [
    line('Time of the fastest WebGPU peer over ours', duels(rows, WEBGPU_PEERS)),
    line('Time of tfjs-webgpu over ours', duels(rows, ['tfjs-webgpu'])),
    ...overdueLines(rows),
    ...gradientLines(rows),
    ...ratioLine('Time of what the planner chose over that of the best algorithm of the table', chosen),
    ...refusedLines(rows),
    ...ratioLine('Time with channels last over that with channels first', layouts),
    ...(most
      ? [`Memory besides input, filter and output: at most ${threeDigits(most.more / 2 ** 20)} MiB (${most.shape}).`]
      : []),
    ...(wrong.length === 0
      ? []
      : [`No result of ours for ${wrong.map(({ shape, variant }) => `${shape} ${variant}`.trim()).join(', ')}.`]),
  ];
}
