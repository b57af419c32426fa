// Child processes that end as they should: exit codes, captured output, and a time-out that takes the whole tree along,
// also a process that has left its parent's group, as a browser does.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { run } from '../../../scripts/setup/run.mjs';

const node = (code: string, timeoutMs?: number) =>
  run(process.execPath, ['-e', code], { output: 'capture', ...(timeoutMs === undefined ? {} : { timeoutMs }) });

/** Not counting a process that has ended and that nobody has asked about yet, which some containers keep for ever. */
function isAlive(pid: number) {
  try {
    process.kill(pid, 0);
    if (process.platform !== 'linux') return true;
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** Starts a process that does nothing for a minute, prints its id, and goes on with `then`. */
const withChild = (detached: boolean, then: string) => `
  const { spawn } = require('node:child_process');
  const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'], { stdio: 'ignore', detached: ${detached} });
  console.log(child.pid);
  ${then}`;

describe('run', () => {
  it('gives the exit code and both outputs', async () => {
    const result = await node('console.log("out"); console.error("err"); process.exitCode = 3');
    expect(result).toMatchObject({ code: 3, timedOut: false });
    expect(result.output).toContain('out\n');
    expect(result.output).toContain('err\n');
  });

  it('gives 127 for a program that does not exist', async () => {
    const result = await run('webgpu-conv-no-such-program', [], { output: 'capture' });
    expect(result).toMatchObject({ code: 127, timedOut: false });
    expect(result.output).toContain('ENOENT');
  });

  it('passes the environment on', async () => {
    const env = { ...process.env, WEBGPU_CONV_TEST: 'passed on' };
    const { output } = await run(process.execPath, ['-p', 'process.env.WEBGPU_CONV_TEST'], { output: 'capture', env });
    expect(output.trim()).toBe('passed on');
  });
});

// The time-outs leave a busy machine enough time to start the child.
describe.skipIf(process.platform === 'win32')(
  'run, on a system with process groups',
  { concurrent: true, timeout: 30_000 },
  () => {
    it.for([
      ['in its group', false],
      ['in a group of its own', true],
    ] as const)('on a time-out ends the child and a process below it %s', async ([_, detached], { expect }) => {
      const result = await node(withChild(detached, 'setTimeout(() => {}, 60000)'), 4000);
      expect(result).toMatchObject({ code: 143, timedOut: true });
      const below = Number.parseInt(result.output, 10);
      expect(below).toBeGreaterThan(0);
      await expect.poll(() => isAlive(below), { timeout: 3000 }).toBe(false);
    });

    it('ends what a child has left running in its group', async ({ expect }) => {
      const result = await node(withChild(false, 'process.exit(0)'));
      expect(result.code).toBe(0);
      await expect.poll(() => isAlive(Number.parseInt(result.output, 10)), { timeout: 3000 }).toBe(false);
    });

    it('insists where a child ignores the request to end', async ({ expect }) => {
      const result = await node('process.on("SIGTERM", () => {}); setTimeout(() => {}, 60000)', 4000);
      expect(result).toMatchObject({ code: 137, timedOut: true });
    });
  },
);
