import { seen } from '../../vocabulary/surroundings.types.ts';
import type { Check } from './check.types.ts';
import { warning } from './finding.ts';

/**
 * It stops tasks of either colour to balance zones, also in the middle of a bake, when the count has to hold [fact
 * 9].
 */
export const checkZoneRebalancing: Check = ({ observed: { service } }) =>
  service?.zoneRebalancing !== true
    ? []
    : [
        warning(
          'zone-rebalancing',
          `expected Availability Zone rebalancing to be off on ${service.name}, found it on: ECS may ` +
            'stop tasks of the colour that serves to start them in another zone while the deployment ' +
            'counts on them',
          'Turn it off; tasks of a task set are spread over its subnets when they start.',
          [
            `aws ecs update-service --cluster ${service.cluster} --service ${service.name} ` +
              '--availability-zone-rebalancing DISABLED',
          ],
        ),
      ];

/** Policies see both colours as one service: while one is idle, the average is low and both lose tasks [fact 166]. */
export const checkScaling: Check = ({ observed: { surroundings, service } }) => {
  const scaling = seen(surroundings?.scaling);
  if (service === null || scaling === undefined || scaling === null || scaling.scaleInSuspended) return [];
  const target =
    '--service-namespace ecs --scalable-dimension ecs:service:DesiredCount --resource-id ' +
    `service/${service.cluster}/${service.name}`;
  const suspend = (suspended: boolean): string =>
    `aws application-autoscaling register-scalable-target ${target} --suspended-state ` +
    `DynamicScalingInSuspended=${suspended}`;
  return [
    warning(
      'scaling-active',
      'expected scale-in to be suspended during the deployment, found Application Auto Scaling free to ' +
        `move ${service.name} between ${scaling.minCapacity} and ${scaling.maxCapacity} tasks: its ` +
        'metrics are averages of both colours, so it may take tasks from the one that serves',
      'Run the first before the deployment and the second after it. Scaling out may continue: green follows.',
      [suspend(true), suspend(false)],
    ),
  ];
};
