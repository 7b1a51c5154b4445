import { isIPv4 } from 'node:net';
import type { RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2';

/** What a rule's conditions read of a request. Header names are in lower case. */
export type RequestFacts = {
  method: string;
  host: string;
  /** Without the query. */
  path: string;
  query: URLSearchParams;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  sourceIp: string;
};

/** `*` is any characters, also none; `?` is exactly one. */
const patterns = new Map<string, RegExp>();
const wildcard = (pattern: string, ignoreCase: boolean): RegExp => {
  const key = `${ignoreCase} ${pattern}`;
  const known = patterns.get(key);
  if (known !== undefined) return known;
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const made = new RegExp(`^${source}$`, ignoreCase ? 'si' : 's');
  patterns.set(key, made);
  return made;
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

type Matcher = (condition: RuleCondition, facts: RequestFacts) => boolean;

/** By the condition's field; what each compares without regard to case is in the API reference of RuleCondition. */
const matchers: Record<string, Matcher> = {
  'host-header': ({ HostHeaderConfig, Values }, { host }) =>
    (HostHeaderConfig?.Values ?? Values ?? []).some((each) => wildcard(each, true).test(host)),
  'path-pattern': ({ PathPatternConfig, Values }, { path }) =>
    (PathPatternConfig?.Values ?? Values ?? []).some((each) => wildcard(each, false).test(path)),
  'http-header': ({ HttpHeaderConfig }, { headers }) => {
    const found = headers[HttpHeaderConfig?.HttpHeaderName?.toLowerCase() ?? ''];
    const values = found === undefined ? [] : [found].flat();
    return (HttpHeaderConfig?.Values ?? []).some((each) =>
      values.some((value) => wildcard(each, true).test(value)),
    );
  },
  'http-request-method': ({ HttpRequestMethodConfig }, { method }) =>
    (HttpRequestMethodConfig?.Values ?? []).includes(method),
  'query-string': ({ QueryStringConfig }, facts) =>
    (QueryStringConfig?.Values ?? []).some((each) => queryMatches(facts, each)),
  'source-ip': ({ SourceIpConfig }, { sourceIp }) =>
    (SourceIpConfig?.Values ?? []).some((each) => inRange(sourceIp, each)),
};

/** Fields of conditions that are read. */
export const knownFields: readonly string[] = Object.keys(matchers);

/** All of a rule's conditions have to hold, each with one of its values. */
export const conditionsHold = (conditions: readonly RuleCondition[], facts: RequestFacts): boolean =>
  conditions.every((condition) => matchers[condition.Field ?? '']?.(condition, facts) === true);
