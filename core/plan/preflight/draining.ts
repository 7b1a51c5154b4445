import type { Finding } from '../../vocabulary/finding.types.ts';
import { groupOf } from '../discovery.ts';
import { stopTimeoutSeconds } from '../stop-timeout.ts';
import type { Check } from './check.types.ts';
import { setAttributes } from './commands.ts';
import { warning } from './finding.ts';

/** The longest Fargate lets a task finish after SIGTERM (ECS guide, stopTimeout). */
const FARGATE_STOP_TIMEOUT_SECONDS = 120;

/** A task leaves without cutting requests: deregister, drain, SIGTERM, then time to finish [fact 43, 44, 155]. */
export const checkDraining: Check = ({ observed, found }) => {
  const group = groupOf(observed, found.primary === null ? found.greenGroupArn : found.blueGroupArn);
  const running = observed.blueTaskDefinition ?? observed.taskDefinition;
  if (group === undefined || running === null) return [];
  const delay = group.deregistrationDelaySeconds;
  const stop = stopTimeoutSeconds(running);
  const pair = [groupOf(observed, found.blueGroupArn), groupOf(observed, found.greenGroupArn)];
  const set = (seconds: number): string[] =>
    pair.flatMap((one) =>
      one === undefined ? [] : [setAttributes(one, { 'deregistration_delay.timeout_seconds': seconds })],
    );
  const findings: Finding[] = [];

  if (delay === 0) {
    findings.push(
      warning(
        'no-deregistration-delay',
        `expected time for requests in flight on ${group.name}, found a deregistration delay of 0 s: ` +
          'they are cut when a task leaves',
        'Give them time: 30 s suits short requests, 120 to 300 WebSockets and long polling.',
        set(30),
      ),
    );
  } else if (stop < delay) {
    const advice =
      delay >= FARGATE_STOP_TIMEOUT_SECONDS
        ? 'Lower the delay: short HTTP requests need 30 s or less. If it serves WebSockets or long ' +
          'polling, keep 120 to 300.'
        : `Set \`"stopTimeout": ${delay + 5}\` in the task definition, or lower the delay.`;
    findings.push(
      warning(
        'stop-timeout-below-deregistration-delay',
        `expected a stopTimeout longer than the deregistration delay of ${group.name}, found ${stop} s ` +
          `and ${delay} s: every task takes ${delay} s to leave, and a long request may still be cut`,
        advice,
        set(Math.max(1, stop - 5)),
      ),
    );
  }
  return findings;
};
