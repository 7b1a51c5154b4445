import { App, Stack } from 'aws-cdk-lib';
import { describe, expect, test } from 'vitest';
import { eventHandlers } from '../../infra/event-handlers.ts';
import {
  type Action,
  allowedActions,
  impliedActions,
  narrowest,
  statementsFor,
} from '../../infra/permissions.ts';
import { type StepName, stepNames } from '../../statemachine/contract.ts';
import { evaluate } from './intrinsics.ts';
import { listed, type Statement, shop, statementsOf, synthesise } from './synthesised.ts';

const template = synthesise({ scope: shop });

/** What the Lambda service itself needs of every role. */
const everyLambda = [
  'logs:CreateLogStream',
  'logs:PutLogEvents',
  'xray:PutTelemetryRecords',
  'xray:PutTraceSegments',
];

const stepsAllowed = (...actions: Action[]): StepName[] =>
  stepNames.filter((step) => allowedActions(step).some((action) => actions.includes(action)));

const statementOf = (step: StepName, action: Action): Statement => {
  const [found] = statementsOf(template, new RegExp(`^Cutover${step}Role`)).filter((statement) =>
    listed(statement.Action).includes(action),
  );
  if (found === undefined) throw new Error(`${step} has no statement with ${action}`);
  return found;
};

const roles = [
  ...stepNames.map((name) => ({
    name,
    allowed: allowedActions(name),
    role: new RegExp(`^Cutover${name}Role`),
  })),
  ...eventHandlers.map(({ name, actions }) => ({
    name,
    allowed: [...actions],
    role: new RegExp(`^Cutover${name}(Handler)?Role`),
  })),
];

test.each(roles)('the role of $name allows what the table lists, and nothing else', ({ role, allowed }) => {
  const statements = statementsOf(template, role);

  // A Lambda that events start may also hand over what it could not handle.
  const actions = statements.flatMap(({ Action }) => Action).filter((action) => !action.startsWith('sqs:'));

  expect(statements.every(({ Effect }) => Effect === 'Allow')).toBe(true);
  expect(actions.toSorted()).toEqual([...allowed, ...everyLambda].toSorted());
});

describe('who may change what', () => {
  test('only AttachGreen, ShiftTraffic, RetireBlue and RollBack may write a listener or a rule', () => {
    expect(
      stepsAllowed('elasticloadbalancing:ModifyListener', 'elasticloadbalancing:ModifyRule').toSorted(),
    ).toEqual(['AttachGreen', 'RetireBlue', 'RollBack', 'ShiftTraffic']);
  });

  test('only RetireBlue and RemoveGreen may take capacity away', () => {
    expect(stepsAllowed('ecs:UpdateTaskSet', 'ecs:DeleteTaskSet')).toEqual(['RetireBlue', 'RemoveGreen']);
  });

  test('only PromoteGreen and RemoveGreen may move PRIMARY', () => {
    expect(stepsAllowed('ecs:UpdateServicePrimaryTaskSet')).toEqual(['PromoteGreen', 'RemoveGreen']);
  });

  test('only LaunchGreen may create a task set and hand over the roles of its tasks', () => {
    expect(stepsAllowed('ecs:CreateTaskSet', 'iam:PassRole', 'ecs:TagResource')).toEqual(['LaunchGreen']);
  });
});

