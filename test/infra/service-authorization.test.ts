import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { actionOf, narrowest, type Permission } from '../../infra/narrowest.ts';
import { shop } from './synthesised.ts';

type Reference = { actions: Record<string, { resources: string[]; conditionKeys: string[] }> };

/** What AWS publishes about each action: which resources it may be narrowed to, and which conditions it knows. */
const { actions } = JSON.parse(
  readFileSync(new URL('./service-authorization.json', import.meta.url), 'utf8'),
) as Reference;

const resources = {
  ...shop,
  tableArn: 'arn:aws:dynamodb:eu-west-1:111122223333:table/cutover',
  eventBusArn: 'arn:aws:events:eu-west-1:111122223333:event-bus/default',
  stateMachineArn: 'arn:aws:states:eu-west-1:111122223333:stateMachine:cutover',
  executionArns: 'arn:aws:states:eu-west-1:111122223333:execution:cutover:*',
  hookMachineArn: 'arn:aws:states:eu-west-1:111122223333:stateMachine:hooks',
  hookExecutionArns: 'arn:aws:states:eu-west-1:111122223333:execution:hooks:*',
};

/** Listed with a resource type, and yet only `*` serves. */
const notNarrower: Partial<Record<Permission, string>> = {
  'ecs:ListTasks':
    'of the type container instance, which Fargate tasks have none of; the cluster is a condition',
  'cloudwatch:DescribeAlarms': 'composite alarms answer only to * [fact 112]',
};

const permissions = (Object.keys(narrowest) as Permission[]).map((permission) => ({ permission }));

/** Whether some ARN fits both: a `${Name}` of the reference stands for one part, our wildcards for any number. */
const fits = (format: string, pattern: string): boolean => {
  const example = pattern.replaceAll('*', 'any');
  const parts = format.split(/\$\{\w+\}/).map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*?')}$`).test(example);
};

describe('as narrow as AWS supports', () => {
  test.each(permissions)('$permission', ({ permission }) => {
    const reference = actions[actionOf(permission)];
    if (reference === undefined) throw new Error(`${permission} is not in service-authorization.json`);
    const { resources: of, conditions } = narrowest[permission] as {
      resources: (given: typeof resources) => string[];
      conditions?: (given: typeof resources) => Record<string, Record<string, unknown>>;
    };

    const ours = of(resources);
    const keys = Object.values(conditions?.(resources) ?? {}).flatMap(Object.keys);

    if (reference.resources.length === 0 || permission in notNarrower) expect(ours).toEqual(['*']);
    else expect(ours.filter((arn) => !reference.resources.some((format) => fits(format, arn)))).toEqual([]);
    expect(keys.filter((key) => !reference.conditionKeys.includes(key))).toEqual([]);
    // A condition on the cluster keeps a service of the same name in another one out, whatever the ARNs' wildcards say.
    if (reference.conditionKeys.includes('ecs:cluster')) expect(keys).toContain('ecs:cluster');
  });

  test('the reference holds nothing that Cutover no longer asks for', () => {
    expect(Object.keys(actions).toSorted()).toEqual(
      [...new Set(permissions.map(({ permission }) => actionOf(permission)))].toSorted(),
    );
  });
});
