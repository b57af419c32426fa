// @ts-check
// Where Chrome, Chromium and Edge are usually installed, best first, on Linux, macOS and Windows. Pure: it names
// places and looks at none. Chrome comes first, as what most users of the library run.
import { posix, win32 } from 'node:path';

const linuxCommands = [
  'google-chrome',
  'google-chrome-stable',
  'chromium',
  'chromium-browser',
  'microsoft-edge',
  'microsoft-edge-stable',
];
const linuxFiles = [
  '/opt/google/chrome/chrome',
  '/usr/lib/chromium/chromium',
  '/opt/microsoft/msedge/msedge',
  '/snap/bin/chromium',
];
const macApplications = ['Google Chrome', 'Chromium', 'Microsoft Edge'];
const windowsFiles = [
  ['Google', 'Chrome', 'Application', 'chrome.exe'],
  ['Chromium', 'Application', 'chrome.exe'],
  ['Microsoft', 'Edge', 'Application', 'msedge.exe'],
];

/**
 * @param {{ platform: NodeJS.Platform, env: NodeJS.ProcessEnv, home: string }} machine
 * @returns {string[]} absolute paths, none twice
 */
export function browserPlaces({ platform, env, home }) {
  if (platform === 'win32') {
    const roots = [env.ProgramFiles, env['ProgramFiles(x86)'], env.LOCALAPPDATA].filter((root) => root !== undefined);
    return windowsFiles.flatMap((file) => roots.map((root) => win32.join(root, ...file)));
  }
  if (platform === 'darwin') {
    return macApplications.flatMap((name) =>
      ['/', home].map((root) => posix.join(root, 'Applications', `${name}.app`, 'Contents', 'MacOS', name)),
    );
  }
  const folders = (env.PATH ?? '').split(':').filter(posix.isAbsolute);
  const commands = linuxCommands.flatMap((name) => [...folders, '/usr/bin'].map((folder) => posix.join(folder, name)));
  return [...new Set([...commands, ...linuxFiles])];
}
