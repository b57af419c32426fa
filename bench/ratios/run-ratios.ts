// How much faster than plain JavaScript the multiply and the whole convolution are, on a layer of ResNet-50: every
// variant of im2col-gemm and the reference, in the same page in turn, outputs checked.
import {
  conv2dProblem,
  createEngine,
  describeConv,
  type Engine,
  flopCount,
  type PassTime,
  type Tensor,
} from 'webgpu-conv';
import { compare, conv2d, expectedConv2d } from 'webgpu-conv/reference';
import { version } from '../../package.json';
import type { Progress } from '../support/outcome.js';
import { type ConvData, layerData, RESNET50_LAYERS } from '../support/resnet50.js';
import { breathe, measureInTurn, summarise, wallClockMs } from '../support/timing.js';
import { ratiosTable } from './ratios-table.js';
import type { Rate, RatiosRequest, RatiosResult, RatiosRun, VariantRow } from './result.js';

const LAYER = RESNET50_LAYERS['resnet50-56x56x64'];
const ALGORITHM = 'im2col-gemm';
const VARIANTS = ['register-8x8', 'register-4x16', 'workgroup-64x64'] as const;

function rate(samples: readonly number[], flops: number): Rate {
  const { median, best } = summarise(samples);
  return { medianMs: median, bestMs: best, gflops: flops / median / 1e6 };
}

/** A variant, prepared: each run keeps the times of its passes and the output. */
class VariantRunner {
  readonly name: string;
  readonly #engine: Engine;
  readonly #convolve: () => Tensor;
  readonly multiplyMs: number[] = [];
  readonly im2colMs: number[] = [];
  clock: RatiosResult['clock'] = 'wall-clock';
  #output: Tensor;

  constructor(engine: Engine, name: string, convolve: () => Tensor) {
    this.#engine = engine;
    this.name = name;
    this.#convolve = convolve;
    this.#output = convolve(); // warm-up
  }

  async run(): Promise<number> {
    this.#output.dispose();
    const { result, gpuMs, passes, clock } = await this.#engine.measure(this.#convolve);
    this.#output = result;
    this.clock = clock;
    const sum = (prefix: string) =>
      passes.reduce((total, { kernel, ms }: PassTime) => total + (kernel.startsWith(prefix) ? ms : 0), 0);
    if (passes.length > 0) {
      this.multiplyMs.push(sum('gemm_'));
      this.im2colMs.push(sum('im2col_'));
    }
    return gpuMs;
  }

  /** The output of the last run. */
  read(): Promise<Float32Array> {
    return this.#output.read();
  }
}

async function prepare(engine: Engine, { input, filter, options }: ConvData): Promise<VariantRunner[]> {
  const x = engine.tensor(input.data, input.shape);
  const w = engine.tensor(filter.data, filter.shape);
  const runners: VariantRunner[] = [];
  for (const variant of VARIANTS) {
    const prepared = await engine.prepareConv2d({
      ...options,
      inputShape: input.shape,
      filter: w,
      algorithm: ALGORITHM,
      variant,
    });
    runners.push(new VariantRunner(engine, variant, () => prepared.run(x)));
  }
  return runners;
}

export async function runRatios({ rounds }: RatiosRequest, progress: (step: Progress) => void): Promise<RatiosRun> {
  const date = new Date().toISOString();
  using engine = await createEngine();
  const data = layerData(LAYER);
  const { input, filter, options } = data;
  const { bias, ...geometry } = options;
  const biasShape = bias === undefined ? {} : { biasShape: [bias.length] };
  const problem = conv2dProblem({ ...geometry, ...biasShape, inputShape: input.shape, filterShape: filter.shape });
  const flops = flopCount(problem);

  const runners = await prepare(engine, data);
  await engine.finish();
  const javascript = () => wallClockMs(() => conv2d(input, filter, options));
  await javascript(); // warm-up
  let started = 0;
  const samples = await measureInTurn([...runners, { name: 'javascript', run: javascript }], { rounds }, async () => {
    if (started++ % (runners.length + 1) === 0) {
      const round = (started - 1) / (runners.length + 1);
      progress({ index: round, count: rounds, title: `round ${round + 1}` });
    }
    await breathe();
  });

  const expected = expectedConv2d(input, filter, options);
  const base = rate(samples.get('javascript')!, flops);
  const variants: VariantRow[] = [];
  for (const runner of runners) {
    const whole = rate(samples.get(runner.name)!, flops);
    const { ok, errorBoundUnits } = compare(await runner.read(), expected);
    const row = { variant: runner.name, whole, wholeRatio: base.medianMs / whole.medianMs, ok, errorBoundUnits };
    if (runner.multiplyMs.length === 0) {
      variants.push(row);
      continue;
    }
    const multiply = rate(runner.multiplyMs, flops);
    const im2col = rate(runner.im2colMs, flops);
    variants.push({ ...row, multiply, im2col, multiplyRatio: base.medianMs / multiply.medianMs });
  }
  const result: RatiosResult = {
    version,
    date,
    adapter: engine.info.name,
    clock: runners[0]!.clock,
    problem: describeConv(problem),
    flops,
    rounds,
    javascript: base,
    variants,
  };
  return { result, table: ratiosTable(result) };
}
