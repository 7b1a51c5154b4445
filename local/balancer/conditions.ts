import { isIPv4 } from 'node:net';
import type { RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2';

/** What a rule's conditions read of a request. Header names are in lower case. */
export type RequestFacts = {
  method: string;
  host: string;
  /** That the client sent the request to, as its Host header names it. */
  clientPort: number | undefined;
  /** Without the query. */
  path: string;
  query: URLSearchParams;
  /** The query as it came. */
  rawQuery: string;
  /** Every value of a header that came several times. */
  headers: Readonly<Record<string, readonly string[] | undefined>>;
  sourceIp: string;
};

const patterns = new Map<string, RegExp>();
const patternOf = (source: string, flags: string): RegExp => {
  const key = `${flags} ${source}`;
  const made = patterns.get(key) ?? new RegExp(source, flags);
  patterns.set(key, made);
  return made;
};

const WILDCARDS: Record<string, string> = { '*': '.*', '?': '.' };

/** `*` is any characters, also none; `?` is exactly one; after a backslash each stands for itself. */
const wildcard = (pattern: string, ignoreCase: boolean): RegExp => {
  const source = pattern.replace(
    /\\([*?])|[*?]|[.+^${}()|[\]\\]/g,
    (all, literal) => WILDCARDS[all] ?? `\\${literal ?? all}`,
  );
  return patternOf(`^${source}$`, ignoreCase ? 'si' : 's');
};

const numberOf = (ip: string): number => ip.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);

const inRange = (ip: string, range: string): boolean => {
  const [base = '', bits = '32'] = range.split('/');
  if (!isIPv4(ip) || !isIPv4(base)) return ip === base;
  const size = 2 ** (32 - Number(bits));
  return Math.floor(numberOf(ip) / size) === Math.floor(numberOf(base) / size);
};

const queryMatches = (
  { query }: RequestFacts,
  wanted: { Key?: string | undefined; Value?: string | undefined },
): boolean =>
  [...query].some(
    ([key, value]) =>
      (wanted.Key === undefined || wildcard(wanted.Key, true).test(key)) &&
      wildcard(wanted.Value ?? '*', true).test(value),
  );

type Patterns = { Values?: string[] | undefined; RegexValues?: string[] | undefined };

/** One of a condition's values, which its own configuration has or the condition itself. */
const oneMatches = (
  { Values, RegexValues }: RuleCondition,
  config: Patterns | undefined,
  text: string,
  ignoreCase: boolean,
): boolean =>
  (config?.Values ?? Values ?? []).some((each) => wildcard(each, ignoreCase).test(text)) ||
  (config?.RegexValues ?? RegexValues ?? []).some((each) => patternOf(each, '').test(text));

type Matcher = (condition: RuleCondition, facts: RequestFacts) => boolean;

/** By the condition's field; what each compares without regard to case is in the API reference of RuleCondition. */
const matchers: Record<string, Matcher> = {
  'host-header': (condition, { host }) => oneMatches(condition, condition.HostHeaderConfig, host, true),
  'path-pattern': (condition, { path }) => oneMatches(condition, condition.PathPatternConfig, path, false),
  'http-header': (condition, { headers }) => {
    const { HttpHeaderConfig: config } = condition;
    const values = headers[config?.HttpHeaderName?.toLowerCase() ?? ''] ?? [];
    return values.some((value) => oneMatches(condition, config, value, true));
  },
  'http-request-method': ({ HttpRequestMethodConfig }, { method }) =>
    (HttpRequestMethodConfig?.Values ?? []).includes(method),
  'query-string': ({ QueryStringConfig }, facts) =>
    (QueryStringConfig?.Values ?? []).some((each) => queryMatches(facts, each)),
  'source-ip': ({ SourceIpConfig }, { sourceIp }) =>
    (SourceIpConfig?.Values ?? []).some((each) => inRange(sourceIp, each)),
};

/** A regular expression that a rule may name; what of it this machine cannot read, as a sentence. */
export const patternProblem = (source: string): string | undefined => {
  try {
    new RegExp(source);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
};

/** Fields of conditions that are read. */
export const knownFields: readonly string[] = Object.keys(matchers);

/** All of a rule's conditions have to hold, each with one of its values. */
export const conditionsHold = (conditions: readonly RuleCondition[], facts: RequestFacts): boolean =>
  conditions.every((condition) => matchers[condition.Field ?? '']?.(condition, facts) === true);
