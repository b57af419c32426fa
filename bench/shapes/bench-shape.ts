// A convolution of a shape list, as plain data that travels between a command and a page. Types only, for both.

/** [rows, columns] */
export type Pair = readonly [number, number];

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
}

/** What a report says of a shape. */
export interface ShapeFacts {
  readonly id: string;
  /** The problem in a line. */
  readonly problem: string;
  /** Of the direct method: a multiplication and an addition for each product. */
  readonly flops: number;
  /** Input and filter read once, output written once. */
  readonly bytes: number;
}
