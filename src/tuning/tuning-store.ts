// Where the results of tuning are kept between visits: IndexedDB in a browser, a file in Node, or wherever the caller likes. What is
// kept is small, and losing it costs nothing but tuning again; so a store that fails is the same as an empty one.

import { InvalidArgumentError } from '../errors.js';
import { describe } from '../problem/index.js';

/** What became of a way of computing a problem when it was tuned. */
export interface CandidateReport {
  readonly algorithm: string;
  readonly variant: string;
  /** Time of a run, milliseconds; absent if it was not timed. */
  readonly ms?: number;
  /** Why it was not: it needs more workspace than there is, failed, or computed something else than the reference. */
  readonly rejected?: string;
}

/** What tuning found for a problem on an adapter: the fastest way. */
export interface TuningRecord {
  readonly algorithm: string;
  readonly variant: string;
  /** Time of one run when it was tuned, milliseconds. */
  readonly ms: number;
  /** All that were tried, the fastest among them. */
  readonly candidates?: readonly CandidateReport[];
}

/** A place for tuning records. Both functions may reject: tuning goes on without. */
export interface TuningStore {
  get(key: string): Promise<TuningRecord | undefined>;
  set(key: string, record: TuningRecord): Promise<void>;
}

function isReport(value: unknown): value is CandidateReport {
  if (typeof value !== 'object' || value === null) return false;
  const { algorithm, variant, ms, rejected } = value as Partial<Record<keyof CandidateReport, unknown>>;
  if (typeof algorithm !== 'string' || typeof variant !== 'string') return false;
  const hasTime = ms === undefined || (typeof ms === 'number' && ms >= 0);
  return hasTime && (rejected === undefined || typeof rejected === 'string');
}

/** Checks that a value read from outside is a record. */
export function isTuningRecord(value: unknown): value is TuningRecord {
  if (!isReport(value)) return false;
  const { ms, candidates } = value as Partial<Record<keyof TuningRecord, unknown>>;
  return ms !== undefined && (candidates === undefined || (Array.isArray(candidates) && candidates.every(isReport)));
}

/** Reads exported records. Throws InvalidArgumentError unless every one of them is a record. */
export function parseTuning(action: string, text: unknown): Readonly<Record<string, TuningRecord>> {
  let records: unknown;
  try {
    records = JSON.parse(text as string);
  } catch {
    records = undefined;
  }
  const isObject = typeof records === 'object' && records !== null && !Array.isArray(records);
  const wrong = isObject ? Object.entries(records as object).find(([, record]) => !isTuningRecord(record)) : undefined;
  if (isObject && !wrong) return records as Readonly<Record<string, TuningRecord>>;
  throw new InvalidArgumentError(
    `${action}: ${wrong ? `the record of ${describe(wrong[0])} is ${describe(wrong[1])}` : `got ${describe(text)}`}, but the text of exportTuning() is needed.`,
  );
}

/** A store that lives as long as its engine. */
export function memoryStore(): TuningStore {
  const records = new Map<string, TuningRecord>();
  return {
    get: async (key) => records.get(key),
    set: async (key, record) => {
      records.set(key, record);
    },
  };
}

const DATABASE = 'webgpu-conv';
const TABLE = 'tuning';

function request<T>(asked: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

/** A store in the browser's database `webgpu-conv`. */
export function indexedDbStore(factory: IDBFactory): TuningStore {
  let opened: Promise<IDBDatabase> | undefined;
  const open = () => {
    opened ??= new Promise((resolve, reject) => {
      const opening = factory.open(DATABASE, 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore(TABLE);
      opening.onsuccess = () => resolve(opening.result);
      opening.onerror = () => reject(opening.error);
      opening.onblocked = () => reject(new Error('the database is in use by another version'));
    });
    return opened;
  };
  const table = async (mode: IDBTransactionMode) => (await open()).transaction(TABLE, mode).objectStore(TABLE);
  return {
    get: async (key) => {
      const value = await request((await table('readonly')).get(key));
      return isTuningRecord(value) ? value : undefined;
    },
    set: async (key, record) => {
      await request((await table('readwrite')).put(record, key));
    },
  };
}

/** The parts of Node's file system that a store needs. */
interface FileSystem {
  readonly promises: {
    readFile(path: string, encoding: 'utf8'): Promise<string>;
    writeFile(path: string, text: string): Promise<void>;
    rename(from: string, to: string): Promise<void>;
    mkdir(path: string, options: { recursive: true }): Promise<unknown>;
  };
}

/** A store in a JSON file. It is read once, and written whole: to a file beside it first, so that a crash leaves the old one. */
export function fileStore(fs: FileSystem, path: string, folder: string): TuningStore {
  let records: Promise<Map<string, TuningRecord>> | undefined;
  let writing: Promise<void> = Promise.resolve();
  const load = () => {
    records ??= fs.promises
      .readFile(path, 'utf8')
      .then((text) => new Map(Object.entries(JSON.parse(text) as object).filter(([, value]) => isTuningRecord(value))))
      .catch(() => new Map<string, TuningRecord>());
    return records;
  };
  return {
    get: async (key) => (await load()).get(key),
    set: async (key, record) => {
      const all = await load();
      all.set(key, record);
      const write = async () => {
        await fs.promises.mkdir(folder, { recursive: true });
        await fs.promises.writeFile(`${path}.new`, JSON.stringify(Object.fromEntries(all), undefined, 1));
        await fs.promises.rename(`${path}.new`, path);
      };
      writing = writing.then(write, write);
      await writing;
    },
  };
}

interface NodeScope {
  readonly indexedDB?: IDBFactory;
  readonly process?: {
    readonly env: Readonly<Record<string, string | undefined>>;
    getBuiltinModule?(name: string): unknown;
  };
}

/** IndexedDB where there is one; in Node a file in the user's cache folder (`XDG_CACHE_HOME`, `LOCALAPPDATA` or `~/.cache`); else memory. */
export function defaultStore(scope: NodeScope = globalThis as NodeScope): TuningStore {
  if (scope.indexedDB) return indexedDbStore(scope.indexedDB);
  const fs = scope.process?.getBuiltinModule?.('node:fs') as FileSystem | undefined;
  const { XDG_CACHE_HOME, LOCALAPPDATA, HOME } = scope.process?.env ?? {};
  const cache = XDG_CACHE_HOME ?? LOCALAPPDATA ?? (HOME === undefined ? undefined : `${HOME}/.cache`);
  if (!fs || cache === undefined) return memoryStore();
  return fileStore(fs, `${cache}/webgpu-conv/tuning.json`, `${cache}/webgpu-conv`);
}
