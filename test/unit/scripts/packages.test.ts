// When `npm test` and its kin install packages: the comparison of package-lock.json with what npm says it installed,
// in temporary folders, and the one-line remedies for a failed installation.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SetupError } from '../../../scripts/setup/messages.mjs';
import { checkNode } from '../../../scripts/setup/node-version.mjs';
import { npmCommand } from '../../../scripts/setup/npm.mjs';
import { npmRemedy, staleReason } from '../../../scripts/setup/packages.mjs';

interface Entry {
  version?: string;
  optional?: boolean;
  os?: string[];
}
type Packages = Record<string, Entry>;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'packages-test-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function writeWanted(packages: Packages) {
  writeFileSync(
    join(folder, 'package-lock.json'),
    JSON.stringify({ packages: { '': { version: '1.0.0' }, ...packages } }),
  );
}

/** What npm leaves behind: a folder for each package, and the hidden lock file. */
function writeInstalled(packages: Packages) {
  for (const path of Object.keys(packages)) mkdirSync(join(folder, path), { recursive: true });
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  writeFileSync(join(folder, 'node_modules', '.package-lock.json'), JSON.stringify({ packages }));
}

describe('staleReason', () => {
  const vite = { 'node_modules/vite': { version: '8.3.8' } };
  const nested = { 'node_modules/vite/node_modules/esbuild': { version: '0.9.0' } };

  it('finds nothing to do where every package is there in its version', () => {
    writeWanted({ ...vite, ...nested });
    writeInstalled({ ...vite, ...nested });
    expect(staleReason(folder)).toBeUndefined();
  });

  it('says that node_modules is missing', () => {
    writeWanted(vite);
    expect(staleReason(folder)).toBe('node_modules is missing');
  });

  it('takes an interrupted installation, which has no hidden lock file, for incomplete', () => {
    writeWanted(vite);
    mkdirSync(join(folder, 'node_modules', 'vite'), { recursive: true });
    expect(staleReason(folder)).toBe('node_modules is incomplete');
  });

  it('names a package that is missing', () => {
    writeWanted({ ...vite, ...nested });
    writeInstalled(vite);
    expect(staleReason(folder)).toBe('vite/node_modules/esbuild is missing');
  });

  it('names a package of another version, with both versions', () => {
    writeWanted(vite);
    writeInstalled({ 'node_modules/vite': { version: '7.0.0' } });
    expect(staleReason(folder)).toBe('vite is 7.0.0, not 8.3.8');
  });

  it('notices a package whose folder was deleted', () => {
    writeWanted(vite);
    writeInstalled(vite);
    rmSync(join(folder, 'node_modules', 'vite'), { recursive: true });
    expect(staleReason(folder)).toBe('vite is missing');
  });

  it('lets packages be missing that are optional or for another system', () => {
    writeWanted({
      ...vite,
      'node_modules/fsevents': { version: '2.3.3', optional: true },
      'node_modules/binding-darwin': { version: '1.0.0', os: ['darwin'] },
    });
    writeInstalled(vite);
    expect(staleReason(folder)).toBeUndefined();
  });

  it('does not let an optional package be there in another version', () => {
    writeWanted({ 'node_modules/binding': { version: '2.0.0', optional: true } });
    writeInstalled({ 'node_modules/binding': { version: '1.0.0', optional: true } });
    expect(staleReason(folder)).toBe('binding is 1.0.0, not 2.0.0');
  });

  it('does not mind packages beyond those of the lock file', () => {
    writeWanted(vite);
    writeInstalled({ ...vite, 'node_modules/more': { version: '1.0.0' } });
    expect(staleReason(folder)).toBeUndefined();
  });

  it.each([
    ['missing', undefined],
    ['not JSON', '<<<<<<< HEAD'],
  ])('throws a set-up error where package-lock.json is %s', (_, content) => {
    if (content !== undefined) writeFileSync(join(folder, 'package-lock.json'), content);
    expect(() => staleReason(folder)).toThrow(SetupError);
    expect(() => staleReason(folder)).toThrow(/package-lock\.json is missing or unreadable .* restore it/);
  });
});

describe('checkNode', () => {
  it.each(['20.19.0', '20.20.2', '22.12.0', '23.0.0', '24.3.1'])('accepts Node %s', (version) => {
    expect(() => checkNode(version)).not.toThrow();
  });

  it.each(['18.20.8', '20.18.3', '21.7.3', '22.11.0'])('refuses Node %s and names a version that fits', (version) => {
    expect(() => checkNode(version)).toThrow(SetupError);
    expect(() => checkNode(version)).toThrow(new RegExp(`^Node ${version} .* 20\\.19 or later`));
  });
});

describe('npmRemedy', () => {
  it.each([
    ['npm error code ENOTFOUND\nnpm error network request failed', 1, /go online/],
    ['npm error code EUSAGE\nnpm error `npm ci` can only install packages when in sync', 1, /npm install/],
    ['npm error code EACCES', 243, /may not write/],
    ['npm error code ENOSPC', 1, /disk is full/],
    ['spawn npm ENOENT', 127, /npm was not found/],
    ['something new', 7, /exit code 7/],
  ])('for %j gives one line that says what to do', (output, code, remedy) => {
    const line = npmRemedy(output, { code, timedOut: false });
    expect(line).toMatch(remedy);
    expect(line).not.toContain('\n');
  });

  it('takes a time-out for a missing network', () => {
    expect(npmRemedy('', { code: 143, timedOut: true })).toMatch(/go online/);
  });
});

describe('npmCommand', () => {
  it('starts the npm that started the script', () => {
    const script = '/usr/lib/node_modules/npm/bin/npm-cli.js';
    expect(npmCommand({ npm_execpath: script }, 'linux')).toEqual({
      command: process.execPath,
      args: [script],
      shell: false,
    });
  });

  it('does not take pnpm or yarn for npm', () => {
    expect(npmCommand({ npm_execpath: '/usr/lib/pnpm/bin/pnpm.cjs' }, 'linux').command).toBe('npm');
    expect(npmCommand({ npm_execpath: '/usr/lib/yarn/bin/yarn.js' }, 'linux').command).toBe('npm');
  });

  it('starts npm.cmd through a shell on Windows', () => {
    expect(npmCommand({}, 'win32')).toEqual({ command: 'npm.cmd', args: [], shell: true });
  });
});
