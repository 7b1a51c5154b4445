import { groupOf } from '../discovery.ts';
import type { Finding } from '../plan.types.ts';
import { stopTimeoutSeconds } from '../stop-timeout.ts';
import type { Check } from './check.types.ts';
import { warning } from './finding.ts';

/** The longest Fargate lets a task finish after SIGTERM (ECS guide, stopTimeout). */
const FARGATE_STOP_TIMEOUT_SECONDS = 120;

/** A task leaves without cutting requests: deregister, drain, SIGTERM, then time to finish [43, 44, 155]. */
export const checkDraining: Check = ({ observed, found }) => {
  const group = groupOf(observed, found.primary === null ? found.greenGroupArn : found.blueGroupArn);
  const running = observed.blueTaskDefinition ?? observed.taskDefinition;
  if (group === undefined || running === null) return [];
  const delay = group.deregistrationDelaySeconds;
  const stop = stopTimeoutSeconds(running);
  const set = `aws elbv2 modify-target-group-attributes --target-group-arn ${group.arn} --attributes Key=deregistration_delay.timeout_seconds,Value=`;
  const findings: Finding[] = [];

  if (delay === 0) {
    findings.push(
      warning(
        'no-deregistration-delay',
        `expected time for requests in flight on ${group.name}, found a deregistration delay of 0 s: they are cut when a task leaves`,
        `\`${set}30\` suits short requests.`,
      ),
    );
  } else if (stop < delay) {
    const advice =
      delay >= FARGATE_STOP_TIMEOUT_SECONDS
        ? `Short HTTP requests need 30 s or less: \`${set}25\`; WebSockets and long polling 120 to 300.`
        : `Raise stopTimeout in the task definition above ${delay}, or \`${set}${Math.max(1, stop - 5)}\`.`;
    findings.push(
      warning(
        'stop-timeout-below-deregistration-delay',
        `expected a stopTimeout longer than the deregistration delay of ${group.name}, found ${stop} s and ${delay} s: every task takes ${delay} s to leave, and a long request may still be cut`,
        advice,
      ),
    );
  }
  return findings;
};
