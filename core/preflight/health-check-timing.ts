import { groupOf } from '../discovery.ts';
import type { Check } from './check.types.ts';
import { warning } from './finding.ts';

/** The application may boot for as long as it says before the load balancer has it killed [5, 154]. */
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
        `expected at least the ${startSeconds} s that ${name} may take to start (startPeriod), found ${allowedSeconds} s: ${unhealthyThreshold} failed checks of ${group.name} every ${intervalSeconds} s, grace period ${graceSeconds} s`,
        found.primary === null
          ? `A grace period cannot be set before the first task set runs: raise --unhealthy-threshold-count or --health-check-interval-seconds with \`aws elbv2 modify-target-group --target-group-arn ${group.arn}\`.`
          : `\`aws ecs update-service --cluster ${service.cluster} --service ${service.name} --health-check-grace-period-seconds ${startSeconds + GRACE_MARGIN_SECONDS}\`.`,
      ),
    ];
  });
};

/** Boot plus a margin, as the guides teach: one default health-check interval. */
const GRACE_MARGIN_SECONDS = 30;
