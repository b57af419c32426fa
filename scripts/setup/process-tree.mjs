// @ts-check
// Ends a child process together with everything it started. Signals to its process group are not enough: Playwright
// puts the browser in a group of its own, so the descendants are looked up as well.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/**
 * Process ids with their parents; empty where neither /proc nor ps is to be had.
 * @returns {[pid: number, parent: number][]}
 */
function processTable() {
  if (process.platform !== 'linux') {
    const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
    return (stdout ?? '')
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/\s+/).map(Number))
      .map(([pid, parent]) => [pid ?? 0, parent ?? 0]);
  }
  /** @type {[number, number][]} */
  const table = [];
  for (const entry of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      // "pid (name) state ppid ...": the name may itself hold spaces and parentheses
      const stat = readFileSync(`/proc/${entry}/stat`, 'utf8');
      table.push([Number(entry), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])]);
    } catch {
      // it ended while the folder was read
    }
  }
  return table;
}

/**
 * Every process below `pid`, parents before children.
 * @param {number} pid
 */
export function descendants(pid) {
  const table = processTable();
  /** @type {number[]} */
  const found = [];
  for (let level = [pid]; level.length > 0; ) {
    const parents = new Set(level);
    level = table.filter(([child, parent]) => parents.has(parent) && !found.includes(child)).map(([child]) => child);
    found.push(...level);
  }
  return found;
}

/**
 * @param {number} target a process id, or a process group as its negative
 * @param {NodeJS.Signals} signal
 */
function sendSignal(target, signal) {
  try {
    process.kill(target, signal);
  } catch {
    // it has ended already
  }
}

/**
 * Signals a process that leads its own group, the group, and `others`. On Windows, which has no signals, all end at once.
 * @param {number} leader
 * @param {number[]} others
 * @param {NodeJS.Signals} signal
 */
export function signalTree(leader, others, signal) {
  if (process.platform === 'win32') {
    spawnSync('taskkill', ['/pid', String(leader), '/t', '/f'], { stdio: 'ignore' });
    return;
  }
  sendSignal(-leader, signal);
  for (const pid of others) sendSignal(pid, signal);
}
