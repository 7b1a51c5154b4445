import { readFileSync } from 'node:fs';
import { Duration, aws_events as events } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import {
  DURATION_METRIC,
  METRIC_NAMESPACE,
  outcomeMetrics,
  ownMetrics,
  RESTORE_METRIC,
} from '../../core/deployment/own-metrics.ts';
import { LAMBDA_MEMORY_MB, LAMBDA_TIMEOUT_SECONDS } from '../../core/estimate/lambda-size.ts';
import type { DeploymentScope } from '../../infra/deployment-scope.ts';
import { eventHandlers } from '../../infra/event-handlers.ts';
import { judgePoints, type Rule } from '../../sim/cloudwatch/judge-points.ts';
import { stepNames } from '../../statemachine/contract.ts';
import {
  anApp,
  listed,
  type Resource,
  resourcesOf,
  shop,
  statementsOf,
  synthesise,
  theResource,
} from './synthesised.ts';

/** Properties that name the resource itself; others name what it belongs to. */
const LAMBDAS = stepNames.length + eventHandlers.length;

const OWN_NAME =
  /LogGroup\.LogGroupName|Function\.FunctionName|Table\.TableName|Queue\.QueueName|Topic\.TopicName|Role\.RoleName|StateMachineName|Alarm\.AlarmName|DashboardName/;

const asl = readFileSync('statemachine/deploy.asl.json', 'utf8');
/** CloudFormation fills in the integrations: Step Functions takes none of another partition. */
const inAPartition = (definition: string): string =>
  definition
    .replaceAll('"arn:aws:states:::lambda:invoke"', `"\${Invoke}"`)
    .replaceAll('"arn:aws:states:::lambda:invoke.waitForTaskToken"', `"\${InvokeAndWait}"`);
const filledIn = (integration: string): object => ({
  'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:states:::${integration}`]],
});

const template = synthesise({ scope: shop });

describe('the state machine', () => {
  const { Properties: machine } = theResource(
    template,
    'AWS::StepFunctions::StateMachine',
    /^CutoverStateMachine/,
  );

  test('is the ASL file, byte for byte, but for the partition of its integrations', () => {
    expect(machine.DefinitionString).toBe(inAPartition(asl));
    expect(machine.DefinitionString).not.toContain('arn:aws:');
  });

  test('gets an ARN for each placeholder of the file, of a published version that an upgrade keeps', () => {
    const placeholders = [...asl.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name).toSorted();
    const versions = resourcesOf(template, 'AWS::Lambda::Version');

    const { InvokeAndWait, ...substitutions } = machine.DefinitionSubstitutions as Record<
      string,
      { Ref: string }
    >;

    expect(InvokeAndWait).toEqual(filledIn('lambda:invoke.waitForTaskToken'));
    expect(Object.keys(substitutions).toSorted()).toEqual(placeholders);
    for (const [name, { Ref }] of Object.entries(substitutions)) {
      expect(Ref).toMatch(new RegExp(`^Cutover${name.replace(/Arn$/, '')}Function`));
      expect(versions.get(Ref)).toMatchObject({
        // Kept, unless the update that made it fails: Lambda would not publish the same code again.
        DeletionPolicy: 'RetainExceptOnCreate',
        UpdateReplacePolicy: 'Retain',
      });
    }
  });

  test('may invoke every version of the steps, because a running deployment calls old ones', () => {
    const [invoke] = statementsOf(template, /^CutoverStateMachineRole/).filter(({ Action }) =>
      listed(Action).includes('lambda:InvokeFunction'),
    );

    const resources = listed(invoke?.Resource) as { 'Fn::Join': [string, unknown[]] }[];

    expect(resources).toHaveLength(stepNames.length);
    for (const { 'Fn::Join': join } of resources) expect(join[1].at(-1)).toBe(':*');
  });

  test('logs every event without the data, and traces', () => {
    expect(machine.LoggingConfiguration).toMatchObject({ Level: 'ALL', IncludeExecutionData: false });
    expect(machine.TracingConfiguration).toEqual({ Enabled: true });
  });
});

