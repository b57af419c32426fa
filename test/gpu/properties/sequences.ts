// A sequence computes what its steps compute one by one, bit for bit, and keeps nothing but what it is asked for.
import type { Engine, SequenceStep, Tensor } from 'webgpu-conv';
import { sizeClassBytes } from '../../../src/gpu/buffer-pool.js';
import { axisSize, convName, elementCount, poolName, type Shape, storedBytes } from '../../../src/problem/index.js';
import { operandsOf, storedRandom } from '../../support/arbitrary-operands.js';
import { type SequenceCase, type StepCase, sequenceCases } from '../../support/arbitrary-sequence.js';
import type { Property } from './property.js';
import { different, firstWrong, writtenOptions } from './run.js';

/** A step of a sequence, and the same operation by itself. */
interface Step {
  readonly asStep: SequenceStep;
  run(input: Tensor, added: Tensor | undefined): Promise<Tensor>;
  readonly from: number | undefined;
  readonly filter?: Tensor;
}

type Method = (...operands: unknown[]) => Promise<Tensor>;

function stepOf(engine: Engine, { rank, inputLayout, dtype }: SequenceCase, step: StepCase, shape: () => Shape): Step {
  if ('activate' in step) {
    const { activation, oneSlope, seed } = step.activate;
    const channels = axisSize(shape(), inputLayout, 'c');
    const slope = activation === 'prelu' ? { slope: storedRandom(oneSlope ? 1 : channels, seed, 'float32') } : {};
    return {
      asStep: { operator: 'activation', activation, ...slope },
      run: (input) => engine.activate(input, activation, slope),
      from: undefined,
    };
  }
  if ('pool' in step) {
    const { kind, options } = step.pool;
    const name = poolName(kind, rank) as 'maxPool2d';
    return {
      asStep: { operator: name, ...options } as SequenceStep,
      run: (input) => (engine[name] as Method).call(engine, input, { ...options, inputLayout }),
      from: undefined,
    };
  }
  const { conv, from } = step;
  const operands = operandsOf({ ...conv, dtype });
  const { inputLayout: _, ...options } = writtenOptions(operands);
  const name = convName(conv.operator, rank) as 'conv2d';
  const filter = engine.tensor(operands.filter.data, operands.filter.shape, { dtype: conv.filterDtype });
  const residual = from === undefined ? {} : { residual: from };
  return {
    asStep: { operator: name, filter, ...options, ...operands.terms, ...residual } as SequenceStep,
    run: (input, added) => {
      const all = { ...options, ...operands.terms, inputLayout, ...(added ? { residual: added } : {}) };
      return (engine[name] as Method).call(engine, input, filter, all);
    },
    from,
    filter,
  };
}

/** What one run leaves behind on the device, besides its output. Nothing else can run meanwhile. */
function leftBehind(engine: Engine, run: () => Tensor): string | undefined {
  const before = engine.memory().usedBytes;
  const output = run();
  const during = engine.memory().usedBytes - before;
  const { shape, dtype } = output;
  output.dispose();
  const after = engine.memory().usedBytes - before;
  const own = sizeClassBytes(storedBytes(shape, dtype));
  return firstWrong(
    [
      'bytes in use after a run',
      during === own ? undefined : `${during} more than before, of which the output has ${own}`,
    ],
    ['bytes in use when its output is disposed', after === 0 ? undefined : `${after} more than before`],
  );
}

export const sequencesAreTheirSteps: Property<SequenceCase> = {
  name: 'a sequence equals its steps one by one, bit for bit, and leaves no memory behind',
  cases: sequenceCases(),
  runs: 105,
  async wrong(engine, given) {
    const { inputShape, inputLayout, dtype, seed } = given;
    using x = engine.tensor(storedRandom(elementCount(inputShape), seed, dtype), inputShape, {
      dtype,
      layout: inputLayout,
    });
    const tensors: Tensor[] = [x];
    const steps: Step[] = [];
    for (const step of given.steps) {
      const made = stepOf(engine, given, step, () => tensors.at(-1)!.shape);
      steps.push(made);
      tensors.push(await made.run(tensors.at(-1)!, made.from === undefined ? undefined : tensors[made.from + 1]!));
    }
    const asSteps = steps.map(({ asStep }) => asStep);
    using sequence = await engine.sequence(asSteps, { inputShape, inputLayout, dtype });
    for (const { filter } of steps) filter?.dispose();
    using y = sequence.run(x);
    const memory = leftBehind(engine, () => sequence.run(x));
    const [actual, expected] = await Promise.all([y.read(), tensors.at(-1)!.read()]);
    const shapes = [sequence.outputShape, y.shape].map(String);
    const expectedShape = String(tensors.at(-1)!.shape);
    for (const tensor of tensors.slice(1)) tensor.dispose();
    const about = asSteps.map(({ operator }) => operator).join(', ');
    return firstWrong(
      [
        about,
        shapes.every((shape) => shape === expectedShape)
          ? undefined
          : `its shape is [${shapes.join('] and [')}], not [${expectedShape}]`,
      ],
      [about, different(actual, expected)],
      [about, memory],
    );
  },
};
