// WebGPU objects as they stand in this package's public types. TypeScript 6 has them in lib.dom, older versions only with
// @webgpu/types; a published declaration must not demand either. So each handle is the global type where the user's
// program knows one, and a minimal shape where it does not.

type GlobalInstance<Name extends string, Fallback> =
  typeof globalThis extends Record<Name, { prototype: infer Instance }> ? Instance : Fallback;

/** A `GPUDevice`. */
export type DeviceHandle = GlobalInstance<'GPUDevice', { readonly lost: Promise<unknown>; destroy(): void }>;
/** A `GPUBuffer`. */
export type BufferHandle = GlobalInstance<
  'GPUBuffer',
  { readonly size: number; readonly usage: number; destroy(): void }
>;
/** A `GPUCommandEncoder`. */
export type CommandEncoderHandle = GlobalInstance<'GPUCommandEncoder', { finish(): unknown }>;
/** The object `navigator.gpu`, or what npm `webgpu`'s `create()` returns. */
export type GpuHandle = GlobalInstance<'GPU', { requestAdapter(): Promise<unknown> }>;
