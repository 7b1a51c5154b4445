import { isObject } from '../is-object.ts';
import type { CapacityPolicy } from '../vocabulary/request.types.ts';
import { DEFAULT_CAPACITY, MAX_HEADROOM, MAX_MIN_TASKS, MIN_HEADROOM } from './defaults.ts';
import {
  objectSchema,
  optional,
  type Read,
  readChoice,
  readInteger,
  reading,
  readNumber,
  readObject,
} from './read-field.ts';

/** `capacity`: whether green is at full size from its launch on, or grows with its weight. */

const CAPACITY = '"full", "followWeight", or an object with headroom and minTasks';

const readName = readChoice(['full', 'followWeight']);

const readers = {
  headroom: optional(
    readNumber(MIN_HEADROOM, MAX_HEADROOM, `a number from ${MIN_HEADROOM} to ${MAX_HEADROOM}`),
  ),
  minTasks: optional(readInteger(1, MAX_MIN_TASKS)),
};

const schema = { anyOf: [readName.schema, objectSchema(readers)], description: CAPACITY };

/** `full` is null: there is nothing to follow. */
export const readCapacity: Read<CapacityPolicy | null> = reading(schema, (value, path, problems) => {
  if (!isObject(value)) {
    const name = readName(value, path, problems);
    return name === undefined ? undefined : name === 'full' ? null : DEFAULT_CAPACITY;
  }
  const fields = readObject(Object.keys(readers), CAPACITY)(value, path, problems);
  if (fields === undefined) return undefined;
  const headroom = readers.headroom(fields.headroom, `${path}.headroom`, problems);
  const minTasks = readers.minTasks(fields.minTasks, `${path}.minTasks`, problems);
  return {
    headroom: headroom ?? DEFAULT_CAPACITY.headroom,
    minTasks: minTasks ?? DEFAULT_CAPACITY.minTasks,
  };
});
