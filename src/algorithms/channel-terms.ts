// Bias, scale, shift and slope of every output channel, folded into one vec4 for each: on the CPU where all of them are numbers,
// by a kernel where one is a tensor.
import termsKernel from '../../shaders/epilogue/terms_pack_f32.wgsl';
import type { BufferSlice } from '../gpu/command-stream.js';
import type { GpuContext } from '../gpu/context.js';
import { CHANNEL_TERMS, type ChannelTerm, type FloatDType } from '../problem/index.js';
import { type RecordedSteps, recordedSteps } from './recorded-plan.js';

/** Numbers of an operand's forms in shaders/epilogue/terms_pack_f32.wgsl; 0 if absent. */
const FORM_CODES: Readonly<Record<FloatDType, number>> = { float32: 1, float16: 2 };

/** Folds terms that are numbers: (K) of (scale, offset, slope, 0), rounded as the kernel rounds. */
export function foldTerms(
  channels: number,
  terms: Readonly<Partial<Record<ChannelTerm, ArrayLike<number>>>>,
): Float32Array<ArrayBuffer> {
  const { bias, scale, shift, slope } = terms;
  const folded = new Float32Array(4 * channels);
  for (let channel = 0; channel < channels; channel++) {
    const factor = Math.fround(scale?.[channel] ?? 1);
    const offset = Math.fround(Math.fround(bias?.[channel] ?? 0) * factor);
    folded[4 * channel] = factor;
    folded[4 * channel + 1] = shift ? offset + Math.fround(shift[channel]!) : offset;
    folded[4 * channel + 2] = slope?.[slope.length === 1 ? 0 : channel] ?? 0;
  }
  return folded;
}

/** The operands that a folding reads; each absent one is not bound. */
export type TermSlices = Readonly<Partial<Record<ChannelTerm, BufferSlice>>>;

/** Compiles the folding of terms that lie on the GPU. */
export async function planTerms(
  gpu: GpuContext,
  channels: number,
  slopes: number,
  dtypes: Readonly<Partial<Record<ChannelTerm, FloatDType>>>,
): Promise<RecordedSteps<{ readonly terms: TermSlices; readonly folded: BufferSlice }>> {
  const overrides = Object.fromEntries(
    CHANNEL_TERMS.map((term) => [term.toUpperCase(), dtypes[term] ? FORM_CODES[dtypes[term]] : 0]),
  );
  const compiled = await gpu.pipelines.get(termsKernel, overrides);
  return recordedSteps(gpu, [
    {
      compiled,
      values: { channels, slopes },
      workgroups: Math.ceil(channels / termsKernel.workgroupSize[0]),
      slices: ({ terms, folded }) => {
        const any = CHANNEL_TERMS.map((term) => terms[term]).find((slice) => slice !== undefined)!;
        return [...CHANNEL_TERMS.map((term) => terms[term] ?? any), folded];
      },
    },
  ]);
}
