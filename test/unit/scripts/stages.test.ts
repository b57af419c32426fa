// The frame of the test run: the choice of stages by name, their commands, the check for a Vulkan driver, and the
// messages of a failed set-up.
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { excerpt, reportFailure, SetupError } from '../../../scripts/setup/messages.mjs';
import { selectStages, testStages } from '../../../scripts/test/stages.mjs';
import { hasGraphicsDriver } from '../../../scripts/test/vulkan.mjs';

const stages = testStages('/project', '/reports');

describe('testStages', () => {
  it('builds before it tests what was built', () => {
    expect(stages.map(({ name }) => name)).toEqual(['unit and gpu', 'build', 'package', 'pages']);
  });

  it('gives every stage but the build a report file of its own', () => {
    const files = stages.flatMap(({ report }) => (report ? [report.file] : []));
    expect(new Set(files).size).toBe(3);
  });

  it('tells each runner where to write the report that is read afterwards', () => {
    for (const { args, env, report } of stages) {
      if (report?.kind === 'vitest') expect(args).toContain(`--outputFile.json=${report.file}`);
      if (report?.kind === 'playwright') expect(env).toEqual({ PLAYWRIGHT_JSON_OUTPUT_FILE: report.file });
    }
  });

  it('starts the tools from the packages of the project', () => {
    expect(stages[0]?.args.slice(0, 6)).toEqual([
      join('/project', 'node_modules', 'vitest', 'vitest.mjs'),
      'run',
      '--project',
      'unit',
      '--project',
      'gpu',
    ]);
  });
});

describe('selectStages', () => {
  it('gives all stages where none is named', () => {
    expect(selectStages(stages, [])).toBe(stages);
  });

  it('keeps the order of the table', () => {
    expect(selectStages(stages, ['pages', 'build']).map(({ name }) => name)).toEqual(['build', 'pages']);
  });

  it('lists the names where one is unknown', () => {
    expect(() => selectStages(stages, ['build', 'page'])).toThrow(
      'unknown stage "page"; the stages are: "unit and gpu", "build", "package", "pages"',
    );
  });
});

describe('hasGraphicsDriver', () => {
  const bare = { platform: 'linux' as NodeJS.Platform, env: {}, home: '/home/me', files: (): string[] => [] };

  it('is false on a Linux without a driver', () => {
    expect(hasGraphicsDriver(bare)).toBe(false);
  });

  it.each(['VK_DRIVER_FILES', 'VK_ICD_FILENAMES'])('believes %s', (variable) => {
    expect(hasGraphicsDriver({ ...bare, env: { [variable]: '/some/icd.json' } })).toBe(true);
  });

  it.each([
    ['/usr/share/vulkan/icd.d', true],
    ['/etc/vulkan/icd.d', true],
    ['/usr/local/share/vulkan/icd.d', true],
    ['/home/me/.local/share/vulkan/icd.d', true],
    ['/usr/share/vulkan/explicit_layer.d', false],
  ])('with a manifest in %s is %s', (where, expected) => {
    expect(hasGraphicsDriver({ ...bare, files: (folder) => (folder === where ? ['lvp_icd.json'] : []) })).toBe(
      expected,
    );
  });

  it('takes only a manifest for a driver', () => {
    expect(hasGraphicsDriver({ ...bare, files: () => ['README'] })).toBe(false);
  });

  it('is true on macOS and Windows', () => {
    expect(hasGraphicsDriver({ ...bare, platform: 'darwin' })).toBe(true);
    expect(hasGraphicsDriver({ ...bare, platform: 'win32' })).toBe(true);
  });
});

describe('set-up failures', () => {
  /** What reportFailure writes to stderr. */
  function reported(error: unknown, verbose: boolean) {
    const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    try {
      reportFailure(error, { verbose });
      return write.mock.calls.map(([text]) => text).join('');
    } finally {
      write.mockRestore();
    }
  }

  it('are one line, whatever the message was put together from', () => {
    expect(new SetupError('first\n  second\tthird\n').message).toBe('first second third');
  });

  it('show details only when asked', () => {
    const error = new SetupError('install it.', 'npm error one\nnpm error two\n');
    expect(reported(error, false)).toBe('webgpu-conv: install it. (--verbose shows more)\n');
    expect(reported(error, true)).toBe('webgpu-conv: install it.\nnpm error one\nnpm error two\n');
  });

  it('do not promise details where there are none', () => {
    expect(reported(new SetupError('install it.'), false)).toBe('webgpu-conv: install it.\n');
  });

  it('keep both ends of a long output', () => {
    expect(excerpt('a\nb\nc\nd\n', 2)).toBe('a\nb\nc\nd');
    expect(excerpt('a\nb\nc\nd\ne\n', 2)).toBe('a\nb\n...\nd\ne');
  });
});
