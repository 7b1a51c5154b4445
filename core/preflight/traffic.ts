import { sendsRequestsTo } from '../discovery.ts';
import type { Finding, Route } from '../plan.types.ts';
import { ALL_BLUE, sameWeights, weightsOf } from '../traffic.ts';
import type { Check } from './check.types.ts';
import { error, groupName } from './finding.ts';

/**
 * The weights are where the PRIMARY task set is. After a Terraform apply or a hand edit they may not be, and shifting
 * from there would move users to the wrong version [147, 164].
 */
export const checkTraffic: Check = ({ found: { primary, blueGroupArn, greenGroupArn, routes, foreign } }) => {
  const findings: Finding[] = [];
  // target-groups.ts has named it: nothing can be said about shares of one group.
  if (blueGroupArn !== null && blueGroupArn === greenGroupArn) return findings;
  for (const route of routes) {
    const holding = route.original.groups.filter(({ targetGroupArn }) =>
      sendsRequestsTo(route, targetGroupArn),
    );
    if (holding.length > 2) {
      findings.push(
        error(
          'too-many-groups-with-weight',
          `expected weight on blue's and green's groups only, found on ${route.label} ${weights(route)}`,
          'Take the third group out of the forward action: Cutover shifts between two.',
        ),
      );
    } else if (primary !== null && blueGroupArn !== null) {
      // Without a green group the share of everyone else still has to be nothing.
      const live = weightsOf(route.original, { blue: blueGroupArn, green: greenGroupArn ?? '' });
      if (sameWeights(live, ALL_BLUE)) continue;
      findings.push(
        error(
          'weights-disagree-with-primary',
          `expected all weight of ${route.label} on ${groupName(blueGroupArn)}, where the PRIMARY task set is, found ${weights(route)}`,
          `Find out who wrote it (a Terraform apply, a hand edit, another tool). If ${groupName(blueGroupArn)} should serve: ${restore(route, blueGroupArn)}. If not, make the task set that serves PRIMARY with \`aws ecs update-service-primary-task-set\`.`,
        ),
      );
    } else if (
      primary === null &&
      holding.some(({ targetGroupArn }) => ![greenGroupArn, blueGroupArn].includes(targetGroupArn))
    ) {
      findings.push(
        error(
          'too-many-groups-with-weight',
          `expected weight on the service's own groups only, found on ${route.label} ${weights(route)}`,
          'Take the groups of others out of the forward action.',
        ),
      );
    }
  }

  for (const route of foreign) {
    const ours = [blueGroupArn, greenGroupArn].filter((arn) => arn !== null && sendsRequestsTo(route, arn));
    findings.push(
      error(
        'group-serves-other-route',
        `expected ${ours.map((arn) => groupName(arn ?? '')).join(' and ')} to get requests only by the routes of this deployment, found ${route.label} (${route.arn}) forwarding to it too`,
        'Its requests would not be shifted, and would fail once their version is gone: add it to `routes`, leave `routes` out, or point it at another group.',
      ),
    );
  }
  return findings;
};

const weights = (route: Route): string =>
  route.original.groups
    .map(({ targetGroupArn, weight }) => `${groupName(targetGroupArn)} ${weight}`)
    .join(', ') || 'no group';

const restore = (route: Route, blueGroupArn: string): string => {
  const groups = route.original.groups.map(({ targetGroupArn }) => ({
    TargetGroupArn: targetGroupArn,
    Weight: targetGroupArn === blueGroupArn ? 100 : 0,
  }));
  const { enabled, durationSeconds } = route.original.stickiness;
  const sticky = enabled
    ? {
        TargetGroupStickinessConfig: {
          Enabled: true,
          ...(durationSeconds && { DurationSeconds: durationSeconds }),
        },
      }
    : {};
  const action = JSON.stringify([{ Type: 'forward', ForwardConfig: { TargetGroups: groups, ...sticky } }]);
  const call =
    route.kind === 'rule'
      ? `modify-rule --rule-arn ${route.arn} --actions`
      : `modify-listener --listener-arn ${route.arn} --default-actions`;
  // The list is replaced whole [74]: what stands before the forward has to be given again.
  return `\`aws elbv2 ${call} '${action}'\` (with any authenticate action before it)`;
};
