import { MAX_ATTEMPTS, YIELDS_AFTER_MS } from '../../aws/call.ts';
import { KEPT_MS } from '../../aws/record-changes.ts';
import { SECOND_MS } from '../../core/clock.ts';
import { formatDuration } from '../../core/duration.ts';
import { LAMBDA_TIMEOUT_SECONDS } from '../../core/estimate/lambda-size.ts';
import {
  APPROVAL_LIMIT_MS,
  FINISH_LIMIT_MS,
  HOLD_LIMIT_MS,
  LATE_READ_MS,
  LONGEST_RECOVERY_WAIT_MS,
  OPERATOR_LIMIT_MS,
  REMOVAL_LIMIT_MS,
  recoveryWaitMs,
  THROTTLED_BLIND_MS,
  THROTTLED_TOLERANCE_MS,
  UNKNOWN_TOLERANCE_MS,
  WAIT_LIMIT_MS,
  WAITER_GONE_MS,
} from '../../core/pace.ts';
import { DEFAULT_TIME_TO_HEALTHY_MS } from '../../core/request/defaults.ts';
import { MAX_OBSERVATIONS_PER_BAKE } from '../../core/verdict/bake-observations.ts';
import { settleMs } from '../../core/weights/propagation.ts';

/** How long after one recovery the next comes. */
const pauses =
  `${[1, 2, 3].map((recovery) => formatDuration(recoveryWaitMs(recovery))).join(', ')}, ... ` +
  `${formatDuration(LONGEST_RECOVERY_WAIT_MS)}`;

/** Every limit that ends a wait, with its value from the code: what waits, how long, and then. */
export const limits: readonly (readonly [what: string, value: string, then: string])[] = [
  [
    'one call of an API that fails',
    `${MAX_ATTEMPTS} sends`,
    'the step fails as `Unavailable`; the state machine retries it',
  ],
  [
    'one call that is throttled',
    `${formatDuration(YIELDS_AFTER_MS)} until the API has answered the step once, then as long as its Lambda runs`,
    'the step fails as `Throttled`; the state machine retries it',
  ],
  ['one Lambda', `${LAMBDA_TIMEOUT_SECONDS}s`, 'it is ended; the state machine retries the step'],
  [
    'a deployment in line for its service',
    formatDuration(WAIT_LIMIT_MS),
    `refused; one without a sign of life for ${formatDuration(WAITER_GONE_MS)} loses its place`,
  ],
  [
    'green becoming healthy',
    `\`timeToHealthy\`, ${formatDuration(DEFAULT_TIME_TO_HEALTHY_MS)} by default`,
    'rolled back',
  ],
  ['green not known to be healthy', formatDuration(UNKNOWN_TOLERANCE_MS), 'rolled back'],
  [
    'green not known to be healthy, because reads are throttled',
    formatDuration(THROTTLED_TOLERANCE_MS),
    'rolled back',
  ],
  ['the same, and the alarms cannot be read either', formatDuration(THROTTLED_BLIND_MS), 'rolled back'],
  [
    'a route that still reads as before the shift',
    formatDuration(LATE_READ_MS),
    'taken for a foreign write: rolled back',
  ],
  [
    'a bake without a signal',
    `${MAX_OBSERVATIONS_PER_BAKE} observations`,
    'the last one is at the end of the bake',
  ],
  ['a shift that waits for an approval', formatDuration(APPROVAL_LIMIT_MS), 'rolled back'],
  ['a pause or a freeze', formatDuration(OPERATOR_LIMIT_MS), 'rolled back'],
  [
    'the load balancer following new weights',
    `${formatDuration(settleMs({ loadBalancerKind: 'application' }))}, network load balancers ` +
      `${formatDuration(settleMs({ loadBalancerKind: 'network' }))}`,
    'the colour without weight is removed',
  ],
  [
    'a rollback while blue is less healthy than green',
    formatDuration(HOLD_LIMIT_MS),
    'stuck: traffic stays, a person decides',
  ],
  [
    'blue or green draining and being deleted',
    formatDuration(REMOVAL_LIMIT_MS),
    'stuck, and users are served',
  ],
  ['a retirement that fails and is retried', formatDuration(FINISH_LIMIT_MS), 'stuck, and green serves'],
  ['recoveries of a deployment that stays stuck', `at once, then after ${pauses}`, 'retried without a limit'],
  ['the record of a deployment', `${formatDuration(KEPT_MS)} after its last write`, 'it expires'],
] as const;

export const seconds = (count: number): string => formatDuration(count * SECOND_MS);
