import type { Listener, Rule, RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2';

/** A condition's field as people say it, e.g. `path /api/*`. */
const conditionLabel = (condition: RuleCondition): string => {
  const values =
    condition.Values ?? condition.PathPatternConfig?.Values ?? condition.HostHeaderConfig?.Values ?? [];
  const field = (condition.Field ?? 'condition').replace('-pattern', '').replace('-header', '');
  return `${field} ${values.join(', ')}`.trim();
};

/** `HTTPS:443 default` or `HTTPS:443 path /api/*`. */
export const routeLabel = (listener: Listener, rule: Rule | undefined): string => {
  const at = `${listener.Protocol ?? 'HTTP'}:${listener.Port ?? 0}`;
  if (rule === undefined) return `${at} default`;
  return [at, ...(rule.Conditions ?? []).map(conditionLabel)].join(' ');
};
