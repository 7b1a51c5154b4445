import { Stack } from 'aws-cdk-lib';
import { describe, expect, test } from 'vitest';
import { type DeploymentScope, NO_TASK_DEFINITION } from '../../infra/deployment-scope.ts';
import { eventHandlers } from '../../infra/event-handlers.ts';
import { actionOf, impliedActions, narrowest, type Permission } from '../../infra/narrowest.ts';
import { permissionsOf } from '../../infra/permissions.ts';
import { statementsFor } from '../../infra/statements.ts';
import { type StepName, stepNames } from '../../statemachine/contract.ts';
import { evaluate } from './intrinsics.ts';
import { anApp, listed, type Statement, shop, statementsOf, synthesise, theResource } from './synthesised.ts';

const template = synthesise({ scope: shop });

/** What the Lambda service itself needs of every role. */
const everyLambda = [
  'logs:CreateLogStream',
  'logs:PutLogEvents',
  'xray:PutTelemetryRecords',
  'xray:PutTraceSegments',
];

const stepsAllowed = (...permissions: Permission[]): StepName[] =>
  stepNames.filter((step) => permissionsOf(step).some((permission) => permissions.includes(permission)));

const statementOf = (step: StepName, action: string): Statement => {
  const [found] = statementsOf(template, new RegExp(`^Cutover${step}Role`)).filter((statement) =>
    listed(statement.Action).includes(action),
  );
  if (found === undefined) throw new Error(`${step} has no statement with ${action}`);
  return found;
};

const roles = [
  ...stepNames.map((name) => ({
    name,
    allowed: permissionsOf(name),
    role: new RegExp(`^Cutover${name}Role`),
  })),
  ...eventHandlers.map(({ name, permissions }) => ({
    name,
    allowed: [...permissions],
    role: new RegExp(`^Cutover${name}(Handler)?Role`),
  })),
];

test.each(roles)(
  'the role of $name allows what the table lists, and nothing else',
  ({ name, role, allowed }) => {
    const statements = statementsOf(template, role);

    const actions = statements.flatMap(({ Action }) => Action);

    // A Lambda that events start also hands over what it could not handle.
    const driven = eventHandlers.some(
      ({ pattern, schedule, ...handler }) => handler.name === name && (pattern ?? schedule) !== undefined,
    );
    expect(statements.every(({ Effect }) => Effect === 'Allow')).toBe(true);
    expect(actions.toSorted()).toEqual(
      [...allowed.map(actionOf), ...everyLambda, ...(driven ? ['sqs:SendMessage'] : [])].toSorted(),
    );
  },
);

