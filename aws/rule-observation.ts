import type {
  Listener as AwsListener,
  RuleCondition as AwsRuleCondition,
  Rule,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ObservedRule, RuleCondition } from '../core/vocabulary/observed.types.ts';
import { required } from './answer.ts';
import { readForward } from './forward-action.ts';
import { labelOfDefault, labelOfRule } from './route-label.ts';

/** A rule of a listener as preflight reads it. */
export const observeRule = (listener: AwsListener, rule: Rule): ObservedRule => {
  const isDefault = rule.IsDefault === true || rule.Priority === 'default';
  return {
    arn: required(rule.RuleArn, 'the ARN of a rule', 'read rules'),
    priority: isDefault ? null : Number(rule.Priority),
    conditions: (rule.Conditions ?? []).map(observeCondition),
    forward: readForward(rule.Actions ?? []),
    label: isDefault ? labelOfDefault(listener) : labelOfRule(listener, rule),
  };
};

/** Values are in the field's own config, in the condition's legacy list, or in both. */
const observeCondition = (condition: AwsRuleCondition): RuleCondition => {
  const { Field: field = '?', HttpHeaderConfig, HostHeaderConfig, PathPatternConfig } = condition;
  const config = HttpHeaderConfig ?? HostHeaderConfig ?? PathPatternConfig ?? condition.SourceIpConfig;
  const pairs = condition.QueryStringConfig?.Values?.map(({ Key, Value = '' }) =>
    Key === undefined ? Value : `${Key}=${Value}`,
  );
  const values =
    pairs ?? config?.Values ?? condition.HttpRequestMethodConfig?.Values ?? condition.Values ?? [];
  const patterns = [condition, HttpHeaderConfig, HostHeaderConfig, PathPatternConfig].flatMap(
    (one) => one?.RegexValues ?? [],
  );
  const name = HttpHeaderConfig?.HttpHeaderName?.toLowerCase();
  return {
    field,
    ...(name === undefined ? {} : { name }),
    values,
    ...(patterns.length === 0 ? {} : { patterns: [...new Set(patterns)] }),
  };
};
