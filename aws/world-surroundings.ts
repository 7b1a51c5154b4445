import {
  DescribeScalableTargetsCommand,
  DescribeScalingPoliciesCommand,
  DescribeScheduledActionsCommand,
  type ScalableTarget,
  type ScalingPolicy,
  type ScheduledAction,
} from '@aws-sdk/client-application-auto-scaling';
import {
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  type SecurityGroup,
  type Subnet,
} from '@aws-sdk/client-ec2';
import { DescribeImagesCommand, type ImageDetail } from '@aws-sdk/client-ecr';
import type { Service, TaskDefinition } from '@aws-sdk/client-ecs';
import type { LoadBalancer, TagDescription } from '@aws-sdk/client-elastic-load-balancing-v2';
import { SECOND_MS } from '../core/clock.ts';
import { nameOf } from '../core/deployment/service-key.ts';
import { isDeploymentError } from '../core/errors.ts';
import { parseEcrImage } from '../core/plan/preflight/ecr-image.ts';
import { defined } from './answer.ts';
import type { Call, Sender } from './call.ts';
import { allPages } from './pages.ts';
import { readRouteTags } from './route-tags.ts';

type Clients = { elbv2?: Sender; ec2?: Sender; ecr?: Sender; applicationAutoScaling?: Sender };

/** Members that were read; one that is absent was refused, or there is nothing to ask for. */
type Around = {
  securityGroups?: SecurityGroup[];
  subnets?: Subnet[];
  images?: ImageDetail[];
  routeTags?: TagDescription[];
  scalableTargets?: ScalableTarget[];
  scalingPolicies?: ScalingPolicy[];
  scheduledActions?: ScheduledAction[];
};

type Of = {
  service: Service;
  definitions: readonly TaskDefinition[];
  loadBalancers: readonly LoadBalancer[];
  /** ARNs of the listeners and rules that the service is behind. */
  routes: readonly string[];
};

/** None of it is needed for a rehearsal, and somebody waits for it. */
const patienceMs = 10 * SECOND_MS;

/** What lies around a service, in the shape of the API. What is refused is named, and left out. */
export const readWorldSurroundings = async (
  { elbv2, ec2, ecr, applicationAutoScaling }: Clients,
  call: Call,
  { service, definitions, loadBalancers, routes }: Of,
): Promise<{ around: Around; notRead: string[] }> => {
  const notRead: string[] = [];
  const reading = async <Item>(
    client: Sender | undefined,
    wanted: boolean,
    permission: string,
    read: (client: Sender) => Promise<Item[]>,
  ): Promise<Item[] | undefined> => {
    if (client === undefined || !wanted) return undefined;
    try {
      return await read(client);
    } catch (error) {
      if (!isDeploymentError(error)) throw error;
      notRead.push(permission);
      return undefined;
    }
  };
  const primary = (service.taskSets ?? []).find(({ status }) => status === 'PRIMARY');
  const network = (primary ?? service).networkConfiguration?.awsvpcConfiguration;
  const groups = [
    ...new Set([
      ...(network?.securityGroups ?? []),
      ...loadBalancers.flatMap(({ SecurityGroups }) => SecurityGroups ?? []),
    ]),
  ];
  const region = (service.serviceArn ?? '').split(':')[3];
  const images = definitions
    .flatMap(({ containerDefinitions }) => containerDefinitions ?? [])
    .flatMap(({ image = '' }) => parseEcrImage(image) ?? [])
    .filter((image) => image.region === region);

  const around = {
    securityGroups: await reading(ec2, network !== undefined, 'ec2:DescribeSecurityGroups', (client) =>
      readSecurityGroups(client, call, groups),
    ),
    subnets: await reading(ec2, network !== undefined, 'ec2:DescribeSubnets', (client) =>
      readSubnets(client, call, network?.subnets ?? []),
    ),
    images: await reading(ecr, images.length > 0, 'ecr:DescribeImages', async (client) => {
      const found: ImageDetail[] = [];
      for (const { registry, repository, id } of images) {
        const input = { registryId: registry, repositoryName: repository, imageIds: [id] };
        const what = `read the image ${repository}`;
        try {
          const answer = await call(client, new DescribeImagesCommand(input), { what, patienceMs });
          found.push(...(answer.imageDetails ?? []));
        } catch (error) {
          // That it is not there is an answer, and preflight's to find.
          if (!isDeploymentError(error, 'NotFound')) throw error;
        }
      }
      return found;
    }),
    routeTags: await reading(
      elbv2,
      routes.length > 0,
      'elasticloadbalancing:DescribeTags',
      async (client): Promise<TagDescription[]> =>
        (await readRouteTags(client, call, routes, patienceMs)).map(({ arn, tags }) => ({
          ResourceArn: arn,
          Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
        })),
    ),
    scalableTargets: await reading(
      applicationAutoScaling,
      true,
      'application-autoscaling:DescribeScalableTargets',
      (client) => readScalableTargets(client, call, service),
    ),
    scalingPolicies: await reading(
      applicationAutoScaling,
      true,
      'application-autoscaling:DescribeScalingPolicies',
      (client) => readScalingPolicies(client, call, service),
    ),
    scheduledActions: await reading(
      applicationAutoScaling,
      true,
      'application-autoscaling:DescribeScheduledActions',
      (client) => readScheduledActions(client, call, service),
    ),
  };
  return { around: defined(around), notRead };
};

