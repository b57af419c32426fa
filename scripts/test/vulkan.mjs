// @ts-check
// Whether Dawn, outside of a browser, will find a Vulkan driver on Linux. It looks where the Vulkan loader looks, and
// starts nothing. Dawn itself would only say that there is no adapter. macOS and Windows come with Metal and Direct3D.
import { readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { posix } from 'node:path';

const variables = ['VK_DRIVER_FILES', 'VK_ADD_DRIVER_FILES', 'VK_ICD_FILENAMES'];

/** @param {string} folder */
function list(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/**
 * @param {object} [machine] all of it can be replaced in a test
 * @param {NodeJS.Platform} [machine.platform]
 * @param {NodeJS.ProcessEnv} [machine.env]
 * @param {string} [machine.home]
 * @param {(folder: string) => string[]} [machine.files] names in a folder, none where there is no such folder
 */
export function hasGraphicsDriver({
  platform = process.platform,
  env = process.env,
  home = homedir(),
  files = list,
} = {}) {
  if (platform !== 'linux') return true;
  if (variables.some((variable) => env[variable])) return true;
  const folders = ['/usr/share', '/etc', '/usr/local/share', posix.join(home, '.local/share')];
  return folders.some((folder) => files(posix.join(folder, 'vulkan/icd.d')).some((name) => name.endsWith('.json')));
}
