// What importing a kernel file yields. scripts/build/kernel-plugin.ts links the file and reads these facts off it.
declare module '*.wgsl' {
  const kernel: import('../src/gpu/kernel.js').Kernel;
  export default kernel;
}

// The same, linked for each storage of the tensors that it reads and writes.
declare module '*.wgsl?stored' {
  const kernels: import('../src/gpu/kernel.js').StoredKernels;
  export default kernels;
}
