import type { ApiCall, ApiService } from '../../sim/kernel/call.types.ts';
import type { Asked } from './iam.ts';

/** Where the simulated account is; its Step Functions and its table have names of their own. */
export const REGION = 'us-east-1';
export const ACCOUNT = '111122223333';
export const TABLE_ARN = `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/cutover`;
const BUS_ARN = `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/default`;
/** What a task definition of the simulated account would name; none of them has to. */
export const TASK_ROLE_ARN = `arn:aws:iam::${ACCOUNT}:role/proof-execution`;

export const ecsArn = (kind: string, path: string): string =>
  `arn:aws:ecs:${REGION}:${ACCOUNT}:${kind}/${path}`;
const lastPart = (nameOrArn: string): string => nameOrArn.split('/').at(-1) ?? '';

/** How IAM calls the services. The last four are for a person's command line; no role of ours has them. */
const prefixes: Record<ApiService, string> = {
  ecs: 'ecs',
  elbv2: 'elasticloadbalancing',
  cloudwatch: 'cloudwatch',
  dynamodb: 'dynamodb',
  eventbridge: 'events',
  sfn: 'states',
  'application-autoscaling': 'application-autoscaling',
  cloudtrail: 'cloudtrail',
  ssm: 'ssm',
  sts: 'sts',
  ec2: 'ec2',
  ecr: 'ecr',
};

// biome-ignore lint/suspicious/noExplicitAny: every operation has an input of its own, as the SDK types it
type Input = any;

/**
 * What the call is about, by the service authorization reference: the resources, and the keys that conditions can
 * ask.
 */
type About = { resources?: string[]; context?: Asked['context'] };

const inCluster = ({ cluster }: Input): Asked['context'] => ({
  'ecs:cluster': ecsArn('cluster', lastPart(cluster)),
});

const ofService = ({ cluster, service }: Input): About => ({
  resources: [ecsArn('service', `${lastPart(cluster)}/${lastPart(service)}`)],
  context: inCluster({ cluster }),
});

/** A task set's id has a slash in it: `ecs-svc/123`. */
const taskSetArn = ({ cluster, service }: Input, taskSet: string): string =>
  taskSet.startsWith('arn:')
    ? taskSet
    : ecsArn('task-set', `${lastPart(cluster)}/${lastPart(service)}/${taskSet}`);

