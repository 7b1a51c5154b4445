import type { TaskDefinition } from '@aws-sdk/client-ecs';

/** `web:7`, as people write a task definition. */
export const familyRevision = (definition: TaskDefinition & { taskDefinitionArn: string }): string =>
  definition.taskDefinitionArn.split('/').at(-1) ?? definition.taskDefinitionArn;

/** The last part of a cluster's or service's ARN, or the name itself. */
export const nameOf = (nameOrArn: string): string => nameOrArn.split('/').at(-1) ?? nameOrArn;

/** Anything else is called malformed [fact 29]; AWS's own have 19 digits [fact 23], a world's may be made up. */
export const TASK_SET_ID = /^ecs-svc\/[\w-]+$/;

/** The id in an ARN such as `...:task-set/<cluster>/<service>/ecs-svc/123`, or the text itself. */
export const taskSetIdOf = (idOrArn: string): string =>
  idOrArn.startsWith('arn:') ? idOrArn.split('/').slice(-2).join('/') : idOrArn;
