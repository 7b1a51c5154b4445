import { groupOf } from '../discovery.ts';
import type { Check } from './check.types.ts';
import { serviceOptions } from './commands.ts';
import { warning } from './finding.ts';

/** The application may boot for as long as it says before the load balancer has it killed [fact 5, 154]. */
export const checkHealthCheckTiming: Check = ({ observed, found }) => {
  const { service, taskDefinition } = observed;
  const group = groupOf(observed, found.greenGroupArn);
  if (service === null || taskDefinition === null || group === undefined) return [];
  const { intervalSeconds, unhealthyThreshold } = group.healthCheck;

  // ECS takes a grace period only once a PRIMARY task set exists, so the first deployment has none.
  const graceSeconds = found.primary === null ? 0 : (service.healthCheckGracePeriodSeconds ?? 0);
  const allowedSeconds = Math.max(intervalSeconds * unhealthyThreshold, graceSeconds);
  return taskDefinition.containers.flatMap(({ name, healthCheck }) => {
    const startSeconds = healthCheck?.startPeriodSeconds ?? 0;
    if (startSeconds <= allowedSeconds) return [];
    return [
      warning(
        'killed-while-starting',
        `expected at least the ${startSeconds} s that ${name} may take to start (startPeriod), found ` +
          `${allowedSeconds} s: ${unhealthyThreshold} failed checks of ${group.name} every ` +
          `${intervalSeconds} s, grace period ${graceSeconds} s; ECS would stop tasks that are ` +
          'still starting',
        found.primary === null
          ? 'Let the load balancer wait longer: before the first task set runs, a service takes no grace period.'
          : 'Raise the grace period over the start, and a margin.',
        [
          found.primary === null
            ? `aws elbv2 modify-target-group --target-group-arn ${group.arn} ` +
              `${patience(startSeconds + GRACE_MARGIN_SECONDS, intervalSeconds)}`
            : `aws ecs update-service ${serviceOptions(service)} --health-check-grace-period-seconds ` +
              `${startSeconds + GRACE_MARGIN_SECONDS}`,
        ],
      ),
    ];
  });
};

/** An unhealthy threshold is 10 at most (ELB API, UnhealthyThresholdCount). */
const MOST_FAILURES = 10;

const patience = (seconds: number, intervalSeconds: number): string => {
  const failures = Math.ceil(seconds / intervalSeconds);
  return failures <= MOST_FAILURES
    ? `--unhealthy-threshold-count ${failures}`
    : `--unhealthy-threshold-count ${MOST_FAILURES} --health-check-interval-seconds ` +
        `${Math.ceil(seconds / MOST_FAILURES)}`;
};

/** Boot plus a margin, as the guides teach: one default health-check interval. */
const GRACE_MARGIN_SECONDS = 30;
