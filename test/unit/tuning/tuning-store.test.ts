import { describe, expect, it } from 'vitest';
import { conv2dProblem } from '../../../src/problem/index.js';
import { tuningKey } from '../../../src/tuning/tuning-key.js';
import {
  defaultStore,
  fileStore,
  memoryStore,
  parseTuning,
  type TuningRecord,
} from '../../../src/tuning/tuning-store.js';

const record: TuningRecord = { algorithm: 'direct', variant: 'row-1x16', ms: 1.5 };

/** A file system in memory that takes its time, and can fail. */
function fakeFiles(start: Record<string, string> = {}) {
  const files = new Map(Object.entries(start));
  const calls: string[] = [];
  const state = { broken: false };
  const act = async <T>(name: string, action: () => T): Promise<T> => {
    calls.push(name);
    await new Promise((resolve) => setTimeout(resolve, 1));
    if (state.broken) throw new Error('disk');
    return action();
  };
  const promises = {
    readFile: (path: string) =>
      act('read', () => {
        const text = files.get(path);
        if (text === undefined) throw new Error('ENOENT');
        return text;
      }),
    writeFile: (path: string, text: string) => act('write', () => void files.set(path, text)),
    rename: (from: string, to: string) =>
      act('rename', () => {
        files.set(to, files.get(from)!);
        files.delete(from);
      }),
    mkdir: () => act('mkdir', () => undefined),
  };
  return { fs: { promises }, files, calls, state };
}

describe('a store in a file', () => {
  it('keeps records for the next visit, and leaves the old file until the new one is whole', async () => {
    const { fs, files, calls } = fakeFiles();
    const store = fileStore(fs, '/c/tuning.json', '/c');
    expect(await store.get('a')).toBeUndefined();
    await Promise.all([store.set('a', record), store.set('b', { ...record, ms: 2 })]);
    expect(calls.filter((call) => call !== 'read')).toEqual(['mkdir', 'write', 'rename', 'mkdir', 'write', 'rename']);
    expect([...files.keys()]).toEqual(['/c/tuning.json']);
    const next = fileStore(fs, '/c/tuning.json', '/c');
    expect([await next.get('a'), (await next.get('b'))!.ms]).toEqual([record, 2]);
  });

  it.each(['not json', '[]', '{"a":{"algorithm":1}}', 'null'])('takes %s for no records', async (text) => {
    const store = fileStore(fakeFiles({ '/c/t': text }).fs, '/c/t', '/c');
    expect(await store.get('a')).toBeUndefined();
  });

  it('rejects when the disk does, and works again when it does', async () => {
    const { fs, state } = fakeFiles();
    const store = fileStore(fs, '/c/t', '/c');
    await store.get('a');
    state.broken = true;
    await expect(store.set('a', record)).rejects.toThrow('disk');
    state.broken = false;
    await store.set('b', record);
    expect(await fileStore(fs, '/c/t', '/c').get('a')).toEqual(record);
  });
});

describe('the default store', () => {
  it('is a file in the cache folder of Node, or memory', async () => {
    const { fs, files } = fakeFiles();
    const process = { env: { XDG_CACHE_HOME: '/x' }, getBuiltinModule: () => fs };
    await defaultStore({ process }).set('a', record);
    expect([...files.keys()]).toEqual(['/x/webgpu-conv/tuning.json']);
    await defaultStore({ process: { ...process, env: { HOME: '/home/me' } } }).set('a', record);
    expect([...files.keys()]).toContain('/home/me/.cache/webgpu-conv/tuning.json');
    const memory = defaultStore({ process: { env: {} } });
    await memory.set('a', record);
    expect(await memory.get('a')).toEqual(record);
    expect(await memoryStore().get('a')).toBeUndefined();
  });
});

describe('parseTuning', () => {
  it('gives records back', () =>
    expect(parseTuning('importTuning', JSON.stringify({ k: record }))).toEqual({ k: record }));
  it.each([
    ['{', "importTuning: got '{', but the text of exportTuning() is needed."],
    ['[]', "importTuning: got '[]', but"],
    [undefined, 'importTuning: got undefined, but'],
    [
      '{"k":{"algorithm":"direct"}}',
      "importTuning: the record of 'k' is an object, but the text of exportTuning() is needed.",
    ],
  ])('refuses %s', (text, message) => expect(() => parseTuning('importTuning', text)).toThrow(message));
});

describe('tuningKey', () => {
  const adapter = {
    vendor: 'v',
    architecture: 'a',
    device: '',
    description: 'driver 1',
    features: ['timestamp-query'],
    subgroupMinSize: 0,
  };
  const conditions = { workspaceLimitBytes: 1, accuracy: 'standard', algorithm: undefined, variant: undefined };
  const problem = (more: object = {}) =>
    conv2dProblem({ inputShape: [1, 3, 9, 9], filterShape: [4, 3, 3, 3], ...more });
  const key = tuningKey(adapter, problem(), conditions);

  it('is the same for what cannot change the best algorithm', () => {
    expect(tuningKey({ ...adapter, features: [] }, problem({ paddingMode: 'zeros' }), conditions)).toBe(key);
    const leaky = (alpha: number) => problem({ activation: { name: 'leakyRelu', alpha } });
    expect(tuningKey(adapter, leaky(0.1), conditions)).toBe(tuningKey(adapter, leaky(0.2), conditions));
  });

  it.each([
    ['driver', tuningKey({ ...adapter, description: 'driver 2' }, problem(), conditions)],
    ['f16', tuningKey({ ...adapter, features: ['shader-f16'] }, problem(), conditions)],
    ['subgroups', tuningKey({ ...adapter, subgroupMinSize: 8 }, problem(), conditions)],
    ['size', tuningKey(adapter, problem({ inputShape: [1, 3, 9, 10] }), conditions)],
    ['layout', tuningKey(adapter, problem({ filterShape: [3, 3, 3, 4], filterLayout: 'hwio' }), conditions)],
    ['activation', tuningKey(adapter, problem({ activation: 'relu' }), conditions)],
    ['workspace', tuningKey(adapter, problem(), { ...conditions, workspaceLimitBytes: 2 })],
    ['accuracy', tuningKey(adapter, problem(), { ...conditions, accuracy: 'fast' })],
    ['force', tuningKey(adapter, problem(), { ...conditions, algorithm: 'direct' })],
  ])('differs by %s', (_, other) => expect(other).not.toBe(key));
});
