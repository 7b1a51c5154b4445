import type { Statement } from './synthesised.ts';

/** What a caller asks IAM for: one action on one resource, with the request's context. */
export type Asked = {
  action: string;
  resource: string;
  /** Condition keys of the request; a key with several values is a list. */
  context?: Record<string, string | string[]>;
};

const listed = <Value>(value: Value | Value[]): Value[] => (Array.isArray(value) ? value : [value]);

/** IAM's wildcards: `*` is any run of characters, `?` is one. */
const like = (pattern: string, value: string): boolean =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
    's',
  ).test(value);

/** In an ARN a wildcard does not cross a colon, except in the last part. */
const arnLike = (pattern: string, value: string): boolean => {
  const partsOf = (arn: string): string[] => {
    const parts = arn.split(':');
    return [...parts.slice(0, 5), parts.slice(5).join(':')];
  };
  const values = partsOf(value);
  return partsOf(pattern).every((part, index) => like(part, values[index] ?? ''));
};

const operators: Record<string, (pattern: string, value: string) => boolean> = {
  StringEquals: (pattern, value) => pattern === value,
  StringLike: like,
  ArnLike: arnLike,
};

const conditionHolds = (operator: string, patterns: string[], values: string[]): boolean => {
  if (operator === 'Null') return (values.length === 0) === (patterns[0] === 'true');
  const [, forAll, name] = /^(ForAllValues:)?(\w+)$/.exec(operator) ?? [];
  const matches = operators[name ?? ''];
  if (matches === undefined) throw new Error(`expected an operator of this file, found ${operator}`);
  const one = (value: string): boolean => patterns.some((pattern) => matches(pattern, value));
  // Without a set operator a key must be there, once.
  return forAll === undefined ? values.length === 1 && values.every(one) : values.every(one);
};

const holds = ({ Condition = {} }: Statement, { context = {} }: Asked): boolean =>
  Object.entries(Condition).every(([operator, keys]) =>
    Object.entries(keys).every(([key, patterns]) =>
      conditionHolds(operator, listed(patterns as string | string[]), listed(context[key] ?? [])),
    ),
  );

/** The resource patterns of a policy's statements that allow what is asked; the policies here have no Deny. */
export const allowedBy = (
  statements: readonly Statement[],
  asked: Asked,
): { statement: Statement; resource: string }[] =>
  statements.flatMap((statement) => {
    if (statement.Effect !== 'Allow') throw new Error(`expected only Allow, found ${statement.Effect}`);
    if (!listed(statement.Action).includes(asked.action) || !holds(statement, asked)) return [];
    return listed(statement.Resource as string | string[])
      .filter((resource) => resource === '*' || arnLike(resource, asked.resource))
      .map((resource) => ({ statement, resource }));
  });
