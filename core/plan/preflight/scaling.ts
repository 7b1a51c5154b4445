import { plannedScaling, scalingIn, suspends } from '../../scaling/planned.ts';
import type { Finding } from '../../vocabulary/finding.types.ts';
import type { ObservedScaling, ScalingPlan, ScalingPolicy } from '../../vocabulary/scaling.types.ts';
import { targetGroupName } from '../../weights/weights.ts';
import type { Check } from './check.types.ts';
import { error, warning } from './finding.ts';

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

/**
 * What scales the service. Policies see both colours as one: while one is idle the average is low, and both lose tasks
 * [fact 166]; scaling counts from the tasks that run, twice as many as each colour has [fact 169].
 */
export const checkScaling: Check = (inspected) => {
  const scaling = scalingIn(inspected.observed);
  if (inspected.observed.service === null || scaling === undefined || scaling === null) return [];
  const { scaling: planned } = plannedScaling(inspected.observed, inspected.request);
  if (planned === undefined) return [];
  return [scaleInActive, outOfRange, followsOneGroup, countsBoth].flatMap((check) =>
    check({ ...inspected, scaling, planned }),
  );
};

type Scaled = Parameters<Check>[0] & { scaling: ObservedScaling; planned: ScalingPlan };

/** The group of this deployment whose requests alone a policy counts; undefined: it counts others, or everybody's. */
const ownGroup = ({ found }: Scaled, { targetGroup }: ScalingPolicy): string | undefined =>
  [found.blueGroupArn, found.greenGroupArn].find(
    (arn): arn is string => targetGroup !== undefined && arn?.endsWith(`:${targetGroup}`) === true,
  );

const scaleInActive = (inspected: Scaled): Finding[] => {
  const { scaling, planned, observed } = inspected;
  // One that counts a single group's requests is found by itself.
  const averages = scaling.policies.filter((policy) => ownGroup(inspected, policy) === undefined);
  return averages.length === 0 || planned.set.scaleIn
    ? []
    : [
        warning(
          'scaling-active',
          'expected scale-in to be suspended during the deployment, found Application Auto Scaling free to ' +
            `move ${observed.service?.name} between ${scaling.minCapacity} and ${scaling.maxCapacity} tasks: its ` +
            'metrics are averages of both colours, so it may take tasks from the one that serves',
          'Leave `"autoscaling": "leave"` out of the request: the deployment then suspends scale-in before its first ' +
            'write and restores it at its end. Scaling out continues, and green follows.',
        ),
      ];
};

/** RegisterScalableTarget brings the present count into the range, and so would move tasks [fact 171]. */
const outOfRange = ({ scaling, planned, observed: { service } }: Scaled): Finding[] => {
  const { minCapacity, maxCapacity } = scaling;
  const count = service?.desiredCount ?? 0;
  if (!suspends(planned) || (count >= minCapacity && count <= maxCapacity)) return [];
  return [
    error(
      'scaling-out-of-range',
      `expected the desired count of ${service?.name} within its scalable target's ${minCapacity} to ${maxCapacity} ` +
        `tasks, found ${count}: suspending the scaling would move it there at once`,
      'Set the range or the count right, or deploy with `"autoscaling": "leave"`.',
    ),
  ];
};

/** ALBRequestCountPerTarget names one target group [fact 170]. */
const followsOneGroup = (inspected: Scaled): Finding[] =>
  inspected.scaling.policies.flatMap((policy) => {
    const { name } = policy;
    const own = ownGroup(inspected, policy);
    if (own === undefined) return [];
    const message =
      `expected policies that see the requests of both colours, found ${name} with ALBRequestCountPerTarget of ` +
      `${targetGroupName(own)} alone: once that group's colour has no traffic, the policy takes tasks from the other ` +
      'one, which serves';
    const fix =
      'Track the sum of both groups by metric math (RequestCountPerTarget of each), so that it is right between ' +
      'deployments, too.';
    return inspected.planned.set.scaleIn
      ? [
          warning(
            'scaling-follows-one-group',
            `${message}; scale-in is suspended until the deployment ends`,
            fix,
          ),
        ]
      : [
          error(
            'scaling-takes-from-green',
            message,
            `${fix} Or leave \`"autoscaling": "leave"\` out of the request.`,
          ),
        ];
  });

const countsBoth = ({ scaling, planned, observed: { service } }: Scaled): Finding[] => {
  const steps = scaling.policies.filter(({ kind }) => kind === 'step').map(({ name }) => name);
  const count = service?.desiredCount ?? 0;
  if (steps.length === 0 || planned.set.scaleOut || 2 * count >= scaling.maxCapacity) return [];
  return [
    warning(
      'scaling-counts-both-colours',
      `expected a scale-out to count from ${count} tasks, found ${steps.join(', ')}, which ` +
        `${steps.length === 1 ? 'counts' : 'count'} ` +
        `from those that run: ${2 * count} while both colours do, and each colour then gets the result, at most ` +
        `${scaling.maxCapacity} tasks`,
      'Lower MaxCapacity to what each of two colours may have, deploy when little load is expected, or deploy with ' +
        '`"autoscaling": "suspendAll"`.',
    ),
  ];
};