describe('each step', () => {
  test.each(stepNames)('%s is a Lambda on arm64 that ends before its state does', (step) => {
    const { Properties: lambda } = theResource(
      template,
      'AWS::Lambda::Function',
      new RegExp(`^Cutover${step}Function`),
    );
    const { TimeoutSeconds = Number.POSITIVE_INFINITY } = JSON.parse(asl).States[step];

    expect(lambda).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Timeout: LAMBDA_TIMEOUT_SECONDS,
      MemorySize: LAMBDA_MEMORY_MB,
      TracingConfig: { Mode: 'Active' },
      Environment: {
        Variables: { CUTOVER_TABLE: { Ref: expect.stringMatching(/Table/) }, CUTOVER_EVENT_BUS: 'default' },
      },
      LoggingConfig: { LogGroup: { Ref: expect.stringContaining(`Cutover${step}Log`) } },
    });
    expect(TimeoutSeconds).toBeGreaterThan(LAMBDA_TIMEOUT_SECONDS);
  });

  test('has a role that no other Lambda has', () => {
    const roles = [...resourcesOf(template, 'AWS::Lambda::Function').values()].map(({ Properties }) =>
      JSON.stringify(Properties.Role),
    );

    expect(new Set(roles).size).toBe(LAMBDAS);
  });

  test('leaves its environment variables where the bundled code searches for them', () => {
    const read = [...readFileSync('functions/deps.ts', 'utf8').matchAll(/setting\('(\w+)'\)/g)].map(
      ([, name]) => name,
    );

    expect([...new Set(read)].toSorted()).toEqual([
      'CUTOVER_EVENT_BUS',
      'CUTOVER_HOOK_MACHINE',
      'CUTOVER_TABLE',
    ]);
  });

  test('knows the state machine of hooks where it runs them, and nowhere else', () => {
    const knowing = [...resourcesOf(template, 'AWS::Lambda::Function')].filter(([, { Properties }]) =>
      JSON.stringify(Properties.Environment).includes('CUTOVER_HOOK_MACHINE'),
    );

    expect(knowing.map(([id]) => id.replace(/Function.*/, ''))).toEqual([
      'CutoverRunHooks',
      'CutoverEndHooks',
    ]);
    for (const [, { Properties }] of knowing)
      expect(JSON.stringify(Properties.Environment)).toMatch(/"Ref":"CutoverHookMachine\w+"/);
  });
});

describe('the state machine of hooks', () => {
  const { Properties: machine } = theResource(
    template,
    'AWS::StepFunctions::StateMachine',
    /^CutoverHookMachine/,
  );
  const invoked = (scope: DeploymentScope): unknown[] =>
    statementsOf(synthesise({ scope }), /^CutoverHookMachineRole/)
      .filter(({ Action }) => listed(Action).includes('lambda:InvokeFunction'))
      .flatMap(({ Resource }) => listed(Resource));

  test('is the ASL file, and its one Lambda of ours a published version', () => {
    expect(machine.DefinitionString).toBe(inAPartition(readFileSync('statemachine/hook.asl.json', 'utf8')));
    expect(machine.DefinitionSubstitutions).toEqual({
      Invoke: filledIn('lambda:invoke'),
      HookAnswerArn: { Ref: expect.stringMatching(/^CutoverHookAnswerFunctionCurrentVersion/) },
    });
  });

  test('may call the functions of the scope and HookAnswer; without any, HookAnswer alone', () => {
    const smoke = 'arn:aws:lambda:eu-west-1:111122223333:function:smoke:live';

    expect(invoked(shop)).toHaveLength(1);
    expect(JSON.stringify(invoked(shop))).toContain('CutoverHookAnswerFunction');
    expect(invoked({ ...shop, hookFunctionArns: [smoke] })).toEqual([...invoked(shop), smoke]);
  });
});

test('no log is kept for ever', () => {
  const retentions = [...resourcesOf(template, 'AWS::Logs::LogGroup').values()].map(
    ({ Properties }) => Properties.RetentionInDays,
  );

  expect(retentions).toEqual(Array(LAMBDAS + 1).fill(90));
});

test('the table is on demand, encrypted, restorable, expires records, and outlives the stack', () => {
  template.hasResource('AWS::DynamoDB::Table', {
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
      BillingMode: 'PAY_PER_REQUEST',
      SSESpecification: { SSEEnabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      DeletionProtectionEnabled: true,
    },
  });
});

test('the page on costs has as many alarms, and as many schedules of a minute, as there are', () => {
  const page = readFileSync('docs/deploying.md', 'utf8');
  const schedules = [...resourcesOf(template, 'AWS::Events::Rule').values()].filter(
    ({ Properties }) => Properties.ScheduleExpression === 'rate(1 minute)',
  );
  const alarms = resourcesOf(template, 'AWS::CloudWatch::Alarm').size;

  expect(page).toContain(`| ${alarms} x $0.10 = `);
  expect(page).toContain('| the sweep, the watch and the one of moves, each 43,200 runs');
  expect(schedules).toHaveLength(3);
});

