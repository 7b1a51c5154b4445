import { count } from '../../figures.ts';
import { MAX_ROUTES } from '../../request/defaults.ts';
import type { Finding } from '../../vocabulary/finding.types.ts';
import type { Route } from '../../vocabulary/plan.types.ts';
import { targetGroupName } from '../../weights/weights.ts';
import { groupOf, namesGroup } from '../discovery.ts';
import type { Check } from './check.types.ts';
import { createGroupLike, LIST_GROUPS, secondName } from './commands.ts';
import { error } from './finding.ts';

/** There are routes to shift, and it is clear to which group [fact 146]. */
export const checkRoutes: Check = (inspected) => {
  const { observed, found } = inspected;
  if (observed.service === null) return [];
  const { primary, blueGroupArn, greenGroupArn } = found;
  if (primary !== null && blueGroupArn === null) {
    return [
      error(
        'no-load-balancer',
        `expected the PRIMARY task set ${primary.id} to have a target group, found none`,
        'Cutover shifts the traffic of a load balancer. Launch a task set with `--load-balancers` and ' +
          'make it PRIMARY, then deploy with Cutover; without a balancer, use the rolling updates of ECS.',
      ),
    ];
  }
  if (primary === null && greenGroupArn === null) {
    return [
      error(
        'green-target-group-needed',
        "expected green's target group in the request, found none: on a first deployment there is no " +
          'running task set to discover it from',
        'Add `"greenTargetGroup": "..."` with the ARN of the group that the listener forwards to. This ' +
          'lists the groups there are.',
        [LIST_GROUPS],
      ),
    ];
  }

  return [...routesFound(inspected), ...otherGroup(inspected)];
};

/** Those that the request names, one at least, and not too many. */
const routesFound: Check = ({ observed, request, found }) => {
  const { primary, blueGroupArn, greenGroupArn, routes } = found;
  const findings: Finding[] = [];
  const served = primary === null ? greenGroupArn : blueGroupArn;
  const askedFor = request.routes ?? [];
  for (const arn of askedFor.filter((arn) => !routes.some((route) => route.arn === arn))) {
    findings.push(
      error(
        'route-not-found',
        `expected a listener or rule ${arn} that forwards to ${targetGroupName(served ?? '')}, found none`,
        'Correct `routes` in the request, or leave it out to take every route that forwards to ' +
          `${targetGroupName(served ?? '')}${owners(observed.routes, served)}.`,
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
        `expected a listener or rule that forwards to ${targetGroupName(served ?? '')}, found none: nothing reaches it`,
        `Let a listener or a rule forward to it: \`Type=forward,TargetGroupArn=${served}\` in ` +
          'modify-listener or create-rule, or `target_group_arn` in Terraform. This lists the listeners.',
        (groupOf(observed, served)?.loadBalancerArns ?? []).map(
          (arn) =>
            `aws elbv2 describe-listeners --load-balancer-arn ${arn} --query ` +
            "'Listeners[].[Protocol,Port,ListenerArn]' --output table",
        ),
      ),
    );
  }
  if (routes.length > MAX_ROUTES) {
    findings.push(
      error(
        'too-many-routes',
        `expected at most ${MAX_ROUTES} routes, found ${routes.length} that forward to ` +
          targetGroupName(served ?? ''),
        'Every shift writes all of them, one after the other: merge rules, or split the service.',
      ),
    );
  }
  return findings;
};

/** The group that is not served yet is one, and known. */
const otherGroup: Check = ({ observed, found }) => {
  const { primary, blueGroupArn, greenGroupArn, routes, candidates } = found;
  const findings: Finding[] = [];
  const blue = groupOf(observed, blueGroupArn);
  const ofFunction = (arn: string): boolean => groupOf(observed, arn)?.targetType === 'lambda';
  const several = candidates
    .map((arn) => (ofFunction(arn) ? `${targetGroupName(arn)} (of a Lambda function)` : targetGroupName(arn)))
    .join(', ');
  // ECS registers no task in a group of a function.
  const possible = candidates.filter((arn) => !ofFunction(arn));
  if (primary !== null && greenGroupArn === null && routes.length > 0) {
    findings.push(
      candidates.length === 0
        ? error(
            'no-green-group',
            `expected a second target group in the routes of ${targetGroupName(blueGroupArn ?? '')} or in ` +
              'the request, found none',
            "Create one like blue's and set `greenTargetGroup` to its ARN; Cutover attaches it at weight 0.",
            blue === undefined ? [] : [createGroupLike(blue, { name: secondName(blue) })],
          )
        : error(
            'green-group-ambiguous',
            `expected one group beside ${targetGroupName(blueGroupArn ?? '')}, found ` +
              `${count(candidates.length, 'group')}: ${several}`,
            'Add the one that is meant to the request: ' +
              `${possible.map((arn) => `\`"greenTargetGroup": "${arn}"\``).join(' or ')}.`,
          ),
    );
  }
  if (primary === null && candidates.length > 1) {
    findings.push(
      error(
        'other-group-ambiguous',
        `expected at most one group beside ${targetGroupName(greenGroupArn ?? '')} in its routes, found ${several}`,
        'Take the groups that do not belong to this service out of the forward actions.',
      ),
    );
  }
  return findings;
};

/** The routes that could have been meant. */
const owners = (routes: readonly Route[], served: string | null): string => {
  const forwarding = routes.filter((route) => served !== null && namesGroup(route, served));
  return forwarding.length === 0
    ? ''
    : `: ${forwarding.map(({ arn, label }) => `${label} (${arn})`).join(', ')}`;
};
