import type {
  Cluster,
  DescribeClustersRequest,
  DescribeClustersResponse,
  ListClustersRequest,
  ListClustersResponse,
  ListServicesRequest,
  ListServicesResponse,
  ListTaskDefinitionFamiliesRequest,
  ListTaskDefinitionFamiliesResponse,
  ListTaskDefinitionsRequest,
  ListTaskDefinitionsResponse,
} from '@aws-sdk/client-ecs';
import type { Operations } from '../kernel/fake-client.ts';
import { onlyMembers } from '../kernel/only-members.ts';
import { pageOf } from '../kernel/paging.ts';
import type { SimService } from './ecs.types.ts';
import { invalidParameter, type Lookup } from './lookup.ts';
import { nameOf } from './names.ts';
import { serviceView, statusOf } from './views.ts';

/** What there is in the account, for a caller who lists it. */
export const listReads = (lookup: Lookup, services: SimService[]): Operations => ({
  DescribeClusters: (input: DescribeClustersRequest): DescribeClustersResponse => {
    onlyMembers('DescribeClusters', input, ['clusters', 'include']);
    const known = [...new Set(services.map(({ clusterArn }) => clusterArn))];
    const asked = input.clusters ?? ['default'];
    const named = (given: string) => known.find((arn) => arn === given || nameOf(arn) === given);
    return {
      clusters: asked.flatMap((given) => clusterView(named(given), services)),
      failures: asked
        .filter((given) => named(given) === undefined)
        .map((given) => ({ arn: given, reason: 'MISSING' })),
    };
  },
  ListTaskDefinitionFamilies: (
    input: ListTaskDefinitionFamiliesRequest,
  ): ListTaskDefinitionFamiliesResponse => {
    onlyMembers('ListTaskDefinitionFamilies', input, ['familyPrefix', 'nextToken', 'maxResults']);
    const { familyPrefix = '', nextToken, maxResults } = input;
    const found = lookup.families().filter((family) => family.startsWith(familyPrefix));
    const { items, next } = page(found, nextToken, maxResults);
    return { families: items, ...(next === undefined ? {} : { nextToken: next }) };
  },
  ListTaskDefinitions: (input: ListTaskDefinitionsRequest): ListTaskDefinitionsResponse => {
    onlyMembers('ListTaskDefinitions', input, ['familyPrefix', 'status', 'sort', 'nextToken', 'maxResults']);
    const { familyPrefix, status: wanted = 'ACTIVE', sort = 'ASC', nextToken, maxResults } = input;
    // The prefix is a whole family's name, whatever it is called.
    const families = familyPrefix === undefined ? lookup.families() : [familyPrefix];
    const found = families
      .flatMap((family) =>
        [...lookup.revisions(family)].sort((a, b) => (a.revision ?? 0) - (b.revision ?? 0)),
      )
      .filter(({ status = 'ACTIVE' }) => status === wanted)
      .flatMap(({ taskDefinitionArn }) => taskDefinitionArn ?? []);
    const { items, next } = page(sort === 'DESC' ? found.reverse() : found, nextToken, maxResults);
    return { taskDefinitionArns: items, ...(next === undefined ? {} : { nextToken: next }) };
  },
  ListClusters: (input: ListClustersRequest): ListClustersResponse => {
    onlyMembers('ListClusters', input, ['nextToken']);
    const { items, next } = page([...new Set(services.map(({ clusterArn }) => clusterArn))], input.nextToken);
    return { clusterArns: items, ...(next === undefined ? {} : { nextToken: next }) };
  },
  ListServices: (input: ListServicesRequest): ListServicesResponse => {
    onlyMembers('ListServices', input, ['cluster', 'nextToken']);
    lookup.cluster(input.cluster);
    const inCluster = services
      .filter(({ clusterArn }) => [clusterArn, nameOf(clusterArn)].includes(input.cluster ?? 'default'))
      .filter((service) => statusOf(service) !== 'INACTIVE');
    const { items, next } = page(
      inCluster.map(({ arn }) => arn),
      input.nextToken,
    );
    return { serviceArns: items, ...(next === undefined ? {} : { nextToken: next }) };
  },
});

const clusterView = (arn: string | undefined, services: readonly SimService[]): Cluster[] => {
  if (arn === undefined) return [];
  const own = services.filter(({ clusterArn }) => clusterArn === arn);
  const views = own.map(serviceView);
  return [
    {
      clusterArn: arn,
      clusterName: nameOf(arn),
      status: 'ACTIVE',
      activeServicesCount: own.length,
      runningTasksCount: views.reduce((sum, { runningCount = 0 }) => sum + runningCount, 0),
      pendingTasksCount: views.reduce((sum, { pendingCount = 0 }) => sum + pendingCount, 0),
      registeredContainerInstancesCount: 0,
    },
  ];
};

const page = (arns: readonly string[], token: string | undefined, wanted?: number) =>
  pageOf(arns, token, wanted, () => invalidParameter('Invalid token.'));
