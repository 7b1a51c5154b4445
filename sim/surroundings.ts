import type { SecurityGroup, Subnet } from '@aws-sdk/client-ec2';
import type { ImageDetail } from '@aws-sdk/client-ecr';
import type { TagDescription } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Sender } from '../aws/call.ts';
import type { AutoScalingSeed } from './autoscaling/autoscaling.ts';
import { makeFakeClient, SimApiError } from './kernel/fake-client.ts';
import type { Kernel } from './kernel/kernel.ts';
import { onlyMembers } from './kernel/only-members.ts';
import { pageOf } from './kernel/paging.ts';

/**
 * What a world may describe beside the service; nothing in a run changes it but what scales the service. A member that
 * is absent was not described.
 */
export type SurroundingsSeed = AutoScalingSeed & {
  securityGroups?: SecurityGroup[];
  subnets?: Subnet[];
  images?: ImageDetail[];
  /** Of listeners and rules. */
  routeTags?: TagDescription[];
};

type SimulatedSurroundings = { ec2?: Sender; ecr?: Sender; applicationAutoScaling?: Sender };

/** The clients of the services that the world says something about: reads alone, from what its files say. */
export const makeSurroundings = (
  kernel: Kernel,
  seed: SurroundingsSeed,
  autoScaling: Sender,
): SimulatedSurroundings => ({
  ...(seed.securityGroups === undefined && seed.subnets === undefined ? {} : { ec2: ec2(kernel, seed) }),
  ...(seed.images === undefined ? {} : { ecr: ecr(kernel, seed.images) }),
  ...(seed.scalableTargets === undefined ? {} : { applicationAutoScaling: autoScaling }),
});

const badToken = (): SimApiError => new SimApiError('InvalidParameterValue', 'Invalid token');

type Filtered = { Filters?: { Name?: string; Values?: string[] }[]; NextToken?: string };

const filteredPage = <Item>(
  operation: string,
  input: Filtered,
  name: string,
  known: Item[] | undefined,
  idOf: (item: Item) => string | undefined,
) => {
  onlyMembers(operation, input, ['Filters', 'NextToken']);
  if (known === undefined) {
    throw new SimApiError('UnauthorizedOperation', `The world does not say what ${operation} answers.`, 403);
  }
  const [filter, ...others] = input.Filters ?? [];
  if (filter?.Name !== name || others.length > 0)
    throw new Error(`sim does not model ${operation} without the filter ${name}`);
  const found = known.filter((item) => filter.Values?.includes(idOf(item) ?? ''));
  return pageOf(found, input.NextToken, undefined, badToken);
};

const ec2 = (kernel: Kernel, { securityGroups, subnets }: SurroundingsSeed): Sender =>
  makeFakeClient(kernel, 'ec2', {
    DescribeSecurityGroups: (input: Filtered) => {
      const { items, next } = filteredPage(
        'DescribeSecurityGroups',
        input,
        'group-id',
        securityGroups,
        ({ GroupId }) => GroupId,
      );
      return { SecurityGroups: items, NextToken: next };
    },
    DescribeSubnets: (input: Filtered) => {
      const { items, next } = filteredPage(
        'DescribeSubnets',
        input,
        'subnet-id',
        subnets,
        ({ SubnetId }) => SubnetId,
      );
      return { Subnets: items, NextToken: next };
    },
  });

type ImagesInput = {
  registryId?: string;
  repositoryName: string;
  imageIds?: { imageTag?: string; imageDigest?: string }[];
};

const ecr = (kernel: Kernel, images: ImageDetail[]): Sender =>
  makeFakeClient(kernel, 'ecr', {
    DescribeImages: (input: ImagesInput) => {
      onlyMembers('DescribeImages', input, ['registryId', 'repositoryName', 'imageIds']);
      const { registryId, repositoryName, imageIds } = input;
      const there = images.filter(
        (image) =>
          image.repositoryName === repositoryName &&
          (registryId === undefined || image.registryId === undefined || image.registryId === registryId),
      );
      if (there.length === 0) {
        throw new SimApiError(
          'RepositoryNotFoundException',
          `The repository '${repositoryName}' does not exist`,
        );
      }
      if (imageIds === undefined) return { imageDetails: there };
      const imageDetails = there.filter((image) =>
        imageIds.some(
          ({ imageTag, imageDigest }) =>
            image.imageTags?.includes(imageTag ?? '') === true || image.imageDigest === imageDigest,
        ),
      );
      if (imageDetails.length === 0) {
        throw new SimApiError('ImageNotFoundException', `The image does not exist in '${repositoryName}'`);
      }
      return { imageDetails };
    },
    DescribePullThroughCacheRules: () => ({ pullThroughCacheRules: [] }),
  });
