import { formatDuration } from '../duration.ts';
import { describeHealth } from '../health/group-health.ts';
import { FINISH_LIMIT_MS, NOBODY_LEFT_MS, nextWaitSeconds, waits } from '../pace.ts';
import { ALL_GREEN, groupsOf, sameWeights, weightsOf } from '../weights/weights.ts';
import type { RollBackDecision, RollBackInput } from './roll-back.types.ts';
import { held, restored } from './roll-back-waits.ts';

/**
 * Green's tasks run, but no route names their group: the load balancer checks no targets there [fact 86], so nobody
 * can know whether they are healthy, and nobody but them is left to serve.
 */
const unchecked = ({ plan, green, routes }: RollBackInput): boolean =>
  green !== null &&
  green.runningCount > 0 &&
  !routes.some(({ forward }) =>
    forward.groups.some(({ targetGroupArn }) => targetGroupArn === plan.green.targetGroupArn),
  );

const NOBODY_LEFT = 'nothing serves: somebody deleted the task sets of both colours, or the service itself';

/**
 * Neither task set is there, and no wait brings one back: held, the deployment would keep the one from the service
 * that could. Not at the first read, which may be late.
 */
const isNobodyLeft = ({ blue, green, previous, nowMs }: RollBackInput): boolean =>
  blue === null && green === null && previous !== undefined && nowMs - previous.startedAtMs >= NOBODY_LEFT_MS;

const GREEN_NO_HELP =
  'nothing serves: somebody deleted the task set of blue, and green, which never had users, did not become healthy';

/**
 * Blue does not come back, and green has had as long as the plan gives it, once more. One that has served is kept: it
 * may recover, and nothing else could serve.
 */
const isGreenNoHelp = ({ plan, blue, neverServed, previous, nowMs }: RollBackInput): boolean =>
  blue === null &&
  neverServed &&
  previous !== undefined &&
  nowMs - previous.startedAtMs >= plan.timeToHealthyMs;

/** Blue has begun to go. Green finishes what it started, as long as it has anything that answers or may answer. */
export const finishForward = (input: RollBackInput, why: string): RollBackDecision => {
  const { plan, greenHealth, routes, previous, nowMs } = input;
  if (greenHealth === null || (greenHealth.healthy === 0 && !unchecked(input))) {
    if (isNobodyLeft(input)) return restored(input, NOBODY_LEFT, { nothingServes: true });
    if (isGreenNoHelp(input)) return restored(input, GREEN_NO_HELP, { nothingServes: true });
    const green = greenHealth === null ? 'its health is not known' : describeHealth(greenHealth);
    return held(input, `${why} and green cannot serve yet: ${green}; traffic stays where it is`, null);
  }

  const elapsedMs = nowMs - (previous?.startedAtMs ?? nowMs);
  if (previous?.kind === 'finishForward' && elapsedMs >= FINISH_LIMIT_MS) {
    const reason =
      `blue could not be removed in ${formatDuration(elapsedMs)}; green serves with ` +
      `${describeHealth(greenHealth)}`;
    return { kind: 'stuck', reason, waitSeconds: 0, weights: null };
  }
  const raiseGreen = !routes.every(({ forward }) =>
    sameWeights(weightsOf(forward, groupsOf(plan)), ALL_GREEN),
  );
  const reason = `${why} and green has ${describeHealth(greenHealth)}: finishing forward`;
  return {
    kind: 'finishForward',
    reason,
    waitSeconds: nextWaitSeconds(waits.finishing, elapsedMs),
    raiseGreen,
  };
};
