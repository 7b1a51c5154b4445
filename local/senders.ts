import type { Sender } from '../aws/call.ts';
import type { Clients } from '../aws/clients.ts';
import type { Senders } from './wire/services.ts';

/** The world's clients by the names that requests are signed for. */
export const sendersOf = (clients: Clients, eventBridge: Sender, logs: Sender): Senders => ({
  'application-autoscaling': clients.applicationAutoScaling,
  cloudtrail: clients.cloudTrail,
  dynamodb: clients.dynamoDb,
  ec2: clients.ec2,
  ecr: clients.ecr,
  ecs: clients.ecs,
  elasticloadbalancing: clients.elbv2,
  events: eventBridge,
  lambda: clients.lambda,
  logs,
  monitoring: clients.cloudWatch,
  ssm: clients.ssm,
  states: clients.stepFunctions,
  sts: clients.sts,
});
