// The benchmark in Node on Dawn: this engine and the reference, in one file without packages but npm `webgpu`, which is
// imported by the name in WEBGPU_MODULE where that is set. So the file runs on a bare machine with a GPU as well.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { OWN } from '../competitors/own.js';
import { outputOf } from '../report/output.js';
import { localHost } from '../runner/call-step.js';
import { drive } from '../runner/driver.js';
import type { EngineName } from '../runner/result.js';
import { Session } from '../runner/session.js';
import { type Dawn, provideWebGPU } from './dawn.js';
import { OptionError, planOf } from './options.js';

const OPTIONS = {
  shapes: { type: 'string' },
  only: { type: 'string' },
  engines: { type: 'string' },
  limit: { type: 'string' },
  json: { type: 'string' },
  html: { type: 'string' },
  quick: { type: 'boolean' },
} as const;

async function main(): Promise<void> {
  const { json, html, ...given } = parseArgs({ options: OPTIONS }).values;
  const plan = planOf(given, Object.keys(OWN) as EngineName[]);
  provideWebGPU((await import(/* @vite-ignore */ process.env.WEBGPU_MODULE ?? 'webgpu')) as Dawn);
  const date = new Date().toISOString();
  const progress = ({ index, count, title }: { index: number; count: number; title: string }) =>
    process.stderr.write(`[${index + 1}/${count}] ${title} ...\n`);
  const session = new Session(OWN);
  const done = await drive(localHost(session), { ...plan, progress });
  const command = ['node', 'bench.js', ...process.argv.slice(2)].join(' ');
  const { result, text, report } = await outputOf(done, { shapes: plan.shapes, date, command });
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(result, null, 2)}\n`);
  if (html !== undefined) writeFileSync(html, report);
  const { fmaGflops, copyGBs } = result.ceilings;
  console.log(`Adapter: ${result.adapter}; ${fmaGflops.toFixed(0)} GFLOP/s, ${copyGBs.toFixed(1)} GB/s\n\n${text}`);
  if (result.rows.some(({ engine, ok }) => engine === 'webgpu-conv' && !ok)) process.exitCode = 1;
}

try {
  await main();
} catch (error) {
  const { message, stack = message, code = '' } = error as Error & { code?: string };
  const isMistake = error instanceof OptionError || code.startsWith('ERR_PARSE_ARGS');
  process.stderr.write(`webgpu-conv: ${isMistake ? message : stack}\n`);
  process.exitCode = isMistake ? 2 : 1;
}
process.exit(); // a call that hangs would keep the process alive
