// Renders digits in a worker, so that the page stays responsive and a tab in the background goes on.
import { type DigitBatch, DigitPainter } from './digit-painter.js';
import { type DigitSet, loadFaces } from './faces.js';

/** Digits `first` to `first + count − 1` of a seed. */
export interface DigitRequest {
  readonly id: number;
  readonly set: DigitSet;
  readonly seed: number;
  readonly first: number;
  readonly count: number;
}

/** The answer to the request of this id. */
export type DigitReply = { readonly id: number } & ({ readonly batch: DigitBatch } | { readonly message: string });

/** What this file uses of its scope, which the types of a page do not know. */
interface WorkerScope {
  readonly fonts: FontFaceSet;
  postMessage(message: unknown, transfer: Transferable[]): void;
}

const scope = globalThis as unknown as WorkerScope;
const painters = new Map<DigitSet, Promise<DigitPainter>>();

function painterOf(set: DigitSet): Promise<DigitPainter> {
  const painter = painters.get(set) ?? loadFaces(set, scope.fonts).then((fonts) => new DigitPainter(fonts));
  painters.set(set, painter);
  return painter;
}

async function reply({ id, set, seed, first, count }: DigitRequest): Promise<void> {
  try {
    const batch = (await painterOf(set)).paint(seed, first, count);
    scope.postMessage({ id, batch } satisfies DigitReply, [batch.pictures.buffer]);
  } catch (error) {
    painters.delete(set); // a font that did not load may do so the next time
    const message = error instanceof Error ? error.message : String(error);
    scope.postMessage({ id, message } satisfies DigitReply, []);
  }
}

addEventListener('message', ({ data }: MessageEvent<DigitRequest>) => reply(data));
