// One piece of work at a time, and of all that is asked for meanwhile only the last: a slider asks faster than a GPU can
// follow, and nobody wants the settings in between.

/**
 * @param work must not reject. `isLatest` turns false when something newer was asked for: its result is not wanted then.
 * @returns the function to ask with.
 */
export function latestOnly<T>(
  work: (request: T, isLatest: () => boolean) => Promise<void>,
): (request: T) => Promise<void> {
  let waiting: { readonly request: T } | undefined;
  let isRunning = false;
  return async (request) => {
    waiting = { request };
    if (isRunning) return;
    isRunning = true;
    try {
      while (waiting) {
        const next: { readonly request: T } = waiting;
        waiting = undefined;
        await work(next.request, () => waiting === undefined);
      }
    } finally {
      isRunning = false;
    }
  };
}
