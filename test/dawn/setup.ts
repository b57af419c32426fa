// Gives Node the WebGPU of Dawn (npm `webgpu`), where a browser has navigator.gpu, so that the GPU tests run unchanged.
const { create, globals } = (await import(process.env.WEBGPU_MODULE ?? 'webgpu')) as {
  create(options: string[]): unknown;
  globals: object;
};
Object.assign(globalThis, globals);
// kept reachable for the life of the process: Dawn crashes if its instance is collected while work is pending
const gpu = create([]);
const navigator = (globalThis as { navigator?: object }).navigator ?? {};
Object.defineProperty(navigator, 'gpu', { value: gpu, configurable: true });
Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true });