describe('who may change what', () => {
  test('only six steps may write a listener or a rule, RemoveGreen among them for the test route', () => {
    expect(
      stepsAllowed('elasticloadbalancing:ModifyListener', 'elasticloadbalancing:ModifyRule').toSorted(),
    ).toEqual(['AttachGreen', 'JudgeHealth', 'RemoveGreen', 'RetireBlue', 'RollBack', 'ShiftTraffic']);
  });

  test('of the Lambdas beside the steps only WatchMoves may write one, and what people write of moves is not its to make or delete', () => {
    const beside = eventHandlers.filter(({ permissions }) =>
      permissions.some((permission) => permission.startsWith('elasticloadbalancing:Modify')),
    );
    expect(beside.map(({ name }) => name)).toEqual(['WatchMoves']);
    const moves = roles.filter(({ allowed }) => allowed.some((permission) => permission.endsWith('@moves')));
    expect(moves.map(({ name }) => name)).toEqual(['WatchMoves']);
    expect(moves.flatMap(({ allowed }) => allowed.filter((one) => one.startsWith('dynamodb:')))).toEqual([
      'dynamodb:Query@moves',
      'dynamodb:UpdateItem@moves',
      'dynamodb:GetItem@leases',
    ]);
  });

  test('only RetireBlue and RemoveGreen may delete task sets, and beside them JudgeHealth and RollBack may scale green', () => {
    expect(stepsAllowed('ecs:DeleteTaskSet')).toEqual(['RetireBlue', 'RemoveGreen']);
    expect(stepsAllowed('ecs:UpdateTaskSet')).toEqual([
      'JudgeHealth',
      'RetireBlue',
      'RollBack',
      'RemoveGreen',
    ]);
  });

  test('only PromoteGreen and RemoveGreen may move PRIMARY', () => {
    expect(stepsAllowed('ecs:UpdateServicePrimaryTaskSet')).toEqual(['PromoteGreen', 'RemoveGreen']);
  });

  test('only AcquireLease, RecordOutcome and the sweep, which prepares recoveries, may write a lease', () => {
    const writers = roles.filter(({ allowed }) => allowed.includes('dynamodb:UpdateItem@leases'));

    expect(writers.map(({ name }) => name)).toEqual(['AcquireLease', 'RecordOutcome', 'Sweep']);
  });

  test('only RecordOutcome may add to the history, and nobody may change or delete what is in the table', () => {
    expect(stepsAllowed('dynamodb:PutItem@ends')).toEqual(['RecordOutcome']);
    const all = roles.flatMap(({ allowed }) => allowed.map(String));

    expect(
      all.filter((permission) => /^dynamodb:(Update|Delete|Batch|PartiQL).*@ends$/.test(permission)),
    ).toEqual([]);
    expect(all.filter((permission) => /^dynamodb:(Delete|Batch|PartiQL)/.test(permission))).toEqual([]);
  });

  test('only RecordOutcome may say that a deployment has finished', () => {
    expect(stepsAllowed('events:PutEvents@finished')).toEqual(['RecordOutcome']);
  });

  test('only LaunchGreen may create a task set', () => {
    expect(stepsAllowed('ecs:CreateTaskSet', 'ecs:TagResource')).toEqual(['LaunchGreen']);
  });

  test('roles of tasks are handed over by who creates a task set, makes one PRIMARY or runs a hook', () => {
    expect(stepsAllowed('iam:PassRole')).toEqual([
      'RunHooks',
      'LaunchGreen',
      'PromoteGreen',
      'RemoveGreen',
      'EndHooks',
    ]);
  });

  test('one-off tasks are run and stopped by the steps that run and end hooks', () => {
    expect(stepsAllowed('ecs:RunTask')).toEqual(['RunHooks', 'EndHooks']);
    expect(stepsAllowed('ecs:StopTask')).toEqual(['RunHooks', 'EndHooks']);
  });
});

