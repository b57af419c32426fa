// The page where a network learns to read digits. This file holds its state (engine, training) and what leads from one to the next.
import { createEngine, DeviceLostError, type Engine, type LostInfo } from 'webgpu-conv';
import { hideNotice, messageOf, onRestart, showNotice } from '../shared/notice.js';
import { saveFile } from '../shared/save-file.js';
import { offerToCommand } from './command.js';
import { Digits } from './digits.js';
import { controls } from './elements.js';
import { startPad } from './reading.js';
import { TrainingRecord } from './record.js';
import { requestOf } from './request.js';
import { type Checkpoint, Training, type TrainingEvents } from './training.js';
import {
  percent,
  showAdapter,
  showBeginning,
  showDigits,
  showFilters,
  showLoss,
  showMemory,
  showState,
  showTest,
  stateOf,
  TRAINING_STATUS,
  verdict,
} from './view.js';

/** A training, and what is kept of it. */
interface Course {
  readonly engine: Engine;
  readonly training: Training;
  readonly record: TrainingRecord;
  isPaused: boolean;
}

const digits = new Digits();
let engine: Engine | undefined;
let course: Course | undefined;
let checkpoint: Checkpoint | undefined;
const asked = requestOf(location.search);
let seed = asked.seed;

const readPad = startPad(async (picture) => {
  try {
    return await course?.training.read(picture);
  } catch (error) {
    complain('The drawing could not be read', error);
    return undefined;
  }
});

/** Shows an error. The loss of the device has a notice of its own, see stop(). */
function complain(title: string, error: unknown): void {
  if (!(error instanceof DeviceLostError)) showNotice(title, messageOf(error));
}

/** A network with random weights, or with those of a checkpoint, in the place of the one before. */
async function enrol(from?: Checkpoint): Promise<Course> {
  const current = engine!;
  const { steps } = asked;
  const record = new TrainingRecord(current);
  record.resume(); // what is compiled counts, too
  const training = await Training.create(current, digits, { seed, steps, from });
  record.pause();
  course?.training.dispose();
  course = { engine: current, training, record, isPaused: false };
  checkpoint = from;
  if (!from) showBeginning(steps);
  showFilters(await training.firstFilters());
  showDigits(await training.preview());
  readPad();
  return course;
}

function eventsOf(current: Course): TrainingEvents {
  const { engine: own, training, record } = current;
  return {
    onLoss(step, loss) {
      record.addLoss(loss);
      showLoss(step, loss, record.ms);
    },
    onDigits: showDigits,
    async onTest(step, confusion) {
      record.addTest(confusion);
      showTest(confusion, step);
      showFilters(await training.firstFilters());
      checkpoint = { file: await training.network.save(), step };
      if (step > 0) record.measureMemory(); // before, not all was needed that training needs
      showMemory(own);
      window.onProgress?.({
        index: Math.max(0, step - 1),
        count: training.steps,
        title: `accuracy ${percent(record.accuracy)}`,
      });
      readPad();
    },
  };
}

/** Goes on with a training until it is done or paused. */
async function learn(current: Course): Promise<void> {
  const { training, record } = current;
  current.isPaused = false;
  hideNotice();
  showState('training', TRAINING_STATUS);
  record.resume();
  try {
    await training.run(eventsOf(current), () => current.isPaused || course !== current);
  } finally {
    record.pause();
  }
  if (course !== current) return;
  if (training.isDone) showState('done', verdict(record.accuracy, record.ms / 1000));
  else showState('paused', `Paused after step ${training.step}.`);
  readPad();
}

/** Goes on, or begins anew if the training is done. Failures become a notice. */
async function run(): Promise<void> {
  try {
    let current = course!;
    if (current.training.isDone) {
      showState('busy', 'Starting over …');
      seed++;
      current = await enrol();
    }
    await learn(current);
  } catch (error) {
    complain('The training ended', error);
    if (course) showState('paused', `Ended after step ${course.training.step}.`);
  }
}

function pause(): void {
  if (!course) return;
  course.isPaused = true;
  showState('pausing', 'Pausing …');
}

async function startOver(): Promise<void> {
  hideNotice();
  showState('busy', 'Starting over …');
  try {
    seed++;
    await enrol();
    showState('ready', 'Ready, with other random weights.');
  } catch (error) {
    complain('This did not work', error);
    if (course) showState('paused', 'As before.');
  }
}

async function save(): Promise<void> {
  if (!course) return;
  const { training } = course;
  try {
    saveFile(new Blob([await training.network.save()]), `digits-${training.step}-steps.safetensors`);
  } catch (error) {
    complain('The weights could not be saved', error);
  }
}

async function load(file: File): Promise<void> {
  if (!course) return;
  const { training, record } = course;
  const before = stateOf();
  hideNotice();
  showState('busy', `Reading ${file.name} …`);
  try {
    training.network.load(await file.arrayBuffer());
  } catch (error) {
    complain(`“${file.name}” was not loaded`, error);
    if (course) showState(before, 'The network is as before.');
    return;
  }
  try {
    showFilters(await training.firstFilters());
    const confusion = await training.test();
    record.addTest(confusion);
    showTest(confusion);
    showState(before, `Loaded ${file.name}: it reads ${percent(record.accuracy)} of digits it never saw.`);
    readPad();
  } catch (error) {
    complain('The network could not be tested', error);
    if (course) showState(before, `Loaded ${file.name}.`);
  }
}

/** Says that there is no engine any more, and why. */
function stop(lost: Engine, { message }: LostInfo): void {
  if (lost !== engine) return;
  engine = undefined;
  course = undefined;
  const reason = message ? ` The browser says: ${message}` : '';
  const kept = checkpoint ? ` The weights of step ${checkpoint.step} are kept.` : '';
  showNotice(
    'The GPU was lost',
    `This happens when a driver restarts or a computer sleeps.${kept}${reason}`,
    'Restart',
  );
  showState('stopped', 'Stopped: the GPU was lost.');
}

async function start(): Promise<void> {
  hideNotice();
  showState('starting', 'Starting…');
  try {
    const started = await createEngine();
    engine = started;
    started.lost.then((info) => stop(started, info));
    showAdapter(started);
    const from = checkpoint;
    await enrol(from);
    if (from) showState('paused', `Ready to go on from step ${from.step}.`);
    else showState('ready', 'Ready: a network with random weights.');
  } catch (error) {
    const unused = engine; // where there is one, it was the digits or the network that failed
    engine = undefined; // before it is disposed, which is no loss
    course = undefined;
    unused?.dispose();
    if (error instanceof DeviceLostError) throw error; // which has a notice of its own
    const title = unused ? 'The network could not be set up' : 'WebGPU is not available here';
    showNotice(title, messageOf(error), 'Try again');
    showState('stopped', unused ? 'Nothing can be learnt yet.' : 'Nothing can be computed without WebGPU.');
    throw error;
  }
}

controls.run.addEventListener('click', () => {
  if (stateOf() === 'training') pause();
  else run();
});
controls.again.addEventListener('click', startOver);
controls.save.addEventListener('click', save);
controls.file.addEventListener('change', () => {
  const file = controls.file.files?.[0];
  controls.file.value = ''; // or choosing the same file once more would be no change
  if (file) load(file);
});
const starting = start();
onRestart(() => start().catch(() => {})); // the page says what was wrong
offerToCommand(async () => {
  await starting;
  const current = course!;
  await learn(current);
  return current.record.result(current.training.step);
});
starting.catch(() => {});
