// A convolution of a shape list, as plain data that travels between a command and a page. Types only, for both.

/** [rows, columns] */
export type Pair = readonly [number, number];

/** The operand of a convolution that a gradient is of. */
export type Gradient = 'input' | 'filter';

export interface BenchShape {
  /** As in its list; none twice. */
  readonly id: string;
  readonly operator: 'conv' | 'convTranspose';
  readonly batch: number;
  readonly inputChannels: number;
  readonly outputChannels: number;
  readonly inputSize: Pair;
  readonly filterSize: Pair;
  readonly stride: Pair;
  /** On both sides of an axis alike. */
  readonly padding: Pair;
  readonly dilation: Pair;
  readonly groups: number;
  /** Computed is, instead of the convolution itself, the gradient of a loss with respect to this operand of it. */
  readonly gradient?: Gradient;
}

/** What a report says of a shape. */
export interface ShapeFacts {
  readonly id: string;
  /** The problem in a line. */
  readonly problem: string;
  /** Of the direct method: a multiplication and an addition for each product. */
  readonly flops: number;
  /** Input and filter read once, output written once; of a gradient both operands and the result. */
  readonly bytes: number;
}
