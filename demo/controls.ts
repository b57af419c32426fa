// The choice of a filter and its setting. Each filter remembers its own setting, so that trying another one loses nothing.
import { filter, own } from './elements.js';
import { FILTERS, type FilterChoice, type Job } from './filters.js';
import { onOwnFilterChange, ownJob } from './own-filter.js';

const settings = new Map(FILTERS.map(({ id, setting }) => [id, setting?.initial ?? 0]));

function chosen(): FilterChoice {
  return FILTERS.find(({ id }) => id === filter.select.value) ?? FILTERS[0]!;
}

function showChoice(): void {
  const { id, hint, setting, job } = chosen();
  filter.hint.textContent = hint;
  own.box.hidden = job !== undefined;
  filter.sliderRow.hidden = setting === undefined;
  if (setting === undefined) return;
  const { min, max, step, label } = setting;
  Object.assign(filter.slider, { min, max, step }); // before the value, which they restrict
  filter.slider.value = String(settings.get(id));
  filter.sliderLabel.textContent = label;
  showSetting();
}

function showSetting(): void {
  const { id, setting } = chosen();
  const text = setting?.text(settings.get(id)!) ?? '';
  filter.sliderValue.textContent = text;
  filter.slider.ariaValueText = text;
}

/** The job that is set; undefined while the visitor's own filter has something in it that is no number. */
export function chosenJob(): Job | undefined {
  const { id, job } = chosen();
  return job ? job(settings.get(id)!) : ownJob();
}

/** Fills the list of filters, and calls back whenever something is set. */
export function startControls(changed: () => void): void {
  for (const name of new Set(FILTERS.map(({ group }) => group))) {
    const group = document.createElement('optgroup');
    group.label = name;
    group.append(...FILTERS.filter((choice) => choice.group === name).map(({ name, id }) => new Option(name, id)));
    filter.select.append(group);
  }
  filter.form.addEventListener('submit', (event) => event.preventDefault()); // Enter in a cell
  filter.select.addEventListener('change', () => {
    showChoice();
    changed();
  });
  filter.slider.addEventListener('input', () => {
    settings.set(chosen().id, filter.slider.valueAsNumber);
    showSetting();
    changed();
  });
  onOwnFilterChange(changed);
  showChoice();
}