describe('alarms', () => {
  const alarms = [...resourcesOf(template, 'AWS::CloudWatch::Alarm').values()].map(
    ({ Properties }) => Properties,
  );

  test('speak up for a deployment that needs a person, and not for one that rolled back, was refused, or was stopped', () => {
    const metrics = alarms.map(({ MetricName }) => MetricName);

    expect(metrics).toEqual(expect.arrayContaining(['Stuck', 'Unrecorded']));
    expect(metrics).not.toContain('ExecutionsFailed');
    expect(metrics).not.toContain('ExecutionsAborted');
    expect(metrics).not.toContain('RolledBack');
    expect(metrics).not.toContain('Refused');
  });

  test('watch the steps whose failing leaves users on a bad version or a service locked', () => {
    const watched = alarms
      .filter(({ MetricName }) => MetricName === 'Errors')
      .map(({ Dimensions }) => JSON.stringify(Dimensions));

    expect(watched).toEqual([
      expect.stringContaining('CutoverRollBackFunction'),
      expect.stringContaining('CutoverRecordOutcomeFunction'),
    ]);
  });

  test('say what to do, go to the topic, and stay quiet while nothing is counted', () => {
    for (const alarm of alarms) {
      expect(String(alarm.AlarmDescription).length).toBeGreaterThan(80);
      expect(alarm.AlarmActions).toEqual([{ Ref: expect.stringMatching(/^AlarmTopic/) }]);
      const expectsSomething = alarm.ComparisonOperator === 'LessThanThreshold';
      const ofQueue = alarm.MetricName === 'ApproximateNumberOfMessagesVisible';
      expect(alarm.TreatMissingData).toBe(
        expectsSomething ? 'breaching' : ofQueue ? 'ignore' : 'notBreaching',
      );
    }
  });

  test('stay red for a lost event when SQS stops publishing for its queue, until the queue is purged', () => {
    const ofQueues = alarms.filter(({ MetricName }) => MetricName === 'ApproximateNumberOfMessagesVisible');
    expect(ofQueues).toHaveLength(4);
    for (const alarm of ofQueues) {
      const rule: Rule = {
        evaluationPeriods: Number(alarm.EvaluationPeriods),
        datapointsToAlarm: Number(alarm.DatapointsToAlarm ?? alarm.EvaluationPeriods),
        breaches: (value) => value >= Number(alarm.Threshold),
        treatMissingData: alarm.TreatMissingData as Rule['treatMissingData'],
      };
      const none = undefined;

      expect(judgePoints(rule, [0, 0, 1])).toBe('ALARM');
      // Undefined is the present state.
      expect(judgePoints(rule, [none, none, none])).toBeUndefined();
      expect(judgePoints(rule, [none, none, 0])).toBe('OK');
    }
  });

  test('speak up when the sweep or a watch, which run when nothing else does, is missed', () => {
    const missed = alarms.filter(({ ComparisonOperator }) => ComparisonOperator === 'LessThanThreshold');

    const every = expect.objectContaining({
      MetricName: 'Invocations',
      Threshold: 1,
      Period: 300,
      EvaluationPeriods: 3,
    });
    expect(missed).toEqual([every, every, every]);
    expect(JSON.stringify(missed[0]?.Dimensions)).toContain('CutoverSweep');
    expect(JSON.stringify(missed[1]?.Dimensions)).toContain('CutoverWatch');
    expect(JSON.stringify(missed[2]?.Dimensions)).toContain('CutoverWatchMoves');
  });

  test('speak up for a lease that recoveries do not free, and for recoveries that cannot be started', () => {
    const own = alarms.filter(({ Namespace }) => Namespace === 'Cutover');

    expect(own).toEqual([
      expect.objectContaining({
        MetricName: 'EndedButHeld',
        Threshold: 1,
        Period: 300,
        EvaluationPeriods: 3,
      }),
      expect.objectContaining({ MetricName: 'LeasesNotSwept', Threshold: 3, EvaluationPeriods: 1 }),
    ]);
    for (const { Dimensions } of own) {
      expect(Dimensions).toEqual([{ Name: 'Table', Value: { Ref: expect.stringMatching(/Table/) } }]);
    }
  });

  test('read every count that Cutover publishes of itself', () => {
    const own = alarms.filter(({ Namespace }) => Namespace === METRIC_NAMESPACE);

    expect(own.map(({ MetricName }) => MetricName)).toEqual(ownMetrics);
  });

  test('reach the topic: its policy lets CloudWatch in, for this account', () => {
    template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Allow',
            Action: 'sns:Publish',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
          }),
        ]),
      },
    });
  });

  test('count each way an execution ends by the state it ends in', () => {
    const ends = Object.entries(JSON.parse(asl).States as Record<string, { Type: string }>)
      .filter(([, { Type }]) => Type === 'Fail' || Type === 'Succeed')
      .map(([name]) => name);

    const patterns = [...resourcesOf(template, 'AWS::Logs::MetricFilter').values()].map(
      ({ Properties }) => Properties.FilterPattern,
    );

    expect(patterns).toEqual(
      ends.map((end) => `{ ($.type = "*StateEntered") && ($.details.name = "${end}") }`),
    );
  });
});

