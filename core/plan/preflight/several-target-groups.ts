import { count } from '../../figures.ts';
import { targetGroupName } from '../../weights/weights.ts';
import { unique } from '../discovery.ts';
import type { Check } from './check.types.ts';
import { error } from './finding.ts';

/**
 * ECS's own controller registers a task in up to five groups; a task set has one load balancer [fact 12]. A port
 * served by a second group would stay behind when the first one moves.
 */
export const checkSeveralTargetGroups: Check = ({ observed: { service }, found: { primary } }) => {
  if (service === null) return [];
  const groups = unique([
    ...(service.targetGroupArns ?? []),
    primary?.targetGroupArn,
    ...(primary?.otherTargetGroupArns ?? []),
  ]);
  if (groups.length < 2) return [];
  return [
    error(
      'several-target-groups',
      `expected one target group for ${service.name}, found ${count(groups.length, 'target group')} ` +
        `(${groups.map(targetGroupName).join(', ')}): ECS's own controller takes up to five, a task set of the ` +
        'EXTERNAL controller takes one',
      'Several hosts, paths or listeners can share one group: point their rules at it, and Cutover ' +
        'shifts them together. A second port needs a service of its own, which this creates, with two ' +
        'groups of its own.',
      [
        `aws ecs create-service --cluster ${service.cluster} --service-name ${service.name}-2 ` +
          `--deployment-controller type=EXTERNAL --desired-count ${Math.max(1, service.desiredCount)}`,
      ],
    ),
  ];
};
