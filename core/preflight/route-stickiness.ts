import { groupOf } from '../discovery.ts';
import { formatDuration } from '../duration.ts';
import type { Finding } from '../plan.types.ts';
import type { Check } from './check.types.ts';
import { error, warning } from './finding.ts';

/** A group with sticky targets needs sticky routes, and sticky clients do not follow weights [79, 80, 148, 149]. */
export const checkRouteStickiness: Check = ({ observed, found }) => {
  const findings: Finding[] = [];
  const pair = [groupOf(observed, found.blueGroupArn), groupOf(observed, found.greenGroupArn)];
  const sticky = pair.filter((group) => group !== undefined).filter(({ stickiness }) => stickiness.enabled);
  const names = sticky.map(({ name }) => name).join(' and ');

  const loose = found.routes.filter(
    (route) =>
      !route.original.stickiness.enabled &&
      observed.loadBalancers.some(({ arn, type }) => arn === route.loadBalancerArn && type === 'application'),
  );
  if (sticky.length > 0 && loose.length > 0) {
    findings.push(
      error(
        'stickiness-mismatch',
        `expected stickiness on ${loose.map(({ label }) => label).join(' and ')} because ${names} has it, found it off: the load balancer refuses two groups there (InvalidLoadBalancerAction)`,
        `Turn on TargetGroupStickinessConfig in the forward action, or turn it off on the group: \`aws elbv2 modify-target-group-attributes --target-group-arn ${sticky[0]?.arn} --attributes Key=stickiness.enabled,Value=false\`.`,
      ),
    );
  }
  const byApplication = sticky.filter(({ stickiness }) => stickiness.type === 'app_cookie');
  for (const group of byApplication) {
    findings.push(
      error(
        'application-cookie-stickiness',
        `expected load-balancer cookies or none on ${group.name}, found application cookies, which weighted groups do not support`,
        `\`aws elbv2 modify-target-group-attributes --target-group-arn ${group.arn} --attributes Key=stickiness.type,Value=lb_cookie\`.`,
      ),
    );
  }

  for (const { label, original } of found.routes) {
    if (!original.stickiness.enabled) continue;
    const { durationSeconds } = original.stickiness;
    const duration = durationSeconds === undefined ? '' : ` for ${formatDuration(durationSeconds * 1_000)}`;
    findings.push(
      warning(
        'sticky-route',
        `expected requests of ${label} to follow the weights, found stickiness${duration}: clients stay with the version they met, so shares are skewed`,
        'Cutover takes the losing group out of the action when it rolls back or retires blue; turn stickiness off if the application does not need it.',
      ),
    );
  }
  return findings;
};
