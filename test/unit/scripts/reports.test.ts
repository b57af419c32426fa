// How the tests of a run are counted: the two report formats, and the ways in which a stage fails without a failed test.
import { describe, expect, it } from 'vitest';
import {
  addCounts,
  judgeStage,
  noTests,
  parseReport,
  plainLine,
  playwrightCounts,
  vitestCounts,
} from '../../../scripts/test/reports.mjs';

const file = (status: string, ...tests: string[]) => ({
  status,
  assertionResults: tests.map((test) => ({ status: test })),
});
const vitest = (...testResults: ReturnType<typeof file>[]) => vitestCounts({ testResults });

describe('vitestCounts', () => {
  it('adds up the tests of all files', () => {
    const counts = vitest(file('passed', 'passed', 'passed'), file('failed', 'passed', 'failed'));
    expect(counts).toEqual({ passed: 3, failed: 1, skipped: 0 });
  });

  it('counts a file that fails to import, and so has no tests, as one failed', () => {
    expect(vitest(file('failed'), file('passed', 'passed'))).toEqual({ passed: 1, failed: 1, skipped: 0 });
  });

  it('counts a failing beforeAll, which skips its tests, as one failed', () => {
    expect(vitest(file('failed', 'skipped', 'skipped'))).toEqual({ passed: 0, failed: 1, skipped: 2 });
  });

  it('does not count a file again for the tests that failed in it', () => {
    expect(vitest(file('failed', 'failed', 'failed')).failed).toBe(2);
  });

  it('counts todo as skipped', () => {
    expect(vitest(file('passed', 'skipped', 'todo'))).toEqual({ passed: 0, failed: 0, skipped: 2 });
  });

  it('counts a test that never ended as failed', () => {
    expect(vitest(file('passed', 'passed', 'pending'))).toEqual({ passed: 1, failed: 1, skipped: 0 });
  });
});

describe('playwrightCounts', () => {
  const stats = { expected: 5, unexpected: 2, flaky: 1, skipped: 3 };

  it('counts flaky tests as passed', () => {
    expect(playwrightCounts({ stats, errors: [] })).toEqual({ passed: 6, failed: 2, skipped: 3 });
  });

  it('counts an error outside of any test as failed', () => {
    const none = { expected: 0, unexpected: 0, flaky: 0, skipped: 0 };
    expect(playwrightCounts({ stats: none, errors: [{ message: 'a page file that does not import' }] }).failed).toBe(1);
  });
});

describe('parseReport', () => {
  it('reads either format', () => {
    const passed = { passed: 1, failed: 0, skipped: 0 };
    expect(parseReport('vitest', JSON.stringify({ testResults: [file('passed', 'passed')] }))).toEqual(passed);
    const stats = { expected: 1, unexpected: 0, flaky: 0, skipped: 0 };
    expect(parseReport('playwright', JSON.stringify({ stats }))).toEqual(passed);
  });

  it.each(['', '{"testResults":[', '{}', 'null', '{"stats":{}}'])('gives no counts for %j', (text) => {
    expect(parseReport('vitest', text)).toBeUndefined();
    expect(parseReport('playwright', text)).toBeUndefined();
  });
});

describe('judgeStage', () => {
  const good = { passed: 4, failed: 0, skipped: 1 };
  const bad = { passed: 3, failed: 2, skipped: 0 };
  const ended = { code: 0, timedOut: false };

  it('takes over the counts of a good stage', () => {
    expect(judgeStage({ ...ended, counts: good }, true)).toEqual({ counts: good });
  });

  it('adds nothing where failed tests explain the exit code', () => {
    expect(judgeStage({ ...ended, code: 1, counts: bad }, true)).toEqual({ counts: bad });
  });

  it('counts a failing exit code without a failed test', () => {
    const { counts, problem } = judgeStage({ ...ended, code: 1, counts: good }, true);
    expect(counts).toEqual({ passed: 4, failed: 1, skipped: 1 });
    expect(problem).toBe('exit code 1 without a failed test');
  });

  it('counts a stage without a report, or with a report of no tests', () => {
    expect(judgeStage({ ...ended, counts: undefined }, true).counts.failed).toBe(1);
    expect(judgeStage({ ...ended, counts: noTests() }, true)).toMatchObject({
      counts: { failed: 1 },
      problem: 'no test was reported',
    });
  });

  it('counts a stage that the time limit stopped, beside the tests it had failed', () => {
    expect(judgeStage({ code: 143, timedOut: true, counts: bad }, true).counts.failed).toBe(3);
    expect(judgeStage({ code: 143, timedOut: true, counts: undefined }, false).counts.failed).toBe(1);
  });

  it('lets the exit code decide for a stage that has no tests', () => {
    expect(judgeStage({ ...ended, counts: undefined }, false)).toEqual({ counts: noTests() });
    expect(judgeStage({ ...ended, code: 2, counts: undefined }, false)).toEqual({
      counts: { passed: 0, failed: 1, skipped: 0 },
      problem: 'exit code 2',
    });
  });
});

describe('plainLine', () => {
  it('gives the totals in words', () => {
    const totals = addCounts({ passed: 10, failed: 1, skipped: 0 }, { passed: 2, failed: 0, skipped: 3 });
    expect(plainLine(totals)).toBe('12 passed, 1 failed, 3 skipped');
  });
});
