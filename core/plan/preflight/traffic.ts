import type { Finding } from '../../vocabulary/finding.types.ts';
import type { ObservedService } from '../../vocabulary/observed.types.ts';
import type { Route, WeightedGroup } from '../../vocabulary/plan.types.ts';
import { ALL_BLUE, sameWeights, targetGroupName, weightsOf } from '../../weights/weights.ts';
import { namesGroup, sendsRequestsTo } from '../discovery.ts';
import type { Check } from './check.types.ts';
import { forward, forwarded, serviceOptions } from './commands.ts';
import { error } from './finding.ts';

/**
 * The weights are where the PRIMARY task set is. After a Terraform apply or a hand edit they may not be, and shifting
 * from there would move users to the wrong version [fact 147, 164].
 */
export const checkTraffic: Check = ({
  observed: { service },
  found: { primary, blueGroupArn, greenGroupArn, routes, foreign },
}) => {
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
          'Take the third group out of the forward action: Cutover shifts between two. ' +
            `${forwarded(route, "This leaves blue's with everything.")}`,
          blueGroupArn === null || greenGroupArn === null
            ? []
            : [forward(route, toBlue([blueGroupArn, greenGroupArn], blueGroupArn))],
        ),
      );
    } else if (primary !== null && blueGroupArn !== null) {
      // Without a green group the share of everyone else still has to be nothing.
      const live = weightsOf(route.original, { blue: blueGroupArn, green: greenGroupArn ?? '' });
      if (sameWeights(live, ALL_BLUE)) continue;
      findings.push(
        error(
          'weights-disagree-with-primary',
          `expected all weight of ${route.label} on ${targetGroupName(blueGroupArn)}, where the PRIMARY task ` +
            `set is, found ${weights(route)}`,
          'Find out who wrote it: a Terraform apply, a hand edit, another tool. ' +
            `${forwarded(
              route,
              `This gives everything back to ${targetGroupName(blueGroupArn)}, if that is what should serve; if ` +
                'not, make the task set that serves PRIMARY.',
            )}`,
          [
            forward(
              route,
              toBlue(
                route.original.groups.map(({ targetGroupArn }) => targetGroupArn),
                blueGroupArn,
              ),
            ),
            ...otherSets(service, blueGroupArn),
          ],
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
          'Take the groups of other services out of the forward action, or give the service a route of its own.',
        ),
      );
    }
  }

  for (const route of foreign) {
    const ours = [blueGroupArn, greenGroupArn].filter((arn) => arn !== null && sendsRequestsTo(route, arn));
    findings.push(
      error(
        'group-serves-other-route',
        `expected ${ours.map((arn) => targetGroupName(arn ?? '')).join(' and ')} to get requests only by the ` +
          `routes of this deployment, found ${route.label} (${route.arn}) forwarding to it too`,
        blueGroupArn !== null && namesGroup(route, blueGroupArn)
          ? 'Its requests would not be shifted, and would fail once their version is gone. Point it at ' +
              'another group, or take it into the request: ' +
              `\`${JSON.stringify({ routes: [...routes, route].map(({ arn }) => arn) }).slice(1, -1)}\`.`
          : 'Its requests would meet the new version from the first task on, and fail when their targets ' +
              'go. Point it at another group, or set `greenTargetGroup` to a free one.',
      ),
    );
  }
  return findings;
};

const weights = ({ original: { groups } }: Route): string => {
  const each = groups.map(({ targetGroupArn, weight }) => `${targetGroupName(targetGroupArn)} ${weight}`);
  if (each.length === 0) return 'no group';
  const nobody = groups.length > 1 && groups.every(({ weight }) => weight === 0);
  return `${each.join(', ')}${nobody ? ': nobody gets its requests, and they fail' : ''}`;
};

const toBlue = (arns: readonly string[], blueGroupArn: string): WeightedGroup[] =>
  arns.map((targetGroupArn) => ({ targetGroupArn, weight: targetGroupArn === blueGroupArn ? 100 : 0 }));

/** The task sets that could be the one that serves. */
const otherSets = (service: ObservedService | null, blueGroupArn: string): string[] =>
  service === null
    ? []
    : service.taskSets
        .filter(({ status, targetGroupArn }) => status === 'ACTIVE' && targetGroupArn !== blueGroupArn)
        .map(
          ({ id }) =>
            `aws ecs update-service-primary-task-set ${serviceOptions(service)} --primary-task-set ${id}`,
        );
