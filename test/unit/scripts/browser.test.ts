// Which browser the scripts choose, on made-up machines: the order of the places on each system, the environment
// variable that overrules them, browsers that are there and do not work; and the arguments it is started with.
import { describe, expect, it } from 'vitest';
import { findBrowser, knowsWebGpu } from '../../../scripts/setup/browser.mjs';
import { downloadFailure } from '../../../scripts/setup/browser-install.mjs';
import { browserPlaces } from '../../../scripts/setup/browser-places.mjs';
import { browserArguments } from '../../../scripts/setup/launch-arguments.mjs';
import { SetupError } from '../../../scripts/setup/messages.mjs';

const windows = {
  ProgramFiles: 'C:\\Program Files',
  'ProgramFiles(x86)': 'C:\\Program Files (x86)',
  LOCALAPPDATA: 'C:\\Local',
};

/** A machine on which exactly `files` are executable and every one of them works, except those in `broken`. */
function machine(platform: NodeJS.Platform, env: NodeJS.ProcessEnv, files: string[], broken: string[] = []) {
  return {
    platform,
    env,
    home: platform === 'win32' ? 'C:\\Users\\me' : '/home/me',
    exists: (path: string) => files.includes(path),
    works: (path: string) => !broken.includes(path),
  };
}

describe('findBrowser', () => {
  const linux = { PATH: '/usr/local/bin:/usr/bin' };

  it('takes the browser that the environment names before an installed one', async () => {
    const env = { ...linux, WEBGPU_CONV_BROWSER: '/my/chrome' };
    expect(await findBrowser(machine('linux', env, ['/my/chrome', '/usr/bin/google-chrome']))).toBe('/my/chrome');
  });

  it('throws where the environment names no executable, although another browser is installed', async () => {
    const env = { ...linux, WEBGPU_CONV_BROWSER: '/nowhere/chrome' };
    const error = await findBrowser(machine('linux', env, ['/usr/bin/chromium'])).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SetupError);
    expect(String(error)).toMatch(/WEBGPU_CONV_BROWSER is "\/nowhere\/chrome".*set it to .*unset it/);
    expect(String(error)).not.toContain('\n');
  });

  it('takes an empty variable for none', async () => {
    const env = { ...linux, WEBGPU_CONV_BROWSER: '' };
    expect(await findBrowser(machine('linux', env, ['/usr/bin/chromium']))).toBe('/usr/bin/chromium');
  });

  it.each([
    ['Chrome before Chromium', ['/usr/bin/chromium', '/usr/bin/google-chrome'], '/usr/bin/google-chrome'],
    ['Chromium before Edge', ['/usr/bin/microsoft-edge', '/usr/bin/chromium'], '/usr/bin/chromium'],
    ['the PATH in its order', ['/usr/bin/chromium', '/usr/local/bin/chromium'], '/usr/local/bin/chromium'],
    ['a Chrome outside of the PATH', ['/opt/google/chrome/chrome'], '/opt/google/chrome/chrome'],
    ['the snap only at last', ['/snap/bin/chromium', '/opt/microsoft/msedge/msedge'], '/opt/microsoft/msedge/msedge'],
  ])('on Linux prefers %s', async (_, files, expected) => {
    expect(await findBrowser(machine('linux', linux, files))).toBe(expected);
  });

  it('looks in /usr/bin where there is no PATH', async () => {
    expect(await findBrowser(machine('linux', {}, ['/usr/bin/chromium']))).toBe('/usr/bin/chromium');
  });

  it('passes over a browser that is there and does not work', async () => {
    const files = ['/usr/bin/google-chrome', '/usr/bin/microsoft-edge'];
    expect(await findBrowser(machine('linux', linux, files, ['/usr/bin/google-chrome']))).toBe(
      '/usr/bin/microsoft-edge',
    );
  });

  it('is undefined where there is none', async () => {
    expect(await findBrowser(machine('linux', linux, ['/usr/bin/firefox']))).toBeUndefined();
  });

  it('finds an application of macOS, of all users before one of the user', async () => {
    const own = '/home/me/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';
    const shared = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';
    const edge = '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge';
    expect(await findBrowser(machine('darwin', {}, [edge, own]))).toBe(own);
    expect(await findBrowser(machine('darwin', {}, [edge, own, shared]))).toBe(shared);
  });

  it('finds a program of Windows in each of the three folders', async () => {
    const edge = 'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe';
    const own = 'C:\\Local\\Google\\Chrome\\Application\\chrome.exe';
    expect(await findBrowser(machine('win32', windows, [edge]))).toBe(edge);
    expect(await findBrowser(machine('win32', windows, [edge, own]))).toBe(own);
  });
});

