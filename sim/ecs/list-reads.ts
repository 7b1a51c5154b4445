import type {
  ListClustersRequest,
  ListClustersResponse,
  ListServicesRequest,
  ListServicesResponse,
} from '@aws-sdk/client-ecs';
import type { Operations } from '../kernel/fake-client.ts';
import { onlyMembers } from '../kernel/only-members.ts';
import { pageOf } from '../kernel/paging.ts';
import type { SimService } from './ecs.types.ts';
import { invalidParameter, type Lookup } from './lookup.ts';
import { nameOf } from './names.ts';

/** What there is in the account, for a caller who lists it. */
export const listReads = (lookup: Lookup, services: SimService[]): Operations => ({
  ListClusters: (input: ListClustersRequest): ListClustersResponse => {
    onlyMembers('ListClusters', input, ['nextToken']);
    const { items, next } = page([...new Set(services.map(({ clusterArn }) => clusterArn))], input.nextToken);
    return { clusterArns: items, ...(next === undefined ? {} : { nextToken: next }) };
  },
  ListServices: (input: ListServicesRequest): ListServicesResponse => {
    onlyMembers('ListServices', input, ['cluster', 'nextToken']);
    lookup.cluster(input.cluster);
    const inCluster = services.filter(({ clusterArn }) =>
      [clusterArn, nameOf(clusterArn)].includes(input.cluster ?? 'default'),
    );
    const { items, next } = page(
      inCluster.map(({ arn }) => arn),
      input.nextToken,
    );
    return { serviceArns: items, ...(next === undefined ? {} : { nextToken: next }) };
  },
});

const page = (arns: string[], token: string | undefined) =>
  pageOf(arns, token, undefined, () => invalidParameter('Invalid token.'));
