import { beforeAll, describe, expect, test } from 'vitest';
import { eventHandlers } from '../../infra/event-handlers.ts';
import { actionOf, impliedActions, type Permission } from '../../infra/narrowest.ts';
import { permissionsOf } from '../../infra/permissions.ts';
import type { ApiCall } from '../../sim/kernel/call.types.ts';
import { stepNames } from '../../statemachine/contract.ts';
import { BEHIND_NETWORK, listenerArn, oldName, testRouteArn } from '../../verify/stage/small-names.ts';
import { ACCOUNT, askedOfIam, ecsArn, REGION, TABLE_ARN, TASK_ROLE_ARN } from './asked-of-iam.ts';
import { type Asked, allowedBy } from './iam.ts';
import { evaluate } from './intrinsics.ts';
import { playRecorded } from './recorded-runs.ts';
import { listed, resourcesOf, type Statement, statementsOf, synthesise } from './synthesised.ts';

/** Every Lambda, with what its role allows. */
const lambdas: { name: string; role: RegExp; permissions: readonly Permission[] }[] = [
  ...stepNames.map((name) => ({
    name,
    role: new RegExp(`^Cutover${name}Role`),
    permissions: permissionsOf(name),
  })),
  ...eventHandlers.map(({ name, permissions }) => ({
    name,
    role: new RegExp(`^Cutover${name}(Handler)?Role`),
    permissions,
  })),
];

/** The services of the simulated account; the roles are made for these and for nothing else. */
const services = ['web', 'api', 'shop', BEHIND_NETWORK].flatMap((name) => [oldName(name), name]);
const parameters = {
  ClusterArns: [ecsArn('cluster', 'proof')],
  ServiceArns: services.map((name) => ecsArn('service', `proof/${name}`)),
  // Testers have a listener of their own in some of the runs.
  ListenerArns: services.flatMap((name) => [listenerArn(name), testRouteArn(name, 'listener')]),
  TaskRoleArns: [TASK_ROLE_ARN],
  TaskDefinitionArns: services.map((name) => ecsArn('task-definition', `${name}:*`)),
  HookTaskDefinitionArns: services.map((name) => ecsArn('task-definition', `${name}:*`)),
};
const elsewhere = {
  ClusterArns: [ecsArn('cluster', 'other')],
  ServiceArns: [ecsArn('service', 'other/web')],
  ListenerArns: [listenerArn('other')],
  TaskRoleArns: [`arn:aws:iam::${ACCOUNT}:role/other`],
  TaskDefinitionArns: [ecsArn('task-definition', 'other:*')],
  HookTaskDefinitionArns: [ecsArn('task-definition', 'other:*')],
};

// With parameters, not ARNs: that is what people install.
const template = synthesise();
const idOf = (type: string, id = /^Cutover/): string =>
  [...resourcesOf(template, type).keys()].find((one) => id.test(one)) ?? '';
const stateMachine = idOf('AWS::StepFunctions::StateMachine', /^CutoverStateMachine/);
const hookMachine = idOf('AWS::StepFunctions::StateMachine', /^CutoverHookMachine/);
const named = {
  'AWS::Partition': 'aws',
  'AWS::Region': REGION,
  'AWS::AccountId': ACCOUNT,
  [`${idOf('AWS::DynamoDB::Table')}.Arn`]: TABLE_ARN,
};
/** Step Functions lives in an account of its own in the simulator. */
const SIMULATED_MACHINE = `arn:aws:states:${REGION}:123456789012:stateMachine:cutover`;

/** Of the service itself, not of a handler's calls. */
const ofLambda = /^(logs|xray|sqs):/;

