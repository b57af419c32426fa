// @ts-check
// Counts of tests, from the JSON reports of Vitest and Playwright, and the verdict on a stage of the test run. A stage
// can go wrong without a failed test (a file that does not import, a runner that crashes, a filter that matches
// nothing), and each of these must count as a failure, or a broken run would look like a good one.

/**
 * @typedef {{ passed: number, failed: number, skipped: number }} Counts
 *
 * @typedef {object} Outcome how a stage's process ended
 * @property {number} code
 * @property {boolean} timedOut
 * @property {Counts | undefined} counts undefined where there is no readable report
 */

/** @returns {Counts} */
export const noTests = () => ({ passed: 0, failed: 0, skipped: 0 });

/**
 * @param {Counts} a
 * @param {Counts} b
 * @returns {Counts}
 */
export function addCounts(a, b) {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

/** @param {Counts} counts */
export function plainLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/**
 * Vitest: a file whose import or set-up fails stands as failed with no failed test, and counts as one. A test that was
 * started or queued and never ended ("pending") has not passed: it counts as failed.
 * @param {{ testResults: { status: string, assertionResults: { status: string }[] }[] }} report
 * @returns {Counts}
 */
export function vitestCounts({ testResults }) {
  const counts = noTests();
  for (const { status, assertionResults } of testResults) {
    const failedBefore = counts.failed;
    for (const test of assertionResults) {
      if (test.status === 'passed') counts.passed++;
      else if (test.status === 'failed' || test.status === 'pending') counts.failed++;
      else counts.skipped++;
    }
    if (status === 'failed' && counts.failed === failedBefore) counts.failed++;
  }
  return counts;
}

/**
 * Playwright: a flaky test passed when tried again. Errors outside of any test (a file that does not import, a server
 * that does not start) count one each.
 * @param {{ stats: { expected: number, unexpected: number, flaky: number, skipped: number }, errors?: unknown[] }} report
 * @returns {Counts}
 */
export function playwrightCounts({ stats, errors = [] }) {
  return {
    passed: stats.expected + stats.flaky,
    failed: stats.unexpected + errors.length,
    skipped: stats.skipped,
  };
}

/** @typedef {'vitest' | 'playwright'} ReportKind */

/**
 * @param {ReportKind} kind
 * @param {string} text the report file's content
 * @returns {Counts | undefined} undefined where the text is no such report
 */
export function parseReport(kind, text) {
  try {
    const counts = kind === 'vitest' ? vitestCounts(JSON.parse(text)) : playwrightCounts(JSON.parse(text));
    return Object.values(counts).every(Number.isInteger) ? counts : undefined;
  } catch {
    return undefined;
  }
}

/**
 * What a stage adds to the totals, and what is wrong with it beyond its failed tests.
 * @param {Outcome} outcome
 * @param {boolean} hasTests false for a stage such as a build, which only succeeds or fails
 * @returns {{ counts: Counts, problem?: string }}
 */
export function judgeStage({ code, timedOut, counts = noTests() }, hasTests) {
  const failing = (/** @type {string} */ problem) => ({
    counts: addCounts(counts, { ...noTests(), failed: 1 }),
    problem,
  });
  const total = counts.passed + counts.failed + counts.skipped;
  if (timedOut) return failing('stopped by the time limit');
  if (code !== 0 && counts.failed === 0) return failing(`exit code ${code}${hasTests ? ' without a failed test' : ''}`);
  if (hasTests && total === 0) return failing('no test was reported');
  return { counts };
}
