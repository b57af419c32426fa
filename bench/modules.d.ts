// As much of the interfaces of the packages in bench/package.json as is used here. They are installed only where the benchmark
// runs, and the type check must pass without them.

declare module '@tensorflow/tfjs-core' {
  export interface Tensor {
    readonly dataId: object;
    data(): Promise<Float32Array>;
    dispose(): void;
  }
  type Pads = readonly (readonly number[])[];
  type Numbers = readonly number[];
  export function tensor(values: Float32Array, shape: Numbers): Tensor;
  export function setBackend(name: 'webgpu' | 'wasm'): Promise<boolean>;
  export function ready(): Promise<void>;
  export function backend(): unknown;
  export function getKernel(name: string, backend: string): object | undefined;
  export function engine(): {
    runKernel(name: string, inputs: Readonly<Record<string, Tensor>>, attributes: object): Tensor;
  };
  export function conv2d(x: Tensor, w: Tensor, s: Numbers, pad: Pads, format: 'NHWC', dilations: Numbers): Tensor;
  export function depthwiseConv2d(x: Tensor, w: Tensor, s: Numbers, pad: Pads, format: 'NHWC', d: Numbers): Tensor;
  export function conv2dTranspose(x: Tensor, w: Tensor, outputShape: Numbers, s: Numbers, pad: Pads): Tensor;
}

declare module '@tensorflow/tfjs-backend-webgpu' {}

declare module '@tensorflow/tfjs-backend-wasm' {
  export function setWasmPaths(paths: Readonly<Record<string, string>>): void;
  export function setThreadsCount(count: number): void;
}

declare module 'onnxruntime-web/webgpu' {
  export class Tensor {
    constructor(type: 'float32', data: Float32Array, dims: readonly number[]);
    static fromGpuBuffer(buffer: GPUBuffer, options: { dataType: 'float32'; dims: readonly number[] }): Tensor;
    getData(release?: boolean): Promise<Float32Array>;
    dispose(): void;
  }
  export interface InferenceSession {
    run(feeds: Readonly<Record<string, Tensor>>): Promise<Readonly<Record<string, Tensor>>>;
    release(): Promise<void>;
  }
  export const InferenceSession: {
    create(model: Uint8Array, options: object): Promise<InferenceSession>;
  };
  export const env: {
    logLevel: string;
    readonly wasm: { numThreads: number; wasmPaths: { wasm: string; mjs: string } };
    readonly webgpu: { powerPreference: 'high-performance'; readonly device: Promise<GPUDevice> };
  };
}

declare module 'protobufjs' {
  export interface Type {
    fromObject(value: object): object;
    encode(message: object): { finish(): Uint8Array };
  }
  export function parse(proto: string, options?: { keepCase: boolean }): { root: { lookupType(name: string): Type } };
}

declare module '@jax-js/jax' {
  type Numbers = readonly number[];
  /** Functions use their operands up; `ref` is one more reference. */
  export interface Array {
    readonly ref: Array;
    data(): Promise<Float32Array>;
    dispose(): void;
  }
  export const numpy: { array(values: Float32Array, options: { shape: Numbers }): Array; zeros(shape: Numbers): Array };
  export const lax: {
    convGeneralDilated(
      x: Array,
      w: Array,
      strides: Numbers,
      padding: readonly Numbers[],
      options: { rhsDilation: Numbers; featureGroupCount: number },
    ): Array;
    convTranspose(
      x: Array,
      w: Array,
      strides: Numbers,
      padding: readonly Numbers[],
      options: { rhsDilation: Numbers; transposeKernel: boolean },
    ): Array;
  };
  export function init(device: 'webgpu'): Promise<readonly string[]>;
  export function defaultDevice(device: 'webgpu'): string;
  export function getWebGPUDevice(): GPUDevice;
  export function blockUntilReady<T>(arrays: T): Promise<T>;
  export function vjp(
    work: (x: Array) => Array,
    primals: readonly [Array],
  ): [output: Array, pullBack: ((gradient: Array) => readonly Array[]) & { dispose(): void }];
  export function jit(work: (x: Array, w: Array) => Array): ((x: Array, w: Array) => Array) & { dispose(): void };
}

declare module 'echarts/core' {
  export function use(parts: readonly object[]): void;
  export function init(
    element: null,
    theme: null,
    options: { renderer: 'svg'; ssr: true; width: number; height: number },
  ): { setOption(option: object): void; renderToSVGString(): string; dispose(): void };
}
declare module 'echarts/charts' {
  export const BarChart: object;
  export const ScatterChart: object;
}
declare module 'echarts/components' {
  export const GridComponent: object;
  export const LegendComponent: object;
}
declare module 'echarts/renderers' {
  export const SVGRenderer: object;
}
