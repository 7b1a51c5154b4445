import { formatDuration } from '../../duration.ts';
import type { Finding } from '../../vocabulary/finding.types.ts';
import { groupOf } from '../discovery.ts';
import type { Check } from './check.types.ts';
import { setAttributes } from './commands.ts';
import { error, warning } from './finding.ts';

/**
 * A group with sticky targets needs sticky routes, and sticky clients do not follow weights [fact 79, 80, 148, 149].
 */
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
        `expected stickiness on ${loose.map(({ label }) => label).join(' and ')} because ${names} ` +
          `${sticky.length > 1 ? 'have' : 'has'} it, found it off: the load balancer refuses two groups ` +
          'there (InvalidLoadBalancerAction)',
        `Turn stickiness off on the group${sticky.length > 1 ? 's' : ''}, or turn on ` +
          'TargetGroupStickinessConfig in the forward action (in Terraform, the `stickiness` block of ' +
          '`forward`).',
        sticky.map((group) => setAttributes(group, { 'stickiness.enabled': 'false' })),
      ),
    );
  }
  const byApplication = sticky.filter(({ stickiness }) => stickiness.type === 'app_cookie');
  for (const group of byApplication) {
    findings.push(
      error(
        'application-cookie-stickiness',
        `expected load-balancer cookies or none on ${group.name}, found application cookies, which ` +
          'weighted groups do not support',
        "Use the load balancer's own cookie, or turn stickiness off.",
        [setAttributes(group, { 'stickiness.type': 'lb_cookie' })],
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
        `expected requests of ${label} to follow the weights, found stickiness${duration}: clients ` +
          'stay with the version they met, so shares are skewed',
        'Turn TargetGroupStickinessConfig off in the forward action if the application can do without. ' +
          'If not: Cutover takes the losing group out of the action when it rolls back or retires blue, ' +
          'so that nobody stays behind.',
      ),
    );
  }
  return findings;
};
