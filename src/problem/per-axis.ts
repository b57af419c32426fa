// Options with one value for each spatial axis.
import { InvalidArgumentError } from '../errors.js';
import { describe, integerAtLeast } from './options.js';
import { axisNames, type Rank } from './rank.js';

/**
 * Reads an option that is one number or one for each axis.
 * @throws InvalidArgumentError for another number of values, or one that is not an integer from `least` to `most`.
 */
export function parsePerAxis(
  action: string,
  name: string,
  value: unknown,
  rank: Rank,
  least: number,
  most: number,
): readonly number[] {
  if (!Array.isArray(value)) {
    const all = integerAtLeast(action, name, value, least, most);
    return axisNames(rank).map(() => all);
  }
  if (value.length !== rank) {
    throw new InvalidArgumentError(
      `${action}: ${name} is ${describe(value)}, but must be one number or [${axisNames(rank).join(', ')}].`,
    );
  }
  return value.map((item, axis) => integerAtLeast(action, `${name}[${axis}]`, item, least, most));
}
