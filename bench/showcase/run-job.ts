// One convolution of the showcase: warmed up, timed on the GPU, with transfers, and on the CPU in turn, and the very
// outputs that were timed held against the reference.
import { conv2dProblem, describeConv, type Engine } from 'webgpu-conv';
import {
  type Comparison,
  compare,
  conv2d,
  type ExpectedResult,
  expectedConv2d,
  type Shape,
} from 'webgpu-conv/reference';
import type { ConvData } from '../support/resnet50.js';
import { breathe, measureInTurn, median, wallClockMs } from '../support/timing.js';
import type { Job } from './jobs.js';
import type { SelfTest, ShowcaseRow } from './result.js';

const ROUNDS = { rounds: 5, slowMs: 2000, budgetMs: 3000 };

/** What came of a job. */
export interface JobOutcome {
  readonly row: ShowcaseRow;
  readonly clock: 'timestamp-query' | 'wall-clock';
  /** The output, and its shape. */
  readonly values: Float32Array;
  readonly shape: Shape;
  /** What it was held against. */
  readonly expected: ExpectedResult;
}

/** Upload, convolution, read-back: as who has one picture and wants one result. */
async function endToEnd(engine: Engine, { input, filter, options }: ConvData): Promise<Float32Array> {
  using x = engine.tensor(input.data, input.shape);
  using w = engine.tensor(filter.data, filter.shape);
  using y = await engine.conv2d(x, w, options);
  return await y.read();
}

function worse(a: Comparison, b: Comparison): Comparison {
  return b.errorBoundUnits > a.errorBoundUnits ? b : a;
}

function problemOf({ input, filter, options: { bias, ...geometry } }: ConvData): string {
  const biasShape = bias === undefined ? {} : { biasShape: [bias.length] };
  return describeConv(conv2dProblem({ ...geometry, ...biasShape, inputShape: input.shape, filterShape: filter.shape }));
}

/** Runs a job. Its data is there already, so that nothing but the convolution is timed. */
export async function runJob(engine: Engine, { id, data }: Job): Promise<JobOutcome> {
  const { input, filter, options } = data;
  using x = engine.tensor(input.data, input.shape);
  using w = engine.tensor(filter.data, filter.shape);
  using prepared = await engine.prepareConv2d({ ...options, inputShape: input.shape, filter: w });

  let transferred = await endToEnd(engine, data); // warm-up: compiles pipelines, fills the pool
  let computed = prepared.run(x);
  let clock: JobOutcome['clock'] = 'wall-clock';
  await engine.finish();
  conv2d(input, filter, options);

  const samples = await measureInTurn(
    [
      {
        name: 'gpu',
        async run() {
          computed.dispose();
          const measured = await engine.measure(() => prepared.run(x));
          computed = measured.result;
          clock = measured.clock;
          return measured.gpuMs;
        },
      },
      {
        name: 'end to end',
        run: () =>
          wallClockMs(async () => {
            transferred = await endToEnd(engine, data);
          }),
      },
      { name: 'cpu', run: () => wallClockMs(() => conv2d(input, filter, options)) },
    ],
    ROUNDS,
    breathe,
  );
  const values = await computed.read();
  computed.dispose();
  await breathe();
  const expected = expectedConv2d(input, filter, options);
  const { ok, errorBoundUnits } = worse(compare(values, expected), compare(transferred, expected));
  const [gpuMs, endToEndMs, cpuMs] = ['gpu', 'end to end', 'cpu'].map((name) => median(samples.get(name)!));
  return {
    row: {
      id,
      problem: problemOf(data),
      algorithm: `${prepared.algorithm}/${prepared.variant}`,
      gpuMs: gpuMs!,
      endToEndMs: endToEndMs!,
      cpuMs: cpuMs!,
      speedup: cpuMs! / gpuMs!,
      errorBoundUnits: Math.min(errorBoundUnits, Number.MAX_VALUE), // JSON has no infinity
      ok,
    },
    clock,
    values,
    shape: prepared.outputShape,
    expected,
  };
}

/** Computes with one weight changed by a tenth of the largest, which the check must find. */
export async function runSelfTest(engine: Engine, data: ConvData, expected: ExpectedResult): Promise<SelfTest> {
  const weights = data.filter.data.slice();
  weights[weights.length >> 1]! += weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0) / 10;
  const wrong = await endToEnd(engine, { ...data, filter: { ...data.filter, data: weights } });
  const { ok, errorBoundUnits } = compare(wrong, expected);
  return { ok: !ok, errorBoundUnits };
}
