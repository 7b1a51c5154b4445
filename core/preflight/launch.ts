import { launchOf, runsOnFargate } from '../green-spec.ts';
import type { Check } from './check.types.ts';
import { error } from './finding.ts';

/** The task definition may run where green is to be launched [158]. */
export const checkLaunch: Check = ({ observed: { taskDefinition }, request, found: { primary } }) => {
  if (taskDefinition === null) return [];
  const launch = launchOf(request, primary);
  if (launch.launchType === 'EXTERNAL') {
    return [
      error(
        'launch-type-without-load-balancer',
        'expected a launch type that load balancers reach, found EXTERNAL',
        'ECS Anywhere has no load balancing: use FARGATE, EC2 or capacity providers.',
      ),
    ];
  }
  const wanted = runsOnFargate(launch) ? 'FARGATE' : launch.launchType;
  const { compatibilities } = taskDefinition;
  if (wanted === undefined || compatibilities.length === 0 || compatibilities.includes(wanted)) return [];
  return [
    error(
      'launch-type-incompatible',
      `expected a task definition for ${wanted}, found ${taskDefinition.arn} for ${compatibilities.join(', ')}`,
      `Register it with \`requiresCompatibilities: ["${wanted}"]\` (Fargate needs awsvpc and cpu and memory of the task), or set launchType in the request.`,
    ),
  ];
};
