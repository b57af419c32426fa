// Gives Node the WebGPU of Dawn (npm `webgpu`), where a browser has navigator.gpu, so that the GPU tests run unchanged.
import { type Dawn, provideWebGPU } from '../../bench/node/dawn.js';

const gpu = provideWebGPU((await import('webgpu' as string)) as Dawn);
if (!(await gpu.requestAdapter())) {
  throw new Error(
    'Dawn finds no driver that it can use: install a recent Vulkan driver (Mesa 25 lavapipe for the CPU), or name its manifest in VK_DRIVER_FILES.',
  );
}
