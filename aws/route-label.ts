import type { Listener, Rule, RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2';

/** Names of routes for people: `HTTPS:443 default`, `HTTPS:443 host api.example.com path /api/*`. */

const portOf = (listener: Listener): string => `${listener.Protocol ?? '?'}:${listener.Port ?? '?'}`;

export const labelOfDefault = (listener: Listener): string => `${portOf(listener)} default`;

export const labelOfRule = (listener: Listener, rule: Rule): string => {
  const conditions = (rule.Conditions ?? []).map(describe);
  const what = conditions.length === 0 ? `rule ${rule.Priority ?? '?'}` : conditions.join(' ');
  return `${portOf(listener)} ${what}`;
};

const describe = (condition: RuleCondition): string => {
  switch (condition.Field) {
    case 'host-header':
      return `host ${valuesOf(condition, condition.HostHeaderConfig)}`;
    case 'path-pattern':
      return `path ${valuesOf(condition, condition.PathPatternConfig)}`;
    case 'http-header': {
      const { HttpHeaderName = '?' } = condition.HttpHeaderConfig ?? {};
      return `header ${HttpHeaderName}=${valuesOf(condition, condition.HttpHeaderConfig)}`;
    }
    case 'http-request-method':
      return `method ${valuesOf(condition, condition.HttpRequestMethodConfig)}`;
    case 'source-ip':
      return `source ${valuesOf(condition, condition.SourceIpConfig)}`;
    case 'query-string': {
      const pairs = condition.QueryStringConfig?.Values ?? [];
      return `query ${pairs.map(({ Key, Value }) => (Key === undefined ? `${Value}` : `${Key}=${Value}`)).join(',')}`;
    }
    default:
      return `${condition.Field ?? '?'} ${valuesOf(condition)}`;
  }
};

type Values = { Values?: string[] | undefined; RegexValues?: string[] | undefined };

/** Values come in the field's own config, in the condition's legacy list, or in both. */
const valuesOf = (condition: RuleCondition, config: Values = {}): string => {
  const plain = config.Values ?? condition.Values ?? [];
  const patterns = (config.RegexValues ?? condition.RegexValues ?? []).map((pattern) => `~${pattern}`);
  return [...plain, ...patterns].join(',');
};
