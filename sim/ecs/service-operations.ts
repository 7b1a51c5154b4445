import type {
  CreateServiceRequest,
  CreateServiceResponse,
  DeleteServiceRequest,
  DeleteServiceResponse,
} from '@aws-sdk/client-ecs';
import type { Operations } from '../kernel/fake-client.ts';
import { SimApiError } from '../kernel/fake-client.ts';
import { onlyMembers } from '../kernel/only-members.ts';
import type { SimService } from './ecs.types.ts';
import { invalidParameter, type Lookup } from './lookup.ts';
import { nameOf } from './names.ts';
import { serviceView } from './views.ts';

/** Services of the EXTERNAL controller made and deleted during a run: `cutover selfcheck --write` makes one. */
export const serviceOperations = (
  lookup: Lookup,
  clusterArn: string,
  appeared: (service: SimService) => void,
  gone: (service: SimService) => void,
): Operations => ({
  CreateService: (input: CreateServiceRequest): CreateServiceResponse => {
    const members = [
      'cluster',
      'serviceName',
      'desiredCount',
      'deploymentController',
      'clientToken',
    ] as const;
    onlyMembers('CreateService', input, members);
    lookup.cluster(input.cluster);
    const { serviceName: name, desiredCount = 0, deploymentController } = input;
    if (name === undefined) throw invalidParameter('Service name should not be null or empty');
    if (deploymentController?.type !== 'EXTERNAL')
      throw new Error('sim does not model CreateService of another controller than EXTERNAL');
    const known = lookup.service(name);
    if (known !== undefined) return { service: serviceView(known) };
    const arn = `${clusterArn.replace(':cluster/', ':service/')}/${name}`;
    const described = {
      serviceName: name,
      serviceArn: arn,
      clusterArn,
      status: 'ACTIVE',
      deploymentController: { type: 'EXTERNAL' as const },
    };
    const service: SimService = {
      described,
      arn,
      name,
      clusterArn,
      controller: 'EXTERNAL',
      desiredCount,
      gracePeriodMs: 0,
      taskDefinitionArn: undefined,
      parameters: { loadBalancers: [], serviceRegistries: [] },
      sets: [],
    };
    lookup.addService(service);
    appeared(service);
    return { service: serviceView(service) };
  },
  DeleteService: (input: DeleteServiceRequest): DeleteServiceResponse => {
    onlyMembers('DeleteService', input, ['cluster', 'service', 'force']);
    const service = lookup.service(nameOf(input.service ?? ''));
    if (service === undefined) throw new SimApiError('ServiceNotFoundException', 'Service not found.');
    if (service.sets.some(({ status }) => status !== 'DRAINING') && input.force !== true)
      throw invalidParameter('The service cannot be stopped while it has task sets.');
    gone(service);
    return { service: { ...serviceView(service), status: 'INACTIVE' } };
  },
});
