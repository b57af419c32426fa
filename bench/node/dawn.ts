// Node with the WebGPU of Dawn (npm `webgpu`), where a page has navigator.gpu.

/** What npm `webgpu` exports. */
export interface Dawn {
  create(options: string[]): { requestAdapter(): Promise<object | null> };
  readonly globals: object;
}

/** Between two looks at what the GPU has done. */
const POLL_MS = 0.1;

/**
 * While a promise is pending, Dawn looks whether it is done in each turn of Node's event loop, which takes a whole core: of two that a
 * software adapter computes on, that is most of one. So let every turn that is asked for with setImmediate, as Dawn does, wait first.
 */
function pollLess(): void {
  const soon = globalThis.setImmediate;
  const never = new Int32Array(new SharedArrayBuffer(4));
  const later = <Args extends unknown[]>(callback: (...args: Args) => void, ...args: Args) =>
    soon(() => {
      Atomics.wait(never, 0, 0, POLL_MS);
      callback(...args);
    });
  globalThis.setImmediate = Object.assign(later, soon);
}

/** Gives Node WebGPU, through navigator.gpu, which also keeps it reachable: else Dawn may crash. */
export function provideWebGPU({ create, globals }: Dawn): { requestAdapter(): Promise<object | null> } {
  pollLess();
  Object.assign(globalThis, globals);
  const gpu = create([]);
  const navigator = (globalThis as { navigator?: object }).navigator ?? {};
  Object.defineProperty(navigator, 'gpu', { value: gpu, configurable: true });
  Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true });
  return gpu;
}
