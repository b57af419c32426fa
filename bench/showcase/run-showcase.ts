// A whole run of the showcase, in the page: decodes the picture, runs the jobs and the self-test, and puts the result,
// its pictures and the report together.
import { createEngine } from 'webgpu-conv';
import { version } from '../../package.json';
import type { Progress } from '../support/outcome.js';
import { breathe } from '../support/timing.js';
import { decodePicture, encodePicture } from './decode.js';
import { jobsFor } from './jobs.js';
import { reportDocument } from './report.js';
import type { ShowcasePicture, ShowcaseRequest, ShowcaseRow, ShowcaseRun } from './result.js';
import { explanations, resultTable, verdict } from './result-table.js';
import { type JobOutcome, runJob, runSelfTest } from './run-job.js';

export async function runShowcase(
  { picture, command }: ShowcaseRequest,
  progress: (step: Progress) => void,
): Promise<ShowcaseRun> {
  const response = await fetch(picture.url);
  if (!response.ok) throw new Error(`the picture could not be loaded (${response.status}).`);
  const { pixels, originalSize } = await decodePicture(await response.blob(), picture.name);
  const { width, height } = pixels;
  const scaled = originalSize[0] !== width || originalSize[1] !== height;
  const date = new Date().toISOString();
  using engine = await createEngine();

  const jobs = jobsFor(pixels);
  const count = jobs.length + 1; // and the self-test
  const rows: ShowcaseRow[] = [];
  const pictures: ShowcasePicture[] = [
    { id: 'original', title: 'Original', caption: picture.name, width, height, ...encodePicture(pixels) },
  ];
  progress({ index: 0, count, title: 'warming up' });
  await breathe();
  await runJob(engine, jobs[0]!); // a browser that has just started is still busy with itself: its first times would be off
  let last: JobOutcome | undefined;
  for (const [index, job] of jobs.entries()) {
    progress({ index, count, title: job.title });
    await breathe();
    const outcome = await runJob(engine, job);
    last = outcome;
    rows.push(outcome.row);
    if (!job.picture) continue;
    const drawn = job.picture.draw(outcome.values, outcome.shape);
    pictures.push({
      id: job.id,
      title: job.title,
      caption: job.picture.caption,
      width: drawn.width,
      height: drawn.height,
      ...encodePicture(drawn),
    });
  }
  progress({ index: jobs.length, count, title: 'self-test' });
  await breathe();
  const selfTest = await runSelfTest(engine, jobs.at(-1)!.data, last!.expected); // a layer: its data is always the same

  const result = { version, date, adapter: engine.info.name, rows };
  const context = { command, clock: last!.clock, selfTest, picture: { name: picture.name, width, height } };
  return {
    result,
    context,
    pictures,
    notes: scaled ? [`${picture.name} was scaled down from ${originalSize.join('×')} to ${width}×${height}.`] : [],
    table: resultTable(result),
    explanations: explanations(context),
    verdict: verdict(result, context),
    report: reportDocument(result, context, pictures),
  };
}