const statementsWith = (role: RegExp, parameters: Record<string, string[]>): Statement[] =>
  statementsOf(template, role)
    .filter(({ Action }) => !listed(Action).some((action) => ofLambda.test(action)))
    .map((statement) => {
      const states = listed(statement.Action).some((action) => action.startsWith('states:'));
      const values = {
        ...parameters,
        ...named,
        ...(states && {
          'AWS::AccountId': '123456789012',
          [stateMachine]: SIMULATED_MACHINE,
          [`${stateMachine}.Name`]: 'cutover',
          [hookMachine]: `${SIMULATED_MACHINE}-hooks`,
          [`${hookMachine}.Name`]: 'cutover-hooks',
        }),
      };
      const conditions = Object.entries(statement.Condition ?? {}).map(([operator, keys]) => [
        operator,
        Object.fromEntries(Object.entries(keys).map(([key, of]) => [key, evaluate(of, values)])),
      ]);
      return {
        ...statement,
        Resource: listed(evaluate(statement.Resource, values)),
        ...(conditions.length > 0 && { Condition: Object.fromEntries(conditions) }),
      };
    });

/** What IAM was asked, by Lambda; each question once. */
const asked = new Map<string, Map<string, Asked>>(lambdas.map(({ name }) => [name, new Map()]));
const note = (call: ApiCall): void => {
  const questions = asked.get(call.by ?? '');
  if (questions !== undefined) for (const one of askedOfIam(call)) questions.set(JSON.stringify(one), one);
};
const askedBy = (name: string): Asked[] => [...(asked.get(name)?.values() ?? [])];

let settled = new Map<string, boolean>();
beforeAll(async () => {
  settled = await playRecorded(({ world }) => world.kernel.onServed(note));
}, 120_000);

test('every run that is recorded comes to an end', () => {
  expect([...settled].filter(([, end]) => !end)).toEqual([]);
});

describe('what a Lambda calls and what its role allows are the same', () => {
  test.each(lambdas)('$name: the actions', ({ name, permissions }) => {
    // Some permissions are asked for beside a call, by none of their own.
    const direct = permissions.filter((permission) => !(permission in impliedActions)).map(actionOf);
    const implied = permissions.filter((permission) => permission in impliedActions).map(actionOf);

    const calls = new Set(askedBy(name).map(({ action }) => action));

    expect([...calls].filter((action) => !implied.includes(action)).toSorted()).toEqual(
      [...new Set(direct)].toSorted(),
    );
  });

  test.each(lambdas)('$name: each call, on what it was made and under its conditions', ({ name, role }) => {
    const statements = statementsWith(role, parameters);

    const refused = askedBy(name).filter((one) => allowedBy(statements, one).length === 0);

    expect(refused).toEqual([]);
  });

  test.each(lambdas)('$name: no statement, action or resource that no call needed', ({ name, role }) => {
    const statements = statementsWith(role, parameters);
    const used = new Set(
      askedBy(name).flatMap((one) =>
        allowedBy(statements, one).map(({ statement, resource }) =>
          JSON.stringify([statements.indexOf(statement), one.action, kindOf(resource)]),
        ),
      ),
    );

    const unused = statements.flatMap((statement, index) =>
      listed(statement.Action).flatMap((action) =>
        // Not every Lambda happened to meet all three services; one stands for the others.
        [...new Set((statement.Resource as string[]).map(kindOf))]
          .filter((kind) => !used.has(JSON.stringify([index, action, kind])))
          .map((kind) => `${action} on ${kind}`),
      ),
    );

    expect(unused).toEqual([]);
  });
});

/** Any of the services for all of them, and any kind of load balancer. */
const kindOf = (resource: string): string => {
  const names = services.join('|');
  return resource
    .replace(new RegExp(`/proof/(${names})\\b`), '/proof/*')
    .replace(new RegExp(`task-definition/(${names}):`), 'task-definition/*:')
    .replace(new RegExp(`/(app|net)/(${names})/[0-9a-f]{16}/[0-9a-f]{16}`), '/*');
};