const readSecurityGroups = (client: Sender, call: Call, ids: string[]): Promise<SecurityGroup[]> => {
  const what = `read security groups ${ids.join(', ')}`;
  return allPages(what, async (NextToken) => {
    const Filters = [{ Name: 'group-id', Values: ids }];
    const command = new DescribeSecurityGroupsCommand({ Filters, ...defined({ NextToken }) });
    const answer = await call(client, command, { what, patienceMs });
    return { items: answer.SecurityGroups, next: answer.NextToken };
  });
};

const readSubnets = (client: Sender, call: Call, ids: string[]): Promise<Subnet[]> => {
  const what = `read subnets ${ids.join(', ')}`;
  return allPages(what, async (NextToken) => {
    const Filters = [{ Name: 'subnet-id', Values: ids }];
    const command = new DescribeSubnetsCommand({ Filters, ...defined({ NextToken }) });
    const answer = await call(client, command, { what, patienceMs });
    return { items: answer.Subnets, next: answer.NextToken };
  });
};

/** Not out of the service's ARN: one made long ago has no cluster in it. */
const resourceIdOf = (service: Service): string =>
  `service/${nameOf(service.clusterArn ?? '')}/${service.serviceName}`;

const ECS = { ServiceNamespace: 'ecs', ScalableDimension: 'ecs:service:DesiredCount' } as const;

const readScalableTargets = (client: Sender, call: Call, service: Service): Promise<ScalableTarget[]> => {
  const what = `read the scaling of ${service.serviceName}`;
  return allPages(what, async (NextToken) => {
    const input = { ...ECS, ResourceIds: [resourceIdOf(service)], ...defined({ NextToken }) };
    const answer = await call(client, new DescribeScalableTargetsCommand(input), { what, patienceMs });
    return { items: answer.ScalableTargets, next: answer.NextToken };
  });
};

const readScalingPolicies = (client: Sender, call: Call, service: Service): Promise<ScalingPolicy[]> => {
  const what = `read the scaling policies of ${service.serviceName}`;
  return allPages(what, async (NextToken) => {
    const input = { ...ECS, ResourceId: resourceIdOf(service), ...defined({ NextToken }) };
    const answer = await call(client, new DescribeScalingPoliciesCommand(input), { what, patienceMs });
    return { items: answer.ScalingPolicies, next: answer.NextToken };
  });
};

const readScheduledActions = (client: Sender, call: Call, service: Service): Promise<ScheduledAction[]> => {
  const what = `read the scheduled scaling of ${service.serviceName}`;
  return allPages(what, async (NextToken) => {
    const input = { ...ECS, ResourceId: resourceIdOf(service), ...defined({ NextToken }) };
    const answer = await call(client, new DescribeScheduledActionsCommand(input), { what, patienceMs });
    return { items: answer.ScheduledActions, next: answer.NextToken };
  });
};