describe('what others find', () => {
  test('is one parameter at a path that needs no stack name', () => {
    const { Properties: parameter } = theResource(template, 'AWS::SSM::Parameter', /^Installation/);
    const { InstallationName } = template.findParameters('InstallationName');
    const filled = JSON.stringify(parameter.Value).replaceAll('\\"', "'");

    expect(parameter.Name).toEqual({ 'Fn::Join': ['', ['/cutover/', { Ref: 'InstallationName' }]] });
    expect(InstallationName).toMatchObject({ Type: 'String', Default: 'default' });
    for (const key of ['stateMachineArn', 'tableName', 'eventBusName']) expect(filled).toContain(`'${key}':`);
  });

  test('is apart from a second installation in the same account', () => {
    const second = synthesise({ scope: shop, installation: 'team-b' });

    second.hasResourceProperties('AWS::SSM::Parameter', { Name: '/cutover/team-b' });
    second.hasResourceProperties('AWS::Lambda::Function', {
      Tags: [{ Key: 'cutover:installation', Value: 'team-b' }],
    });
  });
});

test('the same template can be installed twice: every name it gives says which stack it is of', () => {
  const named = Object.values(template.toJSON().Resources as Record<string, Resource>).flatMap(
    ({ Type, Properties = {} }) =>
      Object.entries(Properties)
        .filter(([property]) => /Name$/.test(property) && OWN_NAME.test(`${Type}.${property}`))
        .map(([property, value]) => ({ what: `${Type}.${property}`, value: JSON.stringify(value) })),
  );

  expect(named).toEqual([
    {
      what: 'AWS::Logs::LogGroup.LogGroupName',
      value: expect.stringContaining('/aws/vendedlogs/states/'),
    },
  ]);
  expect(named[0]?.value).toContain('{"Ref":"AWS::StackName"}');
  for (const { Properties } of resourcesOf(template, 'AWS::Logs::MetricFilter').values()) {
    expect(JSON.stringify(Properties.MetricTransformations)).toContain('{"Ref":"AWS::StackName"}');
  }
});

test('the template has no transform, which StackSets would refuse', () => {
  expect(Object.keys(template.toJSON())).not.toContain('Transform');
  expect(JSON.stringify(template.toJSON())).not.toContain('Fn::Transform');
});

describe('an event handler, made by one entry', () => {
  const withHandler = synthesise({
    scope: shop,
    eventHandlers: [
      {
        name: 'Repeat',
        file: 'repeat',
        description: 'Reads again',
        pattern: () => ({ source: ['aws.cloudwatch'] }),
        schedule: events.Schedule.rate(Duration.minutes(5)),
        permissions: ['dynamodb:GetItem@records'],
      },
      // The state machine of hooks calls it.
      ...eventHandlers.filter(({ name }) => name === 'HookAnswer'),
    ],
  });

  test('is started by its pattern and by its schedule, each with retries and a dead-letter queue', () => {
    const rules = [...resourcesOf(withHandler, 'AWS::Events::Rule').values()].map(
      ({ Properties }) => Properties,
    );

    expect(rules).toHaveLength(2);
    expect(rules).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ EventPattern: { source: ['aws.cloudwatch'] } }),
        expect.objectContaining({ ScheduleExpression: 'rate(5 minutes)' }),
      ]),
    );
    for (const { Targets } of rules) {
      expect(Targets).toEqual([
        expect.objectContaining({
          DeadLetterConfig: { Arn: expect.anything() },
          RetryPolicy: { MaximumEventAgeInSeconds: 3600, MaximumRetryAttempts: 185 },
        }),
      ]);
    }
  });

  test('has a destination for events that its function could not handle', () => {
    withHandler.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      MaximumRetryAttempts: 2,
      DestinationConfig: { OnFailure: { Destination: Match.anyValue() } },
    });
  });

  test('pages when an event was lost, by how many lie there', () => {
    withHandler.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Statistic: 'Maximum',
      Threshold: 1,
    });
  });

  test('has a role with its own actions', () => {
    const actions = statementsOf(withHandler, /^CutoverRepeat.*Role/).flatMap(({ Action }) => Action);

    expect(actions).toContain('dynamodb:GetItem');
    expect(actions).not.toContain('dynamodb:UpdateItem');
  });

  test('that nothing starts is only called: no rule and no queue', () => {
    const called = synthesise({
      scope: shop,
      eventHandlers: [
        { name: 'Ask', file: 'ask', description: 'Answers', permissions: ['dynamodb:GetItem@records'] },
        ...eventHandlers.filter(({ name }) => name === 'HookAnswer'),
      ],
    });

    expect(theResource(called, 'AWS::Lambda::Function', /^CutoverAsk/)).toBeDefined();
    called.resourceCountIs('AWS::Events::Rule', 0);
    called.resourceCountIs('AWS::SQS::Queue', 0);
  });
});

