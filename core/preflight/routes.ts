import { MAX_ROUTES } from '../defaults.ts';
import { groupOf } from '../discovery.ts';
import type { Finding } from '../plan.types.ts';
import type { Check } from './check.types.ts';
import { count, error, groupName } from './finding.ts';

/** There are routes to shift, and it is clear to which group [146]. */
export const checkRoutes: Check = ({ observed, request, found }) => {
  if (observed.service === null) return [];
  const { primary, blueGroupArn, greenGroupArn, routes, candidates } = found;
  if (primary !== null && blueGroupArn === null) {
    return [
      error(
        'no-load-balancer',
        `expected the PRIMARY task set ${primary.id} to have a target group, found none`,
        'Without a balancer there is no traffic to shift. Launch a task set with loadBalancers, make it PRIMARY, then deploy with Cutover.',
      ),
    ];
  }
  if (primary === null && greenGroupArn === null) {
    return [
      error(
        'green-target-group-needed',
        "expected green's target group in the request, found none: on a first deployment there is no running task set to discover it from",
        'Add `"greenTargetGroup": "<ARN>"`; `aws elbv2 describe-target-groups` shows the groups.',
      ),
    ];
  }

  const findings: Finding[] = [];
  const served = primary === null ? greenGroupArn : blueGroupArn;
  const askedFor = request.routes ?? [];
  for (const arn of askedFor.filter((arn) => !routes.some((route) => route.arn === arn))) {
    findings.push(
      error(
        'route-not-found',
        `expected a listener or rule ${arn} that forwards to ${groupName(served ?? '')}, found none`,
        'Correct `routes` in the request, or leave it out to take every route that forwards to the running version.',
      ),
    );
  }
  if (
    routes.length === 0 &&
    askedFor.length === 0 &&
    (groupOf(observed, served)?.loadBalancerArns.length ?? 0) > 0
  ) {
    findings.push(
      error(
        'no-route',
        `expected a listener or rule that forwards to ${groupName(served ?? '')}, found none: nothing reaches it`,
        `Add a forward action: \`aws elbv2 modify-listener --listener-arn <listener> --default-actions Type=forward,TargetGroupArn=${served}\`.`,
      ),
    );
  }
  if (routes.length > MAX_ROUTES) {
    findings.push(
      error(
        'too-many-routes',
        `expected at most ${MAX_ROUTES} routes, found ${routes.length} that forward to ${groupName(served ?? '')}`,
        'Every shift writes all of them: merge rules, or split the service.',
      ),
    );
  }

  const several = candidates.map(groupName).join(', ');
  if (primary !== null && greenGroupArn === null && routes.length > 0) {
    findings.push(
      candidates.length === 0
        ? error(
            'no-green-group',
            `expected a second target group in the routes of ${groupName(blueGroupArn ?? '')} or in the request, found none`,
            'Create one like it with `aws elbv2 create-target-group` and set `greenTargetGroup` to its ARN; Cutover attaches it at weight 0.',
          )
        : error(
            'green-group-ambiguous',
            `expected one group beside ${groupName(blueGroupArn ?? '')}, found ${count(candidates.length, 'group')}: ${several}`,
            'Set `greenTargetGroup` to the one that is meant.',
          ),
    );
  }
  if (primary === null && candidates.length > 1) {
    findings.push(
      error(
        'other-group-ambiguous',
        `expected at most one group beside ${groupName(greenGroupArn ?? '')} in its routes, found ${several}`,
        'Take the groups that do not belong to this service out of the forward actions.',
      ),
    );
  }
  return findings;
};
