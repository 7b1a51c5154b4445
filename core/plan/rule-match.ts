import type { ObservedRule, RuleCondition } from '../vocabulary/observed.types.ts';

/** Which requests a listener's rules take, as far as their conditions alone can show it [fact 84]. */

type Conditioned = Pick<ObservedRule, 'conditions'>;

const keyOf = ({ field, name = '' }: RuleCondition): string => `${field} ${name}`;

/** In paths alone upper and lower case differ. */
const folded = (field: string, value: string): string =>
  field === 'path-pattern' ? value : value.toLowerCase();

/** A `?` stands for one character, so it never covers what a `*` of the other may stand for. */
const globOf = (value: string): RegExp =>
  new RegExp(
    `^${[...value].map((one) => (one === '*' ? '.*' : one === '?' ? '[^*]' : one.replace(/[^\w]/, '\\$&'))).join('')}$`,
    's',
  );

const hasWildcard = (value: string): boolean => /[*?]/.test(value);

const prefixOf = (value: string): string => value.split(/[*?]/, 1)[0] ?? '';

/** Whether one request could have a value of each. */
const mayMeet = (a: string, b: string): boolean => {
  if (!hasWildcard(a)) return hasWildcard(b) ? globOf(b).test(a) : a === b;
  if (!hasWildcard(b)) return globOf(a).test(b);
  return prefixOf(a).startsWith(prefixOf(b)) || prefixOf(b).startsWith(prefixOf(a));
};

const EVERYWHERE = ['0.0.0.0/0', '::/0'];

/** Headers that every browser sends. */
const EVERYDAY_HEADERS = ['host', 'user-agent', 'accept', 'accept-encoding', 'accept-language', 'connection'];

/** It holds for any request that users send. */
const alwaysHolds = ({ field, name, values }: RuleCondition): boolean => {
  if (field === 'source-ip') return values.some((value) => EVERYWHERE.includes(value));
  if (field === 'path-pattern' && values.includes('/*')) return true;
  if (field === 'http-header' && !EVERYDAY_HEADERS.includes(name ?? '')) return false;
  return values.includes('*');
};

const covered = (condition: RuleCondition, by: RuleCondition): boolean => {
  if (condition.patterns !== undefined) return JSON.stringify(condition) === JSON.stringify(by);
  const { field } = condition;
  return condition.values.every((value) =>
    by.values.some((wide) => globOf(folded(field, wide)).test(folded(field, value))),
  );
};

/** Every request that `rule` would take is taken by `earlier`. */
export const takesAllOf = (earlier: Conditioned, rule: Conditioned): boolean =>
  earlier.conditions.every(
    (wide) =>
      alwaysHolds(wide) || rule.conditions.some((own) => keyOf(own) === keyOf(wide) && covered(own, wide)),
  );

/** A request may have several query strings, and a range of addresses may hold the other. */
const TELLS_APART = ['host-header', 'path-pattern', 'http-header', 'http-request-method'];

const apartIn = (a: RuleCondition, b: RuleCondition): boolean =>
  keyOf(a) === keyOf(b) &&
  TELLS_APART.includes(a.field) &&
  a.patterns === undefined &&
  b.patterns === undefined &&
  a.values.every((one) => b.values.every((other) => !mayMeet(folded(a.field, one), folded(b.field, other))));

/** No request could be taken by both. */
export const areApart = (a: Conditioned, b: Conditioned): boolean =>
  a.conditions.some((one) => b.conditions.some((other) => apartIn(one, other)));

const conditionsOn = ({ conditions }: Conditioned, ...fields: string[]): RuleCondition[] =>
  conditions.filter(({ field }) => fields.includes(field));

/** Something that requests of users do not have. */
export const asksForMore = (rule: Conditioned): boolean =>
  conditionsOn(rule, 'http-header', 'query-string', 'source-ip').some((one) => !alwaysHolds(one));

/** Who does not know a header, or does not come from an address, cannot take it. */
export const keepsStrangersOut = (rule: Conditioned): boolean =>
  conditionsOn(rule, 'http-header', 'source-ip').some((one) => !alwaysHolds(one));

/** A host that none of the others names. */
export const hasOwnHost = (rule: Conditioned, others: readonly Conditioned[]): boolean => {
  const hosts = conditionsOn(rule, 'host-header').filter((one) => !alwaysHolds(one));
  return hosts.some((own) =>
    others.every((other) => conditionsOn(other, 'host-header').every((named) => apartIn(own, named))),
  );
};

/** The header that a request needs to be taken, where the rule names it whole. */
export const headerOf = (rule: Conditioned): { name: string; value: string } | null => {
  const [condition, ...more] = conditionsOn(rule, 'http-header');
  const [value] = condition?.values ?? [];
  if (condition?.name === undefined || value === undefined || more.length > 0) return null;
  return condition.patterns === undefined && !hasWildcard(value) ? { name: condition.name, value } : null;
};
