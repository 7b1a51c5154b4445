import { formatDuration } from '../duration.ts';
import type { DeploymentRequest } from '../vocabulary/request.types.ts';
import type { Problem } from './problem.ts';
import { type Fields, refuse } from './read-field.ts';

/** A hook before a shift that the plan does not have would never run. */
const checkSteps = ({ hooks = [], shifts = [] }: Partial<DeploymentRequest>, problems: Problem[]): void => {
  for (const [index, { steps }] of hooks.entries()) {
    const beyond = Array.isArray(steps) ? steps.filter((step) => step > shifts.length) : [];
    if (beyond.length === 0) continue;
    const found = beyond.join(' and ');
    refuse(problems, `hooks[${index}].steps`, `numbers of the ${shifts.length} shifts`, found);
  }
};

/** Fields that are right each for itself and do not fit together. */
export const checkTogether = (
  fields: Fields,
  read: Partial<DeploymentRequest>,
  problems: Problem[],
): void => {
  const { cluster, service, launchType, capacityProviders, healthyForMs, timeToHealthyMs } = read;
  const clusterOfService = service?.startsWith('arn:') ? service.split('/').at(-2) : undefined;
  const clusterName = cluster?.split('/').at(-1);
  const oldArn = service?.split('/').length === 2;
  if (
    cluster !== undefined &&
    clusterOfService !== undefined &&
    !oldArn &&
    clusterOfService !== clusterName
  ) {
    refuse(
      problems,
      'service',
      `a service of the cluster "${clusterName}"`,
      `one of the cluster "${clusterOfService}"`,
    );
  }
  checkSteps(read, problems);
  const home = (arn: string): string => arn.split(':').slice(1, 5).join(':');
  if (cluster?.startsWith('arn:') && service?.startsWith('arn:') && home(cluster) !== home(service)) {
    refuse(problems, 'service', "an ARN in the cluster's Region and account", home(service));
  }
  if (launchType !== undefined && capacityProviders !== undefined) {
    refuse(
      problems,
      'launchType',
      'either launchType or capacityProviders',
      'both',
      'ECS takes one of them.',
    );
  }
  if (launchType === 'EC2' && read.platformVersion !== undefined) {
    refuse(
      problems,
      'platformVersion',
      'nothing with launchType EC2',
      `"${read.platformVersion}"`,
      'Only Fargate has platform versions.',
    );
  }
  if (read.from !== undefined && service?.split('/').at(-1) === read.from.service) {
    refuse(
      problems,
      'from.service',
      'another service than the one that is deployed',
      `"${read.from.service}"`,
    );
  }
  if (read.from !== undefined && read.capacity !== undefined) {
    refuse(
      problems,
      'capacity',
      '"full" beside from',
      '"followWeight"',
      'The users come from a service of another size: green has all of its tasks before the first one.',
    );
  }
  if (read.from?.targetGroup !== undefined && read.from.targetGroup === read.greenTargetGroup) {
    refuse(problems, 'from.targetGroup', "another target group than green's", 'the same for both');
  }
  if (read.test !== undefined && read.routes?.includes(read.test.route)) {
    refuse(
      problems,
      'test.route',
      'a route that is none of routes',
      `"${read.test.route}"`,
      'What users take is shifted; testers need a route of their own.',
    );
  }
  if (healthyForMs !== undefined && timeToHealthyMs !== undefined && healthyForMs >= timeToHealthyMs) {
    const at = fields.healthyFor === undefined ? 'timeToHealthy' : 'healthyFor';
    refuse(
      problems,
      at,
      'healthyFor shorter than timeToHealthy',
      `${formatDuration(healthyForMs)} and ${formatDuration(timeToHealthyMs)}`,
    );
  }
};
