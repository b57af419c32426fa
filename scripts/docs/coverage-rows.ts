// The rows of the coverage table: what a convolution can be asked for, each with problems that ask for it. Whatever a row does not
// ask for is the usual case (3 taps, 8 channels, 8 filters, stride 1), so that a row tells of its own option alone; or, for an
// algorithm that is for convolutions of some kind only, the same of that kind.
import {
  ACTIVATION_NAMES,
  type ConvDescription,
  type ConvOperator,
  type ConvProblem,
  type ConvTransposeDescription,
  convProblem,
  FILTER_LAYOUTS,
  INPUT_LAYOUTS,
  PADDING_MODES,
  PADDING_RULES,
  type Rank,
  ROUNDINGS,
  shapeInLayout,
  withSeparableFilter,
} from '../../src/problem/index.js';

type Description = ConvDescription & ConvTransposeDescription;
type Options = Partial<Description>;

/** A problem, and the words of a user that it is made of. */
export interface Sample {
  readonly operator: ConvOperator;
  readonly description: Description;
  readonly problem: ConvProblem;
}

/** What is asked for, in Markdown, and the problems that stand for it. */
export interface CoverageRow {
  readonly title: string;
  readonly samples: readonly Sample[];
}

const SIZE = 24;
const CHANNELS = 8;
const RANKS = [1, 2, 3] as const;

/** A kind of convolution that an algorithm may be made for. */
export interface Kind {
  /** What they are called; absent for the usual ones. */
  readonly words?: string;
  /** Along each axis. */
  readonly taps: number;
  readonly isDepthwise: boolean;
  /** Whether filters are products of a column and a row. */
  readonly isSeparable: boolean;
}

const USUAL: Kind = { taps: 3, isDepthwise: false, isSeparable: false };

/** The kinds, the usual one first. */
export const KINDS: readonly Kind[] = [
  USUAL,
  { ...USUAL, words: 'depthwise convolutions', isDepthwise: true },
  { ...USUAL, words: 'filters of one tap', taps: 1 },
  { ...USUAL, words: 'filters of 7×7 taps', taps: 7 },
  {
    words: 'depthwise convolutions with filters that are products of a column and a row',
    taps: 7,
    isDepthwise: true,
    isSeparable: true,
  },
];

function sample(kind: Kind, operator: ConvOperator, rank: Rank, options: Options = {}): Sample {
  const { taps, isDepthwise, isSeparable } = kind;
  const usual: Options = isDepthwise ? { groups: CHANNELS } : {};
  const { groups = 1, inputLayout = INPUT_LAYOUTS[rank][0], ...others } = { ...usual, ...options };
  const { filterLayout = FILTER_LAYOUTS[rank][operator === 'conv' ? 0 : 1] } = others;
  const [o, i] = operator === 'conv' ? [CHANNELS, CHANNELS / groups] : [CHANNELS / groups, CHANNELS];
  const description = {
    inputShape: shapeInLayout(inputLayout, { n: 2, c: CHANNELS, d: SIZE, h: SIZE, w: SIZE }),
    filterShape: shapeInLayout(filterLayout, { o, i, d: taps, h: taps, w: taps }),
    groups,
    inputLayout,
    ...others,
  };
  const problem = convProblem(operator, rank, description, 'coverage table');
  return { operator, description, problem: isSeparable ? withSeparableFilter(problem) : problem };
}

const list = (names: readonly string[]) => names.map((name) => `\`'${name}'\``).join(', ');

const paddings: readonly Options[] = [
  { padding: 1 },
  { padding: [1, 2] },
  {
    padding: [
      [0, 1],
      [2, 3],
    ],
  },
  { padding: [[1, 0], 'same'] },
];
const rules = PADDING_RULES.map((padding): Options => ({ padding }));
const contents = PADDING_MODES.filter((mode) => mode !== 'zeros'); // zeros lie in the padding of all other rows
const halves: readonly Options[] = [{ dtype: 'float16' }, { dtype: 'float16', filterDtype: 'float32' }];
const terms: readonly Options[] = [{ biasShape: [CHANNELS] }, { scaleShape: [CHANNELS] }, { shiftShape: [CHANNELS] }];
const activations = ACTIVATION_NAMES.map((activation): Options => {
  return activation === 'prelu' ? { activation, slopeShape: [CHANNELS] } : { activation };
});
const residual = (size: number): Options => ({ residualShape: [2, CHANNELS, size, size] });

