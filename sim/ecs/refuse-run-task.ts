import type { RunTaskRequest } from '@aws-sdk/client-ecs';
import { SimApiError } from '../kernel/fake-client.ts';
import { onlyMembers } from '../kernel/only-members.ts';
import { invalidParameter, type Lookup } from './lookup.ts';
import type { Definition } from './one-off-task.ts';

const MEMBERS = [
  'cluster',
  'taskDefinition',
  'count',
  'clientToken',
  'startedBy',
  'group',
  'overrides',
  'networkConfiguration',
  'launchType',
  'capacityProviderStrategy',
  'platformVersion',
] as const;

/** What ECS refuses, in its words as far as they are known. */
const refuseByDefinition = (input: RunTaskRequest, definition: Definition): void => {
  const { networkConfiguration, launchType, capacityProviderStrategy, overrides, startedBy = '' } = input;
  if (definition.status === 'INACTIVE')
    throw new SimApiError('ClientException', 'TaskDefinition is inactive');
  const awsvpc = definition.networkMode === 'awsvpc';
  if (awsvpc && networkConfiguration === undefined)
    throw invalidParameter("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  if (!awsvpc && networkConfiguration !== undefined)
    throw invalidParameter(
      'Network Configuration is not valid for the given networkMode of this task definition.',
    );
  if (launchType !== undefined && capacityProviderStrategy !== undefined)
    throw invalidParameter(
      'Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.',
    );
  if (startedBy.length > 128) throw invalidParameter('startedBy is longer than 128 characters.');
  for (const { name } of overrides?.containerOverrides ?? [])
    if (!definition.containerDefinitions?.some((container) => container.name === name))
      throw invalidParameter(
        `Override for container named ${name} is not a container in the TaskDefinition.`,
      );
};

/** The definition that the task is to run. */
export const refuseRunTask = (input: RunTaskRequest, lookup: Lookup): Definition => {
  onlyMembers('RunTask', input, MEMBERS);
  lookup.cluster(input.cluster);
  const definition = lookup.taskDefinition(input.taskDefinition);
  if (definition === undefined) throw new SimApiError('ClientException', 'TaskDefinition not found.');
  if ((input.count ?? 1) !== 1) throw new Error('sim does not model RunTask with a count other than 1');
  refuseByDefinition(input, definition);
  return definition;
};