describe('the Lambdas beside the workflow', () => {
  const patternOf = (id: RegExp) => theResource(template, 'AWS::Events::Rule', id).Properties.EventPattern;

  test('an alarm that goes red starts OnAlarm, whichever alarm it is', () => {
    expect(patternOf(/^CutoverOnAlarm/)).toEqual({
      source: ['aws.cloudwatch'],
      'detail-type': ['CloudWatch Alarm State Change'],
      detail: { state: { value: ['ALARM'] } },
    });
  });

  test('an execution of this state machine that ends without success starts Sweep, and so does the clock', () => {
    expect(patternOf(/^CutoverSweepOnEvent/)).toEqual({
      source: ['aws.states'],
      'detail-type': ['Step Functions Execution Status Change'],
      detail: {
        stateMachineArn: [{ Ref: expect.stringMatching(/^CutoverStateMachine/) }],
        status: ['FAILED', 'TIMED_OUT', 'ABORTED'],
      },
    });
    expect(theResource(template, 'AWS::Events::Rule', /^CutoverSweepOnSchedule/).Properties).toMatchObject({
      ScheduleExpression: 'rate(1 minute)',
    });
  });

  test('the clock is not traced, events are', () => {
    const modeOf = (id: RegExp) =>
      theResource(template, 'AWS::Lambda::Function', id).Properties.TracingConfig as { Mode: string };

    expect(modeOf(/^CutoverSweep/).Mode).toBe('PassThrough');
    expect(modeOf(/^CutoverOnAlarm/).Mode).toBe('Active');
  });

  test('each says in its description which it is', () => {
    for (const name of ['OnAlarm', 'Sweep', 'Command']) {
      const { Description } = theResource(
        template,
        'AWS::Lambda::Function',
        new RegExp(`^Cutover${name}`),
      ).Properties;
      expect(Description).toMatch(new RegExp(`^Cutover ${name}: `));
    }
  });

  test('Command is found by the command line', () => {
    const { Value } = theResource(template, 'AWS::SSM::Parameter', /^Installation/).Properties;

    expect(JSON.stringify(Value)).toMatch(/commandFunction.*CutoverCommandFunction/);
  });
});

test('the dashboard has what is counted of each service, what runs, and links', () => {
  const [dashboard] = Object.values(template.findResources('AWS::CloudWatch::Dashboard'));
  const body = JSON.stringify(dashboard?.Properties.DashboardBody);

  for (const metric of [outcomeMetrics.rolledBack, DURATION_METRIC, RESTORE_METRIC])
    expect(body).toContain(`MetricName=\\\\\\"${metric}\\\\\\"`);
  expect(body).toContain('{Cutover,Table,Service,Cause}');
  expect(body).toContain('RUNNING_SUM');
  expect(body).toContain('statemachines/view/');
  expect(body).toContain("namespace=~'Cutover)");
});

test('the dashboard is JSON once CloudFormation has put its values in, and no widget is without a title or a text', () => {
  const [dashboard] = Object.values(template.findResources('AWS::CloudWatch::Dashboard'));
  const parts: unknown[] = dashboard?.Properties.DashboardBody['Fn::Join'][1];
  const { widgets } = JSON.parse(
    parts.map((part) => (typeof part === 'string' ? part : 'us-east-1')).join(''),
  );

  expect(widgets.length).toBeGreaterThan(5);
  for (const { properties } of widgets) expect(properties.title ?? properties.markdown).toBeTruthy();
});

test('an app that merges the statements of a policy, as cdk init makes one, can have the stack', () => {
  const template = synthesise({}, anApp({ '@aws-cdk/aws-iam:minimizePolicies': true }));

  expect(template.findResources('AWS::StepFunctions::StateMachine')).not.toEqual({});
});
