import type {
  DescribeServicesRequest,
  DescribeServicesResponse,
  DescribeTaskDefinitionRequest,
  DescribeTaskDefinitionResponse,
  DescribeTaskSetsRequest,
  DescribeTaskSetsResponse,
  Failure,
  Service,
  TaskSet,
} from '@aws-sdk/client-ecs';
import { type Operations, SimApiError } from '../kernel/fake-client.ts';
import { onlyMembers } from '../kernel/only-members.ts';
import type { SimService } from './ecs.types.ts';
import { invalidParameter, type Lookup, wellFormedId } from './lookup.ts';
import { taskSetIdOf } from './names.ts';
import { taskSetArn } from './task-set.ts';

/** ECS API: the most services one describe call takes. */
const SERVICES_PER_CALL = 10;

export const serviceReads = (
  lookup: Lookup,
  read: (service: SimService) => Service,
  onlyWithPrimary: () => boolean,
): Operations => {
  const describeServices = (input: DescribeServicesRequest): DescribeServicesResponse => {
    onlyMembers('DescribeServices', input, ['cluster', 'services', 'include']);
    lookup.cluster(input.cluster);
    const asTagged = input.include?.includes('TAGS') === true;
    const asked = input.services ?? [];
    if (asked.length === 0) throw invalidParameter('Services cannot be empty.');
    if (asked.length > SERVICES_PER_CALL) {
      throw invalidParameter(`service names can have at most ${SERVICES_PER_CALL} items.`);
    }
    const answer: { services: Service[]; failures: Failure[] } = {
      services: [],
      failures: [],
    };
    for (const name of asked) {
      const service = lookup.service(name);
      if (service === undefined) answer.failures.push({ arn: name, reason: 'MISSING' });
      else
        answer.services.push(
          asTagged
            ? withoutTaskSetTags(listed(read(service)))
            : withoutTags(withoutTaskSetTags(listed(read(service)))),
        );
    }
    return answer;
  };

  const listed = (service: Service): Service => {
    const hasPrimary = (service.taskSets ?? []).some(({ status }) => status === 'PRIMARY');
    return onlyWithPrimary() && !hasPrimary ? { ...service, taskSets: [] } : service;
  };

  const describeTaskSets = (input: DescribeTaskSetsRequest): DescribeTaskSetsResponse => {
    onlyMembers('DescribeTaskSets', input, ['cluster', 'service', 'taskSets', 'include']);
    const service = lookup.externalService(input.cluster, input.service);
    const asked = input.taskSets ?? [];
    // The model calls the ids optional; the service does not [fact 27].
    if (asked.length === 0) throw invalidParameter('Task Sets cannot be empty.');
    const seen = read(service).taskSets ?? [];
    const withTags = input.include?.includes('TAGS') === true;
    const answer: { taskSets: TaskSet[]; failures: Failure[] } = {
      taskSets: [],
      failures: [],
    };
    for (const idOrArn of asked) {
      const known = seen.find((set) => set.id === taskSetIdOf(idOrArn));
      if (known !== undefined) answer.taskSets.push(withTags ? known : withoutTags(known));
      else answer.failures.push({ arn: taskSetArn(service, wellFormedId(idOrArn)), reason: 'MISSING' });
    }
    return answer;
  };

  const describeTaskDefinition = (input: DescribeTaskDefinitionRequest): DescribeTaskDefinitionResponse => {
    onlyMembers('DescribeTaskDefinition', input, ['taskDefinition', 'include']);
    const taskDefinition = lookup.taskDefinition(input.taskDefinition);
    if (taskDefinition === undefined) {
      throw new SimApiError('ClientException', 'Unable to describe task definition.');
    }
    return { taskDefinition, tags: [] };
  };

  return {
    DescribeServices: describeServices,
    DescribeTaskSets: describeTaskSets,
    DescribeTaskDefinition: describeTaskDefinition,
  };
};

const withoutTags = <Tagged extends Service | TaskSet>({
  tags: _tags,
  ...rest
}: Tagged): Omit<Tagged, 'tags'> => rest;

/** The task sets inside a service come without their tags [fact 28]. */
const withoutTaskSetTags = (service: Service): Service => ({
  ...service,
  taskSets: (service.taskSets ?? []).map(withoutTags),
});
