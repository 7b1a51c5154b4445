import { isObject } from '../core/is-object.ts';

/** One difference between two JSON documents. Undefined on one side: it is not there. */
export type Difference = { path: string; before: unknown; after: unknown };

/** Members by which people, and AWS, distinguish the entries of a list; the first that every entry has counts. */
const KEYS = ['name', 'key', 'containerPort', 'containerName', 'sourceVolume'];

/**
 * What differs, by path, in the order of the documents. Lists of named things (containers, environment, secrets) are
 * compared by name: their order means nothing. What AWS writes as empty and people leave out is the same. That values
 * of environment variables and log options differ is said, the values are not.
 */
export const differences = (before: unknown, after: unknown): Difference[] =>
  differencesAt(before, after, '').map(({ path, ...sides }) => ({
    path,
    before: shown(sides.before, path, HIDDEN),
    after: shown(sides.after, path, sides.before === undefined ? HIDDEN : HIDDEN_CHANGED),
  }));

/** Where people put passwords and tokens: a log, a report and a pull request are read by more than may know them. */
const SECRET = /\.environment\[[^\]]*\]\.value$|\.(logConfiguration|firelensConfiguration)\.options\.[^.]+$/;
const HIDDEN = '(not shown)';
const HIDDEN_CHANGED = '(another, not shown)';

/** The value with such places hidden, wherever in it they are. */
const shown = (value: unknown, path: string, hidden: string): unknown => {
  if (Array.isArray(value)) {
    return value.map((entry, index) =>
      shown(
        entry,
        `${path}[${isObject(entry) && typeof entry.name === 'string' ? entry.name : index}]`,
        hidden,
      ),
    );
  }
  if (isObject(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [name, shown(member, `${path}.${name}`, hidden)]),
    );
  }
  return value !== undefined && SECRET.test(path) ? hidden : value;
};

const differencesAt = (before: unknown, after: unknown, path: string): Difference[] => {
  if (isNothing(before) && isNothing(after)) return [];
  if (isObject(before) && isObject(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return names.flatMap((name) =>
      differencesAt(before[name], after[name], path === '' ? name : `${path}.${name}`),
    );
  }
  if (Array.isArray(before) && Array.isArray(after)) return listDifferences(before, after, path);
  return before === after ? [] : [{ path, before, after }];
};

const isNothing = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  (Array.isArray(value) && value.length === 0) ||
  (isObject(value) && Object.keys(value).length === 0);

const listDifferences = (before: unknown[], after: unknown[], path: string): Difference[] => {
  const key = KEYS.find((name) => keysOf(before, name) !== null && keysOf(after, name) !== null);
  if (key !== undefined) {
    const known = keysOf(before, key) ?? [];
    const ids = [...new Set([...known, ...(keysOf(after, key) ?? [])])];
    const entry = (list: unknown[], id: string): unknown =>
      list.find((item) => isObject(item) && String(item[key]) === id);
    return ids.flatMap((id) => differencesAt(entry(before, id), entry(after, id), `${path}[${id}]`));
  }
  const length = Math.max(before.length, after.length);
  return Array.from({ length }, (_, index) =>
    differencesAt(before[index], after[index], `${path}[${index}]`),
  ).flat();
};

/** The entries' keys when all have one and no two have the same. */
const keysOf = (list: unknown[], name: string): string[] | null => {
  const keys = list.map((item) => (isObject(item) ? item[name] : undefined));
  if (keys.some((key) => typeof key !== 'string' && typeof key !== 'number')) return null;
  const texts = keys.map(String);
  return new Set(texts).size === texts.length ? texts : null;
};
