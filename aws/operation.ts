import { operationNameOf } from '../core/operation-name.ts';

/** Which API operation a command is, for people and for IAM policies. */
export type Operation = {
  /** The service as AWS writes it, e.g. `Amazon ECS`. */
  service: string;
  /** e.g. `CreateTaskSet` */
  name: string;
  /** e.g. `ecs:CreateTaskSet` */
  iamAction: string;
};

/** By the last part of the namespace in the service model that the SDK was generated from. */
const services: Record<string, { service: string; iamPrefix: string }> = {
  ecs: { service: 'Amazon ECS', iamPrefix: 'ecs' },
  elasticloadbalancingv2: { service: 'Elastic Load Balancing', iamPrefix: 'elasticloadbalancing' },
  cloudwatch: { service: 'Amazon CloudWatch', iamPrefix: 'cloudwatch' },
  dynamodb: { service: 'Amazon DynamoDB', iamPrefix: 'dynamodb' },
  eventbridge: { service: 'Amazon EventBridge', iamPrefix: 'events' },
  sfn: { service: 'AWS Step Functions', iamPrefix: 'states' },
  ssm: { service: 'AWS Systems Manager', iamPrefix: 'ssm' },
  lambda: { service: 'AWS Lambda', iamPrefix: 'lambda' },
  ec2: { service: 'Amazon EC2', iamPrefix: 'ec2' },
  ecr: { service: 'Amazon ECR', iamPrefix: 'ecr' },
  applicationautoscaling: { service: 'Application Auto Scaling', iamPrefix: 'application-autoscaling' },
  sts: { service: 'AWS STS', iamPrefix: 'sts' },
  cloudtrail: { service: 'AWS CloudTrail', iamPrefix: 'cloudtrail' },
};

export const operationOf = (command: object): Operation => {
  const schema: unknown = 'schema' in command ? command.schema : undefined;
  const namespace: unknown = Array.isArray(schema) ? schema[1] : undefined;
  const name = operationNameOf(command);
  const model = typeof namespace === 'string' ? (namespace.split('.').at(-1) ?? '') : '';
  const known = services[model];
  return {
    service: known?.service ?? 'AWS',
    name,
    iamAction: known === undefined ? name : `${known.iamPrefix}:${name}`,
  };
};