describe('browserPlaces', () => {
  it('names no place twice and none relative to the current folder', () => {
    const places = browserPlaces({ platform: 'linux', env: { PATH: '/usr/bin::.:bin:/usr/bin' }, home: '/home/me' });
    expect(new Set(places).size).toBe(places.length);
    expect(places.filter((place) => !place.startsWith('/'))).toEqual([]);
  });

  it('leaves out folders that this Windows does not have', () => {
    const places = browserPlaces({ platform: 'win32', env: { ProgramFiles: 'D:\\Programs' }, home: 'D:\\me' });
    expect(places).toHaveLength(3);
    for (const place of places) expect(place).toMatch(/^D:\\Programs\\/);
  });
});

describe('knowsWebGpu', () => {
  it.each([
    ['Google Chrome 131.0.6778.85', true],
    ['Google Chrome for Testing 159.0.8154.6', true],
    ['Chromium 156.0.8078.79 built on Debian GNU/Linux 12 (bookworm)', true],
    ['Microsoft Edge 113.0.1774.35', true],
    ['Chromium 112.0.5615.49', false],
    ['/usr/bin/chromium-browser requires the chromium snap 2.61.4 to be installed.', false],
    ['error while loading shared libraries: libnss3.so', false],
    ['', false],
  ])('of %j is %s', (answer, expected) => {
    expect(knowsWebGpu(answer)).toBe(expected);
  });
});

describe('downloadFailure', () => {
  it('tells a missing connection from other failures', () => {
    expect(downloadFailure('Error: getaddrinfo ENOTFOUND cdn.example\n')).toBe('no connection: ENOTFOUND');
    expect(downloadFailure('Error: no space left on device')).toBe('see the details');
  });
});

describe('browserArguments', () => {
  const plain = { platform: 'linux' as NodeJS.Platform, isRoot: false, env: {} };

  it('turns WebGPU on', () => {
    expect(browserArguments(plain)).toContain('--enable-unsafe-webgpu');
  });

  it.each([
    ['Linux, root', { ...plain, isRoot: true }, true],
    ['Linux, CI', { ...plain, env: { CI: 'true' } }, true],
    ['Linux, CI=false', { ...plain, env: { CI: 'false' } }, false],
    ['Linux, a user', plain, false],
    ['macOS, CI', { ...plain, platform: 'darwin' as const, env: { CI: '1' } }, false],
    ['Windows, CI', { ...plain, platform: 'win32' as const, env: { CI: '1' } }, false],
  ])('on %s gives up the sandbox: %#', (_, where, expected) => {
    expect(browserArguments(where).includes('--no-sandbox')).toBe(expected);
  });

  it('adds the arguments of the environment at the end', () => {
    const env = { WEBGPU_CONV_BROWSER_ARGS: '  --one  --two=2 ' };
    expect(browserArguments({ ...plain, env }).slice(-2)).toEqual(['--one', '--two=2']);
    expect(browserArguments({ ...plain, env: { WEBGPU_CONV_BROWSER_ARGS: '' } })).toEqual(browserArguments(plain));
  });
});
