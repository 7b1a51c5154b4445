/** A request of each protocol that a local world takes, by operations that read and that write. */
type LocalExample = {
  service: string;
  protocol: 'json-1.0' | 'json-1.1' | 'query' | 'ec2' | 'cbor' | 'rest';
  operation: string;
  input: unknown;
};

const where = { cluster: 'production', service: 'shop' };
const LISTENER =
  'arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/shop/50dc6c495c0c9188/f2f7dc8efc522ab2';
const GROUP = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/shop-blue/73e2d6bc24d8a067';
const EXECUTION = 'arn:aws:states:us-east-1:123456789012:execution:cutover:first';
const MACHINE = 'arn:aws:states:us-east-1:123456789012:stateMachine:cutover';
const KEY = { pk: { S: 'leases' }, sk: { S: 'production/shop' } };

const of = (
  service: string,
  protocol: LocalExample['protocol'],
  inputs: Record<string, unknown>,
): LocalExample[] =>
  Object.entries(inputs).map(([operation, input]) => ({ service, protocol, operation, input }));

export const localExamples: readonly LocalExample[] = [
  ...of('ecs', 'json-1.1', {
    DescribeServices: { cluster: 'production', services: ['shop'], include: ['TAGS'] },
    DescribeTaskSets: { ...where, taskSets: ['ecs-svc/1'], include: ['TAGS'] },
    CreateTaskSet: {
      ...where,
      taskDefinition: 'shop:42',
      externalId: 'a',
      scale: { value: 50, unit: 'PERCENT' },
      loadBalancers: [{ targetGroupArn: GROUP, containerName: 'web', containerPort: 8080 }],
    },
    UpdateTaskSet: { ...where, taskSet: 'ecs-svc/1', scale: { value: 0, unit: 'PERCENT' } },
    DeleteTaskSet: { ...where, taskSet: 'ecs-svc/1', force: true },
    UpdateServicePrimaryTaskSet: { ...where, primaryTaskSet: 'ecs-svc/1' },
    DescribeTaskDefinition: { taskDefinition: 'shop:42' },
    RegisterTaskDefinition: {
      family: 'shop',
      containerDefinitions: [{ name: 'web', image: 'shop:1', portMappings: [{ containerPort: 8080 }] }],
    },
    ListTasks: { cluster: 'production', serviceName: 'shop', desiredStatus: 'STOPPED' },
    DescribeTasks: { cluster: 'production', tasks: ['a'] },
    UpdateService: { ...where, desiredCount: 3 },
  }),
  ...of('dynamodb', 'json-1.0', {
    GetItem: { TableName: 'cutover', Key: KEY, ConsistentRead: true },
    Query: {
      TableName: 'cutover',
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': { S: 'leases' } },
    },
    UpdateItem: {
      TableName: 'cutover',
      Key: KEY,
      UpdateExpression: 'SET a = :a REMOVE b',
      ConditionExpression: 'attribute_not_exists(a) OR a = :a',
      ExpressionAttributeValues: { ':a': { N: '1' } },
    },
  }),
  ...of('states', 'json-1.0', {
    StartExecution: { stateMachineArn: MACHINE, name: 'first', input: '{}' },
    DescribeExecution: { executionArn: EXECUTION },
    GetExecutionHistory: { executionArn: EXECUTION, maxResults: 10, reverseOrder: true },
    StopExecution: { executionArn: EXECUTION, cause: 'a' },
    ListExecutions: { stateMachineArn: MACHINE, statusFilter: 'RUNNING' },
    SendTaskSuccess: { taskToken: 'a', output: '{}' },
  }),
  ...of('elasticloadbalancing', 'query', {
    DescribeListeners: { ListenerArns: [LISTENER] },
    DescribeRules: { ListenerArn: LISTENER, PageSize: 2 },
    DescribeTargetHealth: { TargetGroupArn: GROUP },
    DescribeTargetGroups: { TargetGroupArns: [GROUP] },
    ModifyListener: {
      ListenerArn: LISTENER,
      DefaultActions: [
        {
          Type: 'forward',
          ForwardConfig: {
            TargetGroups: [{ TargetGroupArn: GROUP, Weight: 100 }],
            TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 60 },
          },
        },
      ],
    },
    ModifyRule: { RuleArn: LISTENER, Conditions: [{ Field: 'path-pattern', Values: ['/a'] }] },
  }),
  ...of('ec2', 'ec2', {
    DescribeSubnets: { SubnetId: ['subnet-1'] },
    DescribeSecurityGroups: { GroupId: ['sg-1'], Filter: [{ Name: 'a', Value: ['b'] }] },
  }),
  ...of('sts', 'query', { GetCallerIdentity: {} }),
  ...of('monitoring', 'cbor', {
    DescribeAlarms: { AlarmNames: ['shop-5xx'], MaxRecords: 10 },
    GetMetricData: {
      StartTime: 1_700_000_000,
      EndTime: 1_700_000_600,
      MetricDataQueries: [
        {
          Id: 'a',
          MetricStat: {
            Metric: { Namespace: 'AWS/ApplicationELB', MetricName: 'RequestCount', Dimensions: [] },
            Period: 60,
            Stat: 'Sum',
          },
        },
      ],
    },
    PutMetricAlarm: {
      AlarmName: 'shop-4xx',
      Namespace: 'AWS/ApplicationELB',
      MetricName: 'HTTPCode_Target_4XX_Count',
      Dimensions: [{ Name: 'TargetGroup', Value: 'targetgroup/shop/1' }],
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 5,
      ComparisonOperator: 'GreaterThanThreshold',
    },
    DeleteAlarms: { AlarmNames: ['shop-4xx'] },
    SetAlarmState: { AlarmName: 'shop-5xx', StateValue: 'ALARM', StateReason: 'a' },
  }),
  ...of('monitoring', 'query', { DescribeAlarms: { AlarmNames: ['shop-5xx'] } }),
  ...of('application-autoscaling', 'json-1.1', {
    DescribeScalableTargets: { ServiceNamespace: 'ecs', ResourceIds: ['service/production/shop'] },
  }),
  ...of('events', 'json-1.1', { PutEvents: { Entries: [{ Source: 'a', DetailType: 'b', Detail: '{}' }] } }),
  ...of('ecr', 'json-1.1', { DescribeImages: { repositoryName: 'shop', imageIds: [{ imageTag: '1' }] } }),
  ...of('logs', 'json-1.1', { FilterLogEvents: { logGroupName: '/ecs/shop', limit: 10, startTime: 1 } }),
  ...of('cloudtrail', 'json-1.1', { LookupEvents: { MaxResults: 5 } }),
  ...of('lambda', 'rest', {
    Command: { ...where, command: 'pause', by: 'ada', id: 'c1' },
    'Preflight:live': {},
  }),
];
