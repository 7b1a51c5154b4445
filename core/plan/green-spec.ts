import type { AwsVpcNetwork } from '../vocabulary/network.types.ts';
import type { ObservedTaskDefinition, ObservedTaskSet } from '../vocabulary/observed.types.ts';
import type { GreenSpec } from '../vocabulary/plan.types.ts';
import type { DeploymentRequest } from '../vocabulary/request.types.ts';

/** Green is a copy of blue with another task definition and group, except for what the request says. */

type Launch = Pick<GreenSpec, 'launchType' | 'capacityProviders' | 'platformVersion'>;

const FARGATE_PROVIDERS = ['FARGATE', 'FARGATE_SPOT'];

export const containerOf = (
  request: DeploymentRequest,
  primary: ObservedTaskSet | null,
): { name: string; port: number } | null => {
  if (request.container !== undefined) return request.container;
  if (primary?.containerName === undefined || primary.containerPort === undefined) return null;
  return { name: primary.containerName, port: primary.containerPort };
};

/** Only awsvpc tasks have a network configuration; ECS refuses it for the others [fact 21]. */
export const networkOf = (
  request: DeploymentRequest,
  primary: ObservedTaskSet | null,
  taskDefinition: ObservedTaskDefinition,
): AwsVpcNetwork | null =>
  taskDefinition.networkMode === 'awsvpc' ? (request.network ?? primary?.network ?? null) : null;

export const runsOnFargate = ({ launchType, capacityProviders = [] }: Launch): boolean =>
  launchType === 'FARGATE' ||
  capacityProviders.some(({ capacityProvider }) => FARGATE_PROVIDERS.includes(capacityProvider));

/** Launch type or capacity providers, never both; neither means the cluster's default strategy [fact 12]. */
export const launchOf = (request: Launch, primary: ObservedTaskSet | null): Launch => {
  const from: Launch =
    request.launchType !== undefined || request.capacityProviders !== undefined ? request : (primary ?? {});
  const launch: Launch = {};
  if (from.capacityProviders !== undefined && from.capacityProviders.length > 0) {
    launch.capacityProviders = from.capacityProviders;
  } else if (from.launchType !== undefined) launch.launchType = from.launchType;

  // A platform version belongs to Fargate: blue's is copied only to where it means something.
  const inherited = runsOnFargate(launch) ? primary?.platformVersion : undefined;
  const platformVersion = request.platformVersion ?? inherited;
  return platformVersion === undefined ? launch : { ...launch, platformVersion };
};

/** ECS describes a task's cpu in units of a 1,024th of a vCPU and its memory in MiB (API reference, TaskDefinition). */
const chargedBy = (launch: Launch, { cpu, memory }: ObservedTaskDefinition): Pick<GreenSpec, 'fargate'> => {
  const [vcpu, gb] = [Number(cpu) / 1_024, Number(memory) / 1_024];
  return runsOnFargate(launch) && vcpu > 0 && gb > 0 ? { fargate: { vcpu, gb } } : {};
};

/** What CreateTaskSet gets. Null while something it needs is missing, which preflight names. */
export const greenSpec = (
  request: DeploymentRequest,
  primary: ObservedTaskSet | null,
  taskDefinition: ObservedTaskDefinition,
  targetGroupArn: string,
): GreenSpec | null => {
  const container = containerOf(request, primary);
  const network = networkOf(request, primary, taskDefinition);
  if (container === null || (taskDefinition.networkMode === 'awsvpc' && network === null)) return null;
  return {
    // With its revision: a family alone would mean whatever is the latest when it is launched [fact 13].
    taskDefinitionArn: taskDefinition.arn,
    images: taskDefinition.containers.map(({ name, image }) => ({ container: name, image })),
    targetGroupArn,
    containerName: container.name,
    containerPort: container.port,
    ...(network === null ? {} : { network }),
    ...launchOf(request, primary),
    ...(request.capacity === undefined ? {} : chargedBy(launchOf(request, primary), taskDefinition)),
    ...(primary?.serviceRegistries === undefined ? {} : { serviceRegistries: primary.serviceRegistries }),
  };
};
