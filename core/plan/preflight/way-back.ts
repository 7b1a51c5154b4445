import { formatDuration } from '../../duration.ts';
import { plannedReadiness, whyNotReady } from '../../weights/readiness.ts';
import { loadBalancerKind } from '../discovery.ts';
import type { Check } from './check.types.ts';
import { error } from './finding.ts';

/**
 * A limit for rollbacks that the load balancer and the number of routes never meet would hold the deployment at its
 * first shift.
 */
export const checkWayBack: Check = ({ request, observed, found }) => {
  const { shifts, rollbackWithinMs } = request;
  if (rollbackWithinMs === undefined || found.primary === null || observed.service === null) return [];
  const kind = loadBalancerKind(observed, found);
  const planned = plannedReadiness({
    ...request,
    blue: found.primary,
    routes: found.routes,
    loadBalancerKind: kind,
    desiredCount: Math.max(1, observed.service.desiredCount),
  });
  if (whyNotReady(request, planned) === null) return [];
  const { seconds } = planned;
  const takes = seconds === null ? 'so long that nobody can tell' : formatDuration(seconds * 1_000);
  const at = `${shifts.map(({ greenPct }) => greenPct).join(', ')} %`;
  const because =
    kind === 'network'
      ? 'a Network Load Balancer may take ten minutes to follow'
      : 'the alarm has to come, the routes are written one after the other, and the load balancer follows';
  return [
    error(
      'rollback-within-never-met',
      `expected a rollback within ${formatDuration(rollbackWithinMs)}, found that it would take ${takes} ` +
        `at every shift (${at}) with all of blue's tasks healthy, because ${because}: green would never ` +
        'get its first request',
      `Set \`rollbackWithin\` to ${takes} or more, or leave it out.`,
    ),
  ];
};
