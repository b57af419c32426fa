// What `import kernel from '…/name.wgsl'` yields. scripts/build/kernel-plugin.ts links the file and reads these facts off it.
declare module '*.wgsl' {
  const kernel: import('../src/gpu/kernel.js').Kernel;
  export default kernel;
}
