// What a run of the showcase gives: the JSON that is written, and what travels with it from the page to the command.
// Types only, for the page and the scripts alike.

/** One convolution of the showcase. Times are medians, in milliseconds. */
export interface ShowcaseRow {
  readonly id: string;
  /** The problem in a line. */
  readonly problem: string;
  /** Algorithm and variant that computed it. */
  readonly algorithm: string;
  /** GPU time of the convolution, its filter packed before. */
  readonly gpuMs: number;
  /** Wall-clock time of upload, packing, convolution and read-back, with compiled pipelines. */
  readonly endToEndMs: number;
  /** Wall-clock time of the reference, plain JavaScript. */
  readonly cpuMs: number;
  /** cpuMs / gpuMs */
  readonly speedup: number;
  /** Largest error, in units of the derived bound. At most 1 is right. */
  readonly errorBoundUnits: number;
  readonly ok: boolean;
}

/** The JSON file. */
export interface ShowcaseResult {
  /** Of the package. */
  readonly version: string;
  /** ISO 8601, UTC. */
  readonly date: string;
  /** The adapter's name. */
  readonly adapter: string;
  readonly rows: readonly ShowcaseRow[];
}

/** Whether the check of results finds a wrong one: a layer is computed with one weight changed, and must not pass. */
export interface SelfTest {
  readonly ok: boolean;
  readonly errorBoundUnits: number;
}

/** A picture of the run, as data URIs. */
export interface ShowcasePicture {
  /** 'original', or the id of the row whose result it shows. */
  readonly id: string;
  readonly title: string;
  readonly caption: string;
  readonly width: number;
  readonly height: number;
  /** Every pixel as computed. */
  readonly png: string;
  /** Smaller, for the report. */
  readonly preview: string;
}

/** How a run was made, for the report and the lines below the table. */
export interface ShowcaseContext {
  /** What was typed. */
  readonly command: string;
  /** What `gpuMs` was measured with. */
  readonly clock: 'timestamp-query' | 'wall-clock';
  readonly picture: { readonly name: string; readonly width: number; readonly height: number };
  readonly selfTest: SelfTest;
}

/** What the page is asked to do. */
export interface ShowcaseRequest {
  readonly picture: { readonly name: string; readonly url: string };
  readonly command: string;
}

/** Whether everything is right, in a sentence. */
export interface Verdict {
  readonly ok: boolean;
  readonly text: string;
}

/** A complete run. */
export interface ShowcaseRun {
  readonly result: ShowcaseResult;
  readonly context: ShowcaseContext;
  readonly pictures: readonly ShowcasePicture[];
  /** Lines for the person who waits, such as that the picture was scaled down. */
  readonly notes: readonly string[];
  /** The table in plain text, and what its columns mean, line by line. */
  readonly table: string;
  readonly explanations: readonly string[];
  readonly verdict: Verdict;
  /** The HTML document. */
  readonly report: string;
}
