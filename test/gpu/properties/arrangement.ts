// How values are arranged does not change them: layouts of input and filter, and groups, bit for bit.
import { convOutputShape, elementCount, FILTER_LAYOUTS, INPUT_LAYOUTS } from '../../../src/problem/index.js';
import { type ConvOperands, inLayout, operandsOf, type Values } from '../../support/arbitrary-operands.js';
import { type ConvCase, convCases, problemOf, withoutEpilogue } from '../../support/arbitrary-problem.js';
import type { Property } from './property.js';
import { convolved, describeCase, different, firstWrong, nameOf, someVariantsOf } from './run.js';

export const layoutsDoNotMatter: Property<ConvCase> = {
  name: 'layouts of input and filter change nothing but the order, bit for bit',
  cases: convCases(),
  runs: 70,
  async wrong(engine, given) {
    const { rank, operator } = given;
    const [first, last] = INPUT_LAYOUTS[rank];
    const plainFilter = FILTER_LAYOUTS[rank][operator === 'conv' ? 0 : 1];
    const plain = operandsOf({ ...given, inputLayout: first, filterLayout: plainFilter });
    const other = operandsOf({ ...given, inputLayout: last });
    const variants = someVariantsOf(plain.problem, given.seed);
    const [expected, actual] = (await Promise.all([plain, other].map((each) => convolved(engine, each, variants)))) as [
      Float32Array[],
      Float32Array[],
    ];
    const shape = convOutputShape(other.problem);
    return firstWrong(
      ...variants.map((variant, index) => {
        const back = inLayout(actual[index]!, shape, last, first).data;
        return [`${nameOf(variant)}: ${describeCase(other)}`, different(back, expected[index]!)] as const;
      }),
    );
  },
};

/** The channels of a group, of values with channels along an axis. */
function channelsOf({ data, shape }: Values, axis: number, group: number, groups: number): Values {
  const inner = elementCount(shape.slice(axis + 1));
  const count = shape[axis]! / groups;
  const partShape = shape.map((size, index) => (index === axis ? count : size));
  const part = new Float32Array(elementCount(partShape));
  for (let index = 0; index < part.length; index++) {
    const [block, rest] = [Math.floor(index / (count * inner)), index % (count * inner)];
    part[index] = data[(block * shape[axis]! + group * count) * inner + rest]!;
  }
  return { data: part, shape: partShape };
}

/** A group of a case as a case of its own. */
function groupOf(whole: ConvOperands, group: number): ConvOperands {
  const { case: given, input, filter, terms, residual } = whole;
  const { groups, operator, inputLayout, filterLayout, filters } = given;
  const part: ConvCase = { ...given, groups: 1 };
  const channelAxis = inputLayout.indexOf('c');
  return {
    case: part,
    problem: problemOf(part),
    input: channelsOf(input, channelAxis, group, groups),
    filter: channelsOf(filter, filterLayout.indexOf(operator === 'conv' ? 'o' : 'i'), group, groups),
    terms: Object.fromEntries(
      Object.entries(terms).map(([name, values]) => [
        name,
        name === 'slope' && given.oneSlope ? values : values.slice(group * filters, (group + 1) * filters),
      ]),
    ),
    residual: residual && channelsOf(residual, channelAxis, group, groups),
  };
}

export const groupsAreConvolutions: Property<ConvCase> = {
  name: 'the groups of a convolution are convolutions of their own, bit for bit',
  cases: convCases()
    .filter(({ groups }) => groups > 1)
    .map((given) => (given.seed % 2 === 0 ? given : withoutEpilogue(given))),
  runs: 70,
  async wrong(engine, given) {
    const whole = operandsOf(given);
    const parts = Array.from({ length: given.groups }, (_, group) => groupOf(whole, group));
    const variants = someVariantsOf(whole.problem, given.seed);
    const [all, ...some] = (await Promise.all([whole, ...parts].map((each) => convolved(engine, each, variants)))) as [
      Float32Array[],
      ...Float32Array[][],
    ];
    const shape = convOutputShape(whole.problem);
    const axis = given.inputLayout.indexOf('c');
    return firstWrong(
      ...variants.flatMap((variant, index) =>
        parts.map((_, group) => {
          const expected = channelsOf(
            { data: all[index]! as Float32Array<ArrayBuffer>, shape },
            axis,
            group,
            given.groups,
          );
          return [
            `${nameOf(variant)}: group ${group} of ${describeCase(whole)}`,
            different(some[group]![index]!, expected.data),
          ] as const;
        }),
      ),
    );
  },
};
