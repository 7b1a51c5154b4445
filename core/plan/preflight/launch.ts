import { launchOf, runsOnFargate } from '../green-spec.ts';
import type { Check } from './check.types.ts';
import { error } from './finding.ts';

/** The task definition may run where green is to be launched [fact 158]. */
export const checkLaunch: Check = ({ observed: { taskDefinition }, request, found: { primary } }) => {
  if (taskDefinition === null) return [];
  const launch = launchOf(request, primary);
  if (launch.launchType === 'EXTERNAL') {
    return [
      error(
        'launch-type-without-load-balancer',
        'expected a launch type that load balancers reach, found EXTERNAL: ECS Anywhere has no load balancing',
        'Use FARGATE, EC2 or capacity providers.',
      ),
    ];
  }
  const wanted = runsOnFargate(launch) ? 'FARGATE' : launch.launchType;
  const { compatibilities } = taskDefinition;
  if (wanted !== undefined && compatibilities.length > 0 && !compatibilities.includes(wanted)) {
    const { cpu = 'none', memory = 'none', networkMode } = taskDefinition;
    const size = wanted === 'FARGATE' ? ` (network mode ${networkMode}, cpu ${cpu}, memory ${memory})` : '';
    return [
      error(
        'launch-type-incompatible',
        `expected a task definition for ${wanted}, found ${taskDefinition.arn} for ` +
          `${compatibilities.join(', ')}${size}`,
        wanted === 'FARGATE'
          ? 'Register it with `"requiresCompatibilities": ["FARGATE"]`: ECS then says what Fargate does ' +
              'not take (it needs awsvpc, and a cpu and a memory of the task that go together). Or set ' +
              '`launchType` in the request.'
          : `Register it with \`"requiresCompatibilities": ["${wanted}"]\`, or set \`launchType\` in the request.`,
      ),
    ];
  }
  const { platformVersion } = launch;
  const needs = taskDefinition.needsPlatform ?? [];
  if (wanted !== 'FARGATE' || platformVersion === undefined || needs.length === 0) return [];
  if (!/^1\.[0-3]\./.test(platformVersion)) return [];
  return [
    error(
      'platform-version-too-old',
      `expected Fargate platform version 1.4.0 or later for ${needs.join(' and ')} in ` +
        `${taskDefinition.arn}, found ${platformVersion}`,
      'Add `"platformVersion": "LATEST"` to the request: green is otherwise launched on the version blue runs on.',
    ),
  ];
};
