// What the page offers to `npm run train`: a function on `window` that trains and tells how it went.
import { ConvError } from 'webgpu-conv';
import type { Outcome, Progress } from '../../bench/support/outcome.js';
import { messageOf } from '../shared/notice.js';
import type { TrainingResult } from './result.js';

declare global {
  interface Window {
    /** Given by a command that wants to know how far the page is. */
    onProgress?: (step: Progress) => void;
    /** Does the training that the address asks for. */
    trainDigits: () => Promise<Outcome<TrainingResult>>;
  }
}

/** Offers the training to commands. */
export function offerToCommand(train: () => Promise<TrainingResult>): void {
  window.trainDigits = async () => {
    try {
      return { ok: true, value: await train() };
    } catch (error) {
      const kind = error instanceof ConvError && error.code === 'webgpu-unavailable' ? 'webgpu' : 'error';
      return { ok: false, failure: { kind, message: messageOf(error) } };
    }
  };
}
