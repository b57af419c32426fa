// A kernel as the build hands it over (scripts/build/reflect-kernel.ts): WGSL text and the facts read off it. Parameters
// and overrides are checked by name against those facts, so that neither side can drift from the other.
import { KernelError } from '../errors.js';

/** A scalar of a kernel's parameter block. */
export interface UniformField {
  readonly offsetBytes: number;
  readonly type: 'u32' | 'i32' | 'f32';
}

/** A binding of group 0; its number is its place in the list. */
export interface KernelBinding {
  readonly name: string;
  readonly type: 'uniform' | 'read-only-storage' | 'storage';
}

/** What `import kernel from '…/name.wgsl'` yields. */
export interface Kernel {
  /** Name of the file, without extension; also the label of its pipelines. */
  readonly name: string;
  /** Linked WGSL. */
  readonly code: string;
  readonly overrides: Readonly<Record<string, 'bool' | UniformField['type']>>;
  /** Unsigned integer constants of the module: tile sizes and the like. */
  readonly constants: Readonly<Record<string, number>>;
  readonly bindings: readonly KernelBinding[];
  readonly uniform: { readonly sizeBytes: number; readonly fields: Readonly<Record<string, UniformField>> };
  readonly workgroupSize: readonly [x: number, y: number, z: number];
}

/** How values lie in buffers: f32, native f16, or halves packed in pairs where the device has no f16. */
export type Storage = 'float32' | 'float16' | 'packed16';

/** A kernel, linked for each storage of the tensors that it reads and writes. What `import kernels from '…/name.wgsl?stored'` yields. */
export type StoredKernels = Readonly<Record<Storage, Kernel>>;

/** Values of a kernel's parameter block, by name. */
export type UniformValues = Readonly<Record<string, number>>;

function sameNames(kernel: Kernel, what: string, given: readonly string[], declared: readonly string[]): void {
  const unknown = given.filter((name) => !declared.includes(name));
  const missing = declared.filter((name) => !given.includes(name));
  if (unknown.length === 0 && missing.length === 0) return;
  const parts = [
    ...(unknown.length > 0 ? [`unknown ${what} ${unknown.join(', ')}`] : []),
    ...(missing.length > 0 ? [`missing ${what} ${missing.join(', ')}`] : []),
  ];
  throw new KernelError(`${kernel.name}: ${parts.join('; ')}. It declares ${declared.join(', ') || 'none'}.`);
}

/**
 * Writes a parameter block into `target` at `offsetBytes`.
 * @throws KernelError if the names are not exactly those that the kernel declares, or a value does not fit its type.
 */
export function writeUniform(kernel: Kernel, values: UniformValues, target: ArrayBuffer, offsetBytes: number): void {
  const { fields, sizeBytes } = kernel.uniform;
  sameNames(kernel, 'parameter', Object.keys(values), Object.keys(fields));
  const view = new DataView(target, offsetBytes, sizeBytes);
  for (const [name, value] of Object.entries(values)) {
    const { offsetBytes: at, type } = fields[name]!;
    const integer = Number.isInteger(value);
    const fits =
      type === 'f32' || (integer && (type === 'u32' ? value >= 0 && value < 2 ** 32 : Math.abs(value) < 2 ** 31));
    if (!fits) throw new KernelError(`${kernel.name}: parameter ${name} is ${value}, which is not a ${type}.`);
    if (type === 'u32') view.setUint32(at, value, true);
    else if (type === 'i32') view.setInt32(at, value, true);
    else view.setFloat32(at, value, true);
  }
}

/** Checks values of overrides. Throws KernelError for a name that the kernel does not declare. */
export function checkOverrides(kernel: Kernel, values: Readonly<Record<string, number>>): void {
  const declared = Object.keys(kernel.overrides);
  sameNames(kernel, 'override', Object.keys(values), declared);
}
