// A kernel for each storage of its tensors, from one text: most lines are the same in all of them, so the build hands over stretches of
// lines with the storages that they belong to.
import type { Kernel, Storage, StoredKernels } from './kernel.js';

/** A stretch of a kernel's text, and a bit for each of {@link STORAGES} that it belongs to. */
export type Stretch = readonly [bits: number, text: string];

/** Every storage, in the order of the bits. */
export const STORAGES: readonly Storage[] = ['float32', 'float16', 'packed16'];

/** The kernels that stretches of text come to. `names` in the order of {@link STORAGES}; all else is the same for all of them. */
export function storedKernels(
  names: readonly string[],
  stretches: readonly Stretch[],
  facts: Omit<Kernel, 'name' | 'code'>,
): StoredKernels {
  const kernels = STORAGES.map((storage, index): [Storage, Kernel] => {
    const texts = stretches.filter(([bits]) => bits & (1 << index)).map(([, text]) => text);
    return [storage, { ...facts, name: names[index]!, code: texts.join('') }];
  });
  return Object.fromEntries(kernels) as Record<Storage, Kernel>;
}
