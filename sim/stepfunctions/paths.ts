import { isObject } from '../../core/is-object.ts';
import type { Path, Template } from './definition.types.ts';
import { runtimeError, StatesError } from './states-error.ts';

/** `$`, `$.a.b`, `$$`, `$$.A.B`: the only JSONPath the state machine uses. */
const PATH = /^(\$\$?)((?:\.[A-Za-z_][A-Za-z0-9_]*)*)$/;

/** @throws when the path uses more of JSONPath than field names. */
export const parsePath = (text: unknown, where: string): Path => {
  const match = typeof text === 'string' ? PATH.exec(text) : null;
  if (match === null) throw new Error(`sim does not model the path ${JSON.stringify(text)} of ${where}`);
  const keys = (match[2] ?? '').split('.').slice(1);
  return { root: match[1] === '$$' ? 'context' : 'input', keys, text: match[0] };
};

type Found = { found: true; value: unknown } | { found: false };

/** The value a path leads to; a field that is not there is not found, one that is null is. */
export const readPath = (path: Path, input: unknown, context: unknown): Found => {
  let value = path.root === 'input' ? input : context;
  for (const key of path.keys) {
    if (!isObject(value) || !Object.hasOwn(value, key)) return { found: false };
    value = value[key];
  }
  return { found: true, value };
};

/**
 * The input with `result` at the path: fields beside it stay, objects on the way are made.
 * The input itself is not changed, because the execution's history still shows it.
 */
export const writePath = (path: Path, input: unknown, result: unknown): unknown => {
  const [key, ...rest] = path.keys;
  if (key === undefined) return result;
  if (!isObject(input)) {
    throw new StatesError(
      'States.ResultPathMatchFailure',
      `Unable to apply ReferencePath ${path.text} to input ${JSON.stringify(input)}`,
    );
  }

  const inner = Object.hasOwn(input, key) ? input[key] : {};
  return { ...input, [key]: writePath({ ...path, keys: rest }, inner, result) };
};

/** Turns a `Parameters` value into a template: members named `x.$` are paths, the rest stays as written. */
export const parseTemplate = (value: unknown, where: string): Template => {
  if (Array.isArray(value)) throw new Error(`sim does not model an array in the Parameters of ${where}`);
  if (!isObject(value)) return { kind: 'literal', value };
  const members = Object.entries(value).map(([name, member]): [string, Template] =>
    name.endsWith('.$')
      ? [name.slice(0, -2), { kind: 'path', path: parsePath(member, `${where}, Parameters.${name}`) }]
      : [name, parseTemplate(member, where)],
  );
  return { kind: 'object', members };
};

/** @throws StatesError `States.Runtime` when a path leads nowhere [fact 107]. */
export const fillTemplate = (
  template: Template,
  input: unknown,
  context: unknown,
  state: string,
): unknown => {
  switch (template.kind) {
    case 'literal':
      return template.value;
    case 'path': {
      const found = readPath(template.path, input, context);
      if (found.found) return found.value;
      throw runtimeError(
        state,
        `The JSONPath '${template.path.text}' specified for a field could not be found in the input.`,
      );
    }
    case 'object':
      return Object.fromEntries(
        template.members.map(([name, member]) => [name, fillTemplate(member, input, context, state)]),
      );
    default:
      return template satisfies never;
  }
};