describe('how narrow', () => {
  test('nothing but a read has all resources, and waking by a token, for which IAM knows none', () => {
    const everywhere = roles
      .flatMap(({ role }) => statementsOf(template, role))
      .filter(({ Resource }) => listed(Resource).includes('*'))
      .flatMap(({ Action }) => Action)
      .filter((action) => !action.startsWith('xray:'));

    const writes = everywhere.filter((action) => !/:(Describe|List)/.test(action));
    expect(everywhere.length).toBeGreaterThan(writes.length);
    expect([...new Set(writes)]).toEqual(['states:SendTaskSuccess']);
  });

  test('the sweep may start this state machine and read its executions, and nobody else may start one', () => {
    const statements = statementsOf(template, /^CutoverSweepHandlerRole/);
    const resourceOf = (action: string) =>
      statements.find(({ Action }) => listed(Action).includes(action))?.Resource;

    expect(resourceOf('states:StartExecution')).toEqual({
      Ref: expect.stringMatching(/^CutoverStateMachine/),
    });
    expect(JSON.stringify(resourceOf('states:DescribeExecution'))).toMatch(
      /:execution:.*CutoverStateMachine.*Name.*:\*/,
    );
    expect(
      roles.filter(({ allowed }) => allowed.includes('states:StartExecution')).map(({ name }) => name),
    ).toEqual(['Sweep']);
  });

  test('weights may be written on the listeners of the scope and on their rules', () => {
    expect(statementOf('ShiftTraffic', 'elasticloadbalancing:ModifyListener').Resource).toBe(
      'arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/shop/50dc6c495c0c9188/*',
    );
    expect(statementOf('ShiftTraffic', 'elasticloadbalancing:ModifyRule').Resource).toBe(
      'arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener-rule/app/shop/50dc6c495c0c9188/*/*',
    );
  });

  test.each(['ecs:CreateTaskSet', 'ecs:UpdateTaskSet', 'ecs:DeleteTaskSet'] as const)(
    '%s reaches the task sets of the services in the scope, in their cluster',
    (action) => {
      const step = stepsAllowed(action)[0] as StepName;

      const { Resource, Condition } = statementOf(step, action);

      expect(Resource).toEqual([
        'arn:aws:ecs:eu-west-1:111122223333:task-set/shop/web/*',
        'arn:aws:ecs:eu-west-1:111122223333:task-set/shop/api/*',
      ]);
      expect(Condition).toEqual({ ArnLike: { 'ecs:cluster': shop.clusterArns } });
    },
  );

  test('roles are passed to ECS tasks and to nobody else, and only those of the scope', () => {
    expect(statementOf('LaunchGreen', 'iam:PassRole')).toMatchObject({
      Resource: shop.taskRoleArns[0],
      Condition: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
    });
  });

  test('tags may be put on a task set only while it is created', () => {
    expect(statementOf('LaunchGreen', 'ecs:TagResource').Condition).toEqual({
      StringEquals: { 'ecs:CreateAction': 'CreateTaskSet' },
    });
  });

  test('events may be put only under our own name', () => {
    expect(statementOf('RecordOutcome', 'events:PutEvents').Condition).toEqual({
      StringEquals: { 'events:source': 'cutover' },
    });
  });
});

describe('the table itself', () => {
  test('has no action that nobody uses', () => {
    const used = new Set(roles.flatMap(({ allowed }) => allowed));

    expect(Object.keys(narrowest).filter((action) => !used.has(action as Action))).toEqual([]);
  });

  test('has no action twice in a role', () => {
    for (const { name, allowed } of roles) expect(allowed, name).toEqual([...new Set(allowed)]);
  });

  test('allows what a call implies only together with the call', () => {
    for (const [implied, call] of Object.entries(impliedActions)) {
      expect(stepsAllowed(implied as Action)).toEqual(stepsAllowed(call));
    }
  });
});

test('a scope made of CloudFormation parameters narrows as one made of ARNs does', () => {
  const asked = synthesise();
  const statements = statementsOf(asked, /^CutoverRetireBlueRole/);
  const resourceOf = (action: Action) =>
    statements.find(({ Action }) => listed(Action).includes(action))?.Resource;
  const parameters = {
    ListenerArns: [...shop.listenerArns, 'arn:b:listener/net/x/y/z'],
    ServiceArns: shop.serviceArns,
  };

  expect(evaluate(resourceOf('elasticloadbalancing:ModifyListener'), parameters)).toEqual(
    parameters.ListenerArns,
  );
  expect(evaluate(resourceOf('elasticloadbalancing:ModifyRule'), parameters)).toEqual([
    'arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener-rule/app/shop/50dc6c495c0c9188/*/*',
    'arn:b:listener-rule/net/x/y/z/*',
  ]);
  expect(evaluate(resourceOf('ecs:DeleteTaskSet'), parameters)).toEqual([
    'arn:aws:ecs:eu-west-1:111122223333:task-set/shop/web/*',
    'arn:aws:ecs:eu-west-1:111122223333:task-set/shop/api/*',
  ]);
});

test('actions with the same resources and conditions share a statement', () => {
  const stack = new Stack(new App(), 'Empty');
  const resources = {
    ...shop,
    tableArn: 'table',
    eventBusArn: 'bus',
    stateMachineArn: 'machine',
    executionArns: 'executions',
  };

  const statements = statementsFor(['ecs:UpdateTaskSet', 'dynamodb:GetItem', 'ecs:DeleteTaskSet'], resources);

  expect(statements.map((statement) => stack.resolve(statement.toStatementJson()).Action)).toEqual([
    ['ecs:UpdateTaskSet', 'ecs:DeleteTaskSet'],
    'dynamodb:GetItem',
  ]);
});