/** Of the deployment or revision, and of the service that is in its ARN. */
const ofServiceParts = (arns: string[]): About => ({
  resources: arns.flatMap((arn) => [
    arn,
    arn.replace(/:service-[a-z]+\//, ':service/').replace(/\/[^/]*$/, ''),
  ]),
  context: inCluster({ cluster: 'proof' }),
});

const ofTaskSets = (input: Input, taskSets: string[]): About => ({
  resources: taskSets.map((taskSet) => taskSetArn(input, taskSet)),
  context: {
    ...inCluster(input),
    'ecs:service': ecsArn('service', `${lastPart(input.cluster)}/${lastPart(input.service)}`),
  },
});

const ofItems = (...keys: string[]): About => ({
  resources: [TABLE_ARN],
  context: { 'dynamodb:LeadingKeys': keys },
});

const partitionOf = ({ KeyConditionExpression, ExpressionAttributeValues }: Input): string => {
  const [, value = ''] = /\bpk = (:\w+)/.exec(KeyConditionExpression) ?? [];
  return ExpressionAttributeValues[value].S;
};

/** Only what is about something; a call that is not here is about `*`. */
const abouts: Record<string, (input: Input) => About> = {
  'ecs:DescribeServices': ({ cluster, services }) => ofService({ cluster, service: services[0] }),
  'ecs:DescribeServiceDeployments': ({ serviceDeploymentArns }) => ofServiceParts(serviceDeploymentArns),
  'ecs:DescribeServiceRevisions': ({ serviceRevisionArns }) => ofServiceParts(serviceRevisionArns),
  'ecs:UpdateServicePrimaryTaskSet': ofService,
  // Its id is ECS's to choose.
  'ecs:CreateTaskSet': (input) => {
    const about = ofTaskSets(input, ['*']);
    return { ...about, context: { ...about.context, 'ecs:task-definition': input.taskDefinition } };
  },
  'ecs:DescribeTaskSets': (input) => ofTaskSets(input, input.taskSets),
  'ecs:UpdateTaskSet': (input) => ofTaskSets(input, [input.taskSet]),
  'ecs:DeleteTaskSet': (input) => ofTaskSets(input, [input.taskSet]),
  'ecs:ListTasks': (input) => ({
    resources: [ecsArn('container-instance', `${lastPart(input.cluster)}/*`)],
    context: inCluster(input),
  }),
  'ecs:RunTask': (input) => ({ resources: [input.taskDefinition], context: inCluster(input) }),
  'ecs:StopTask': (input) => ({ resources: [input.task], context: inCluster(input) }),
  'ecs:DescribeTasks': (input) => ({ resources: input.tasks, context: inCluster(input) }),
  // Its id is Application Auto Scaling's to choose.
  'application-autoscaling:RegisterScalableTarget': ({ ServiceNamespace, ScalableDimension }) => ({
    resources: [`arn:aws:application-autoscaling:${REGION}:${ACCOUNT}:scalable-target/0ec5`],
    context: {
      'application-autoscaling:service-namespace': ServiceNamespace,
      'application-autoscaling:scalable-dimension': ScalableDimension,
    },
  }),
  'elasticloadbalancing:ModifyListener': ({ ListenerArn }) => ({ resources: [ListenerArn] }),
  'elasticloadbalancing:ModifyRule': ({ RuleArn }) => ({ resources: [RuleArn] }),
  'dynamodb:GetItem': ({ Key }) => ofItems(Key.pk.S),
  'dynamodb:UpdateItem': ({ Key }) => ofItems(Key.pk.S),
  'dynamodb:PutItem': ({ Item }) => ofItems(Item.pk.S),
  'dynamodb:Query': (input) => ofItems(partitionOf(input)),
  'ssm:GetParameter': ({ Name }) => ({
    resources: [`arn:aws:ssm:${REGION}:${ACCOUNT}:parameter${Name}`],
  }),
  'states:ListExecutions': ({ stateMachineArn }) => ({ resources: [stateMachineArn] }),
  'states:GetExecutionHistory': ({ executionArn }) => ({ resources: [executionArn] }),
  'states:StartExecution': ({ stateMachineArn }) => ({ resources: [stateMachineArn] }),
  'states:DescribeExecution': ({ executionArn }) => ({ resources: [executionArn] }),
  'states:StopExecution': ({ executionArn }) => ({ resources: [executionArn] }),
  'events:PutEvents': ({ Entries }) => ({
    resources: [BUS_ARN],
    context: {
      'events:source': Entries.map(({ Source }: Input) => Source),
      'events:detail-type': Entries.map(({ DetailType }: Input) => DetailType),
    },
  }),
};

const passRole = (): Asked => ({
  action: 'iam:PassRole',
  resource: TASK_ROLE_ARN,
  context: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' },
});

/** Some calls are several questions: ECS asks whether the caller may hand over the tasks' roles, and tag. */
const besides: Record<string, (input: Input) => Asked[]> = {
  'ecs:CreateTaskSet': (input) => [
    passRole(),
    {
      action: 'ecs:TagResource',
      resource: taskSetArn(input, '*'),
      context: {
        'ecs:CreateAction': 'CreateTaskSet',
        'aws:TagKeys': input.tags.map(({ key }: Input) => key),
      },
    },
  ],
  'ecs:RunTask': () => [passRole()],
  'application-autoscaling:RegisterScalableTarget': ({ ResourceId }) => {
    const [, cluster, service] = ResourceId.split('/');
    const { resources = [], context = {} } = ofService({ cluster, service });
    return ['ecs:DescribeServices', 'ecs:UpdateService'].flatMap((action) =>
      resources.map((resource) => ({ action, resource, context })),
    );
  },
  // Not documented, and insured against.
  'ecs:UpdateServicePrimaryTaskSet': () => [passRole()],
};

/** Everything IAM is asked when a Lambda makes this call. */
export const askedOfIam = ({ service, operation, input }: ApiCall): Asked[] => {
  const action = `${prefixes[service]}:${operation}`;
  const { resources = ['*'], context = {} } = abouts[action]?.(input) ?? {};
  return [
    ...resources.map((resource) => ({ action, resource, context })),
    ...(besides[action]?.(input) ?? []),
  ];
};