describe('a task set', () => {
  const creating = (): Asked => {
    const asked = askedBy('LaunchGreen').find(({ action }) => action === 'ecs:CreateTaskSet');
    if (asked === undefined) throw new Error('expected LaunchGreen to create a task set');
    return asked;
  };
  const allowed = (given: Record<string, string[]>, context: Asked['context'] = {}): boolean =>
    allowedBy(statementsWith(/^CutoverLaunchGreenRole/, { ...parameters, ...given }), {
      ...creating(),
      context: { ...creating().context, ...context },
    }).length > 0;
  const any = 'arn:*:ecs:*:*:task-definition/*';

  test.each<[string, boolean, Record<string, string[]>, Asked['context']]>([
    ['of a family that the installation has', true, {}, {}],
    ['of another family', false, {}, { 'ecs:task-definition': ecsArn('task-definition', 'payment:2') }],
    [
      'of a family whose name begins alike',
      false,
      {},
      { 'ecs:task-definition': ecsArn('task-definition', 'web-admin:2') },
    ],
    [
      'of any, where nobody has narrowed it',
      true,
      { TaskDefinitionArns: [any] },
      { 'ecs:task-definition': ecsArn('task-definition', 'payment:2') },
    ],
    [
      'of another account, where nobody has narrowed it',
      true,
      { TaskDefinitionArns: [any] },
      { 'ecs:task-definition': 'arn:aws-cn:ecs:cn-north-1:444455556666:task-definition/x:1' },
    ],
    ['in another service of the cluster', false, {}, { 'ecs:service': ecsArn('service', 'proof/payment') }],
    ['in a service of that name elsewhere', false, {}, { 'ecs:cluster': ecsArn('cluster', 'other') }],
  ])('%s: allowed is %s', (_what, expected, given, context) => {
    expect(allowed(given, context)).toBe(expected);
  });

  test.each(['RetireBlue', 'RemoveGreen'])(
    'of another service is neither scaled nor deleted by %s',
    (step) => {
      const statements = statementsWith(new RegExp(`^Cutover${step}Role`), parameters);
      const writes = askedBy(step).filter(({ action }) => /^ecs:(Update|Delete)TaskSet$/.test(action));

      const elsewhereToo = writes.filter(
        (one) =>
          allowedBy(statements, {
            ...one,
            context: { ...one.context, 'ecs:service': ecsArn('service', 'proof/payment') },
          }).length > 0,
      );

      expect(writes.length).toBeGreaterThan(0);
      expect(elsewhereToo).toEqual([]);
    },
  );
});

test('an installation for other services lets none of these be read, changed or handed roles by ECS or the load balancer', () => {
  const allowed = lambdas.flatMap(({ name, role }) => {
    const statements = statementsWith(role, elsewhere);
    return askedBy(name).filter((one) => allowedBy(statements, one).length > 0);
  });

  // What IAM cannot narrow, and what is Cutover's own.
  expect([...new Set(allowed.map(({ action }) => action))].toSorted()).toEqual([
    'application-autoscaling:DescribeScalableTargets',
    'application-autoscaling:DescribeScalingPolicies',
    'application-autoscaling:DescribeScheduledActions',
    // Which services is limited by ecs:UpdateService, which it asks for as well.
    'application-autoscaling:RegisterScalableTarget',
    'cloudtrail:LookupEvents',
    'cloudwatch:DescribeAlarms',
    'cloudwatch:GetMetricData',
    'dynamodb:GetItem',
    'dynamodb:PutItem',
    'dynamodb:Query',
    'dynamodb:UpdateItem',
    'ecs:DescribeTaskDefinition',
    'elasticloadbalancing:DescribeListeners',
    'elasticloadbalancing:DescribeLoadBalancers',
    'elasticloadbalancing:DescribeRules',
    'elasticloadbalancing:DescribeTargetGroupAttributes',
    'elasticloadbalancing:DescribeTargetGroups',
    'elasticloadbalancing:DescribeTargetHealth',
    'events:PutEvents',
    'states:DescribeExecution',
    'states:SendTaskSuccess',
    'states:StartExecution',
    'states:StopExecution',
  ]);
});