/** The rows, for an algorithm that is for everything, or for one kind. */
export function coverageRows(kind: Kind): readonly CoverageRow[] {
  const { taps, isDepthwise } = kind;
  const conv = (...options: Options[]) => options.map((each) => sample(kind, 'conv', 2, each));
  const transposed = (...options: Options[]) => options.map((each) => sample(kind, 'convTranspose', 2, each));
  const filters = (...sizes: [rows: number, columns: number][]) =>
    conv(...sizes.map((size) => ({ filterShape: [CHANNELS, isDepthwise ? 1 : CHANNELS, ...size] })));
  const layouts = (operator: ConvOperator, rank: Rank) => [
    ...INPUT_LAYOUTS[rank].map((inputLayout) => sample(kind, operator, rank, { inputLayout })),
    ...FILTER_LAYOUTS[rank].map((filterLayout) => sample(kind, operator, rank, { filterLayout })),
  ];
  const ranks = (operator: ConvOperator) =>
    RANKS.map((rank) => ({
      title: `\`${operator}${rank}d\`, every \`inputLayout\` and \`filterLayout\``,
      samples: layouts(operator, rank),
    }));
  return [
    ...ranks('conv'),
    { title: 'filters 1×1, 5×5, 11×11', samples: filters([1, 1], [5, 5], [11, 11]) },
    { title: 'filters 2×4, 1×7, 7×1', samples: filters([2, 4], [1, 7], [7, 1]) },
    { title: '`strides` along rows', samples: conv({ strides: [2, 1] }, { strides: [3, 1] }) },
    { title: '`strides` along columns', samples: conv({ strides: [1, 2] }, { strides: 2 }) },
    { title: '`dilations` along rows', samples: conv({ dilations: [2, 1] }, { dilations: [3, 1] }) },
    { title: '`dilations` along columns', samples: conv({ dilations: [1, 2] }, { dilations: 2 }) },
    { title: '`groups`, of several channels', samples: conv({ groups: 2 }) },
    {
      title: '`groups`, as many as channels; with 3 filters each',
      samples: conv({ groups: CHANNELS }, { groups: CHANNELS, filterShape: [3 * CHANNELS, 1, taps, taps] }),
    },
    { title: '`padding`: a number, one or a pair or a rule for each axis', samples: conv(...paddings) },
    { title: `\`padding\`: ${list(PADDING_RULES)}`, samples: conv(...rules) },
    { title: '`padding`: negative, which crops', samples: conv({ padding: -1 }, { padding: [[-2, 1], 0] }) },
    {
      title: `\`paddingMode\`: ${list(contents)}`,
      samples: conv(...contents.map((paddingMode): Options => ({ padding: 2, paddingMode }))),
    },
    { title: '`paddingMode`: a number', samples: conv({ padding: 2, paddingMode: 0.5 }) },
    {
      title: `\`rounding\`: ${list(ROUNDINGS)}`,
      samples: conv(
        ...ROUNDINGS.map((rounding): Options => {
          return { rounding, strides: [2, 1], padding: rounding === 'exact' ? [[0, 1], 0] : 0 };
        }),
      ),
    },
    { title: '`flipFilter`', samples: conv({ flipFilter: true }) },
    { title: '`dtype` float16, also with a filter in f32', samples: conv(...halves) },
    { title: '`bias`, `scale`, `shift`', samples: conv(...terms) },
    { title: '`residual`', samples: conv(residual(SIZE - taps + 1)) },
    { title: '`activation`: every one, `slope`', samples: conv(...activations) },
    ...ranks('convTranspose'),
    {
      title: 'transposed, `strides`',
      samples: transposed({ strides: 2 }, { strides: [3, 1] }, { strides: [1, 3] }),
    },
    {
      title: 'transposed, `dilations`',
      samples: transposed({ dilations: [2, 1] }, { dilations: [1, 2] }, { strides: 4, dilations: 2 }),
    },
    { title: 'transposed, `padding`: all of the above', samples: transposed(...paddings, ...rules, { padding: -1 }) },
    {
      title: 'transposed, `outputPadding`, `outputShape`',
      samples: transposed(
        { strides: 2, outputPadding: 1 },
        { strides: 2, outputShape: [2 * SIZE + taps - 1, 2 * SIZE + taps - 2] },
      ),
    },
    { title: 'transposed, `groups`', samples: transposed({ groups: 2 }, { groups: CHANNELS }) },
    { title: 'transposed, `flipFilter`, float16', samples: transposed({ flipFilter: true }, ...halves) },
    {
      title: 'transposed, bias to activation',
      samples: transposed(...terms, residual(SIZE + taps - 1), ...activations),
    },
  ];
}