describe('how narrow', () => {
  test('nothing but a read has all resources, and waking by a token, for which IAM knows none', () => {
    const everywhere = roles
      .flatMap(({ role }) => statementsOf(template, role))
      .filter(({ Resource }) => listed(Resource).includes('*'))
      .flatMap(({ Action }) => Action)
      .filter((action) => !action.startsWith('xray:'));

    const writes = everywhere.filter((action) => !/:(Describe|List|GetMetric|Lookup)/.test(action));
    expect(everywhere.length).toBeGreaterThan(writes.length);
    expect([...new Set(writes)]).toEqual(['states:SendTaskSuccess']);
  });

  test('the sweep may start this state machine and read its executions, and but for hooks nobody else may start one', () => {
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

  test('RunHooks and EndHooks may start, read and stop hooks, and no deployment', () => {
    for (const role of [/^CutoverRunHooksRole/, /^CutoverEndHooksRole/]) {
      const states = statementsOf(template, role).filter(({ Action }) =>
        listed(Action).some((action) => action.startsWith('states:')),
      );
      expect(states.length).toBeGreaterThan(0);
      for (const { Resource } of states) {
        expect(JSON.stringify(Resource)).toContain('CutoverHookMachine');
        expect(JSON.stringify(Resource)).not.toContain('CutoverStateMachine');
      }
    }
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
    '%s reaches the task sets of the services in the scope, in their cluster, by ARN and by condition',
    (action) => {
      const step = stepsAllowed(action)[0] as StepName;

      const { Resource, Condition } = statementOf(step, action);

      expect(Resource).toEqual([
        'arn:aws:ecs:eu-west-1:111122223333:task-set/shop/web/*',
        'arn:aws:ecs:eu-west-1:111122223333:task-set/shop/api/*',
      ]);
      expect(Condition).toEqual({
        ArnLike: {
          'ecs:cluster': shop.clusterArns,
          'ecs:service': shop.serviceArns,
          ...(action === 'ecs:CreateTaskSet' && {
            'ecs:task-definition': ['arn:*:ecs:*:*:task-definition/*'],
          }),
        },
      });
    },
  );

  test.each(['RunHooks', 'LaunchGreen', 'PromoteGreen', 'RemoveGreen', 'EndHooks'] as const)(
    'roles are passed by %s to ECS tasks and to nobody else, and only those of the scope',
    (step) => {
      expect(statementOf(step, 'iam:PassRole')).toMatchObject({
        Resource: shop.taskRoleArns[0],
        Condition: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
      });
    },
  );

  test('only the tag with the deployment may be put on a task set, and only while it is created', () => {
    expect(statementOf('LaunchGreen', 'ecs:TagResource').Condition).toEqual({
      StringEquals: { 'ecs:CreateAction': 'CreateTaskSet' },
      'ForAllValues:StringEquals': { 'aws:TagKeys': 'cutover:deployment' },
    });
  });

  test('events may be put only under our own name, each step its own', () => {
    expect(statementOf('RecordOutcome', 'events:PutEvents').Condition).toEqual({
      'ForAllValues:StringEquals': {
        'events:source': 'cutover',
        'events:detail-type': 'Cutover Deployment Finished',
      },
      Null: { 'events:source': 'false', 'events:detail-type': 'false' },
    });
  });

  test('a step that needs the record may not read or write leases with the same right', () => {
    expect(statementOf('Bake', 'dynamodb:UpdateItem').Condition).toEqual({
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': 'deployment#*' },
    });
  });

  test('Step Functions may take its role only for state machines of this account and Region', () => {
    const { AssumeRolePolicyDocument } = theResource(
      template,
      'AWS::IAM::Role',
      /^CutoverStateMachineRole/,
    ).Properties;

    expect((AssumeRolePolicyDocument as { Statement: Statement[] }).Statement[0]?.Condition).toEqual({
      StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
      ArnLike: {
        'aws:SourceArn': {
          'Fn::Join': [
            '',
            [
              'arn:',
              { Ref: 'AWS::Partition' },
              ':states:',
              { Ref: 'AWS::Region' },
              ':',
              { Ref: 'AWS::AccountId' },
              ':stateMachine:*',
            ],
          ],
        },
      },
    });
  });
});

describe('the table itself', () => {
  test('has no permission that nobody uses', () => {
    const used = new Set(roles.flatMap(({ allowed }) => allowed));

    expect(Object.keys(narrowest).filter((permission) => !used.has(permission as Permission))).toEqual([]);
  });

  test('has no permission twice in a role', () => {
    for (const { name, allowed } of roles) expect(allowed, name).toEqual([...new Set(allowed)]);
  });

  test('allows what a call implies only together with the call', () => {
    for (const [implied, calls] of Object.entries(impliedActions)) {
      expect(stepsAllowed(implied as Permission)).toEqual(stepsAllowed(...calls));
    }
  });
});

test('a scope made of CloudFormation parameters narrows as one made of ARNs does', () => {
  const asked = synthesise();
  const statements = statementsOf(asked, /^CutoverRetireBlueRole/);
  const resourceOf = (action: string) =>
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

const someResources = {
  ...shop,
  tableArn: 'table',
  eventBusArn: 'bus',
  stateMachineArn: 'machine',
  executionArns: 'executions',
  hookMachineArn: 'hooks',
  hookExecutionArns: 'runs',
};

test('actions with the same resources and conditions share a statement', () => {
  const stack = new Stack(anApp(), 'Empty');

  const statements = statementsFor(
    ['ecs:UpdateTaskSet', 'dynamodb:GetItem@leases', 'ecs:DeleteTaskSet'],
    someResources,
  );

  expect(statements.map((statement) => stack.resolve(statement.toStatementJson()).Action)).toEqual([
    ['ecs:UpdateTaskSet', 'ecs:DeleteTaskSet'],
    'dynamodb:GetItem',
  ]);
});

test('no task is run as a hook unless the installation names its definition', () => {
  const migrate = 'arn:aws:ecs:eu-west-1:111122223333:task-definition/migrate:*';
  const runs = (scope: DeploymentScope): unknown =>
    narrowest['ecs:RunTask'].resources({ ...someResources, ...scope });

  expect(runs(shop)).toEqual([NO_TASK_DEFINITION]);
  expect(runs({ ...shop, hookTaskDefinitionArns: [] })).toEqual([NO_TASK_DEFINITION]);
  expect(runs({ ...shop, hookTaskDefinitionArns: [migrate] })).toEqual([migrate]);
});
