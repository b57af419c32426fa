// @ts-check
// The Node versions that the development tools run on. Vite 8 and Rolldown load ES modules with require(), which came
// to Node with 20.19 and 22.12; an older Node fails deep inside them with a message that names neither.
import { SetupError } from './messages.mjs';

/** @param {string} version such as 20.19.0 */
export function checkNode(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const fits = (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22;
  if (fits) return;
  throw new SetupError(
    `Node ${version} does not run the tools used here: install Node 20.19 or later, or 22.12 or later.`,
  );
}
