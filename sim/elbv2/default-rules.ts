import type { WorldSeed } from '../parts.types.ts';

/** The ARN of a listener's default rule where the world does not give it. */
const madeArn = (listenerArn: string): string =>
  `${listenerArn.replace(':listener/', ':listener-rule/')}/0000000000000000`;

/** A listener's default action is a rule as well: its ARN by the listener's. */
export const defaultRuleArns = ({ listeners, rules }: Pick<WorldSeed, 'listeners' | 'rules'>) => {
  const given = new Map(
    rules.flatMap(({ ListenerArn, Rule: { IsDefault, RuleArn } }) =>
      IsDefault === true && RuleArn !== undefined ? [[ListenerArn, RuleArn] as const] : [],
    ),
  );
  return new Map(
    listeners.flatMap(({ ListenerArn: arn }) =>
      arn === undefined ? [] : [[arn, given.get(arn) ?? madeArn(arn)] as const],
    ),
  );
};
