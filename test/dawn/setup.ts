// Gives Node the WebGPU of Dawn (npm `webgpu`), where a browser has navigator.gpu, so that the GPU tests run unchanged.
const { create, globals } = (await import('webgpu' as string)) as {
  create(options: string[]): { requestAdapter(): Promise<object | null> };
  globals: object;
};
Object.assign(globalThis, globals);
// kept reachable for the life of the process: Dawn crashes if its instance is collected while work is pending
const gpu = create([]);
if (!(await gpu.requestAdapter())) {
  throw new Error(
    'Dawn finds no driver that it can use: install a recent Vulkan driver (Mesa 25 lavapipe for the CPU), or name its manifest in VK_DRIVER_FILES.',
  );
}
const navigator = (globalThis as { navigator?: object }).navigator ?? {};
Object.defineProperty(navigator, 'gpu', { value: gpu, configurable: true });
Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true });
