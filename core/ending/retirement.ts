import { SECOND_MS } from '../clock.ts';
import { formatDuration } from '../duration.ts';
import type { ErrorName } from '../errors.ts';
import {
  describeHealth,
  enoughHealthy,
  fitToServe,
  type GroupHealth,
  healthyShare,
} from '../health/group-health.ts';
import type { StandingOrder } from '../operator/standing-order.ts';
import { EVICTED_AGAIN_WAIT_MS, REMOVAL_LIMIT_MS, WHOLE_GREEN_WAIT_MS } from '../pace.ts';
import { mayRetireBlue } from '../safety/invariants.ts';
import type { Commitment } from '../vocabulary/command.types.ts';
import type { Retirement } from '../vocabulary/ending.types.ts';
import type { ObservedTaskSet } from '../vocabulary/observed.types.ts';
import type { Plan, Route, RouteForward } from '../vocabulary/plan.types.ts';
import { settleMs, settleSecondsLeft } from '../weights/propagation.ts';
import { holdsStickyClients } from '../weights/sticky-clients.ts';
import { isTakenOver, removesBlue } from '../weights/taken-over.ts';
import { groupsOf, weightsOf } from '../weights/weights.ts';
import { nextRemovalStep, type RemovalStep, removalOverdue } from './removal.ts';

type Forwarding = { route: Pick<Route, 'label'>; forward: RouteForward };

type RetirementObservation<Live extends Forwarding> = {
  plan: Plan;
  /** Blue's; null when it is gone, and for a first deployment. */
  taskSet: ObservedTaskSet | null;
  live: Live[];
  /** Until blue begins to go; after that no command changes anything. */
  order: StandingOrder;
  /** What the record is committed to; undefined when there is no record, or nothing left to commit to. */
  commitment: Commitment | null | undefined;
  /** Read while blue is whole and nobody holds the deployment. */
  green: { present: boolean; health: GroupHealth } | null;
  /** Blue's, read with green's. */
  blueHealth: GroupHealth | null;
  /** JudgeHealth can be asked again: this execution has shifted, and users may be moved. */
  mayJudge: boolean;
  /** What the visit before left. */
  previous: Pick<Retirement, 'leftAtMs'> | undefined;
  /** When Cutover last wrote weights, by a shift or beside the plan; or when the retirement began. */
  writtenAtMs: number;
  /** When the retirement began; time in which a person held it does not count. */
  startedAtMs: number;
  nowMs: number;
};

/** What the record has to be committed to before the write; null when it is already, or was once. */
export type Commit = Pick<Commitment, 'to' | 'reason'> | null;

type RetirementDecision<Live> = { reason: string } & (
  | { kind: 'refuse'; error: Extract<ErrorName, 'TrafficDrifted' | 'Aborted' | 'NotEnoughHealthyTargets'> }
  /** A person holds it: the time that a retirement may take does not run. */
  | { kind: 'hold'; waitSeconds: number }
  /** Blue is whole. */
  | { kind: 'wait'; waitSeconds: number }
  /** Green carries too little and blue more: JudgeHealth moves users, and promotes again or goes back. */
  | { kind: 'short' }
  /** Blue's group leaves `routes`; none when they lost it in a visit that died before it could report that. */
  | { kind: 'evict'; routes: Live[]; waitSeconds: number; whole: boolean }
  /** Nothing has to go: a first deployment, or one that has taken over the users of another service. */
  | { kind: 'end'; commit: Commit }
  | { kind: 'remove'; step: RemovalStep; commit: Commit }
);

/**
 * What RetireBlue does in one visit: nothing until green has all weight on every route, nobody holds the deployment,
 * green is whole and the load balancer follows the last shift. Then blue's group leaves sticky routes, and its task
 * set goes.
 */
export const decideRetirement = <Live extends Forwarding>(
  observed: RetirementObservation<Live>,
): RetirementDecision<Live> => {
  const { plan, taskSet, live, order, previous } = observed;
  const first = plan.blue === null;
  const step = nextRemovalStep(taskSet);
  const whole = step === 'scaleToZero';

  const mayTurnBack = first || whole;
  const refusal = refuseRetirement(plan, live, { mayTurnBack });
  // Nothing moves while a person has frozen it, also where somebody else has moved users.
  const frozen = mayTurnBack && order.kind === 'hold' && order.command.kind === 'freeze';
  if (refusal !== null && !frozen)
    return { kind: 'refuse', error: 'TrafficDrifted', reason: drifted(refusal, { mayTurnBack }) };
  if (order.kind === 'goBack') return { kind: 'refuse', error: 'Aborted', reason: order.reason };
  if (order.kind === 'hold') {
    const aside = refusal === null ? '' : `; ${drifted(refusal, { mayTurnBack })}`;
    const reason = `${order.reason}; ${first ? 'it does not end' : 'blue stays'} until resume or abort${aside}`;
    return { kind: 'hold', reason, waitSeconds: order.waitSeconds };
  }
  const notYet = whole ? whyBlueStays(observed) : null;
  if (notYet !== null) return notYet;

  const sticky = live.filter(({ forward }) => holdsStickyClients(plan, forward));
  const neverLeft =
    previous?.leftAtMs === undefined && live.some(({ forward }) => forward.stickiness.enabled);
  // Also when they have lost it already: the try that took it out may have died a moment ago, and nobody waited for it.
  if (sticky.length > 0 || (whole && neverLeft)) {
    const reason = "blue's group leaves the sticky routes, and its clients move on before it drains";
    const waitSeconds = (whole ? settleMs(plan) : EVICTED_AGAIN_WAIT_MS) / SECOND_MS;
    return { kind: 'evict', reason, routes: sticky, waitSeconds, whole };
  }
  // A signal may have ended the wait for the sticky clients early.
  const leftAtMs = whole ? previous?.leftAtMs : undefined;
  const waitSeconds = leftAtMs === undefined ? 0 : settleSecondsLeft(plan, leftAtMs, observed.nowMs);
  if (waitSeconds > 0)
    return { kind: 'wait', reason: 'blue stays until its sticky clients have surely moved on', waitSeconds };
  const commit = commitOf(observed);
  if (first) return { kind: 'end', reason: 'a first deployment has no blue', commit };
  if (isTakenOver(plan))
    return { kind: 'end', reason: `the service ${plan.blue?.service} keeps its tasks`, commit };
  return { kind: 'remove', reason: commit?.reason ?? 'blue has begun to go', step, commit };
};

/**
 * Blue takes users back until green has been seen whole a moment ago: a promotion may be minutes old, a freeze days.
 */
const whyBlueStays = ({
  plan,
  green,
  blueHealth,
  mayJudge,
  writtenAtMs,
  startedAtMs,
  nowMs,
}: RetirementObservation<Forwarding>): RetirementDecision<never> | null => {
  if (green === null || !green.present || green.health.healthy === 0) {
    const found = green === null ? 'that it was not read' : describeHealth(green.health);
    const reason = `expected a healthy green before blue goes, found ${found}`;
    return { kind: 'refuse', error: 'NotEnoughHealthyTargets', reason };
  }
  const blueIsBetter = blueHealth !== null && healthyShare(blueHealth) > healthyShare(green.health);
  if (mayJudge && blueIsBetter && !fitToServe(green.health)) {
    return {
      kind: 'short',
      reason: `green no longer carries all users: it has ${describeHealth(green.health)}`,
    };
  }
  if (!enoughHealthy(green.health)) {
    const has = `it has ${describeHealth(green.health)}`;
    if (removalOverdue(startedAtMs, nowMs)) {
      const reason = `expected green to be whole within ${formatDuration(REMOVAL_LIMIT_MS)} before blue goes: ${has}`;
      return { kind: 'refuse', error: 'NotEnoughHealthyTargets', reason };
    }
    const reason = `blue stays until green is whole: ${has}`;
    return { kind: 'wait', reason, waitSeconds: WHOLE_GREEN_WAIT_MS / SECOND_MS };
  }
  const waitSeconds = settleSecondsLeft(plan, writtenAtMs, nowMs);
  if (waitSeconds === 0) return null;
  const reason = 'blue stays until the load balancer surely follows the last shift';
  return { kind: 'wait', reason, waitSeconds };
};

/** From blue's first loss on the record takes no command: one that came before is obeyed, none after it is accepted. */
const commitOf = ({
  plan,
  commitment,
}: Pick<RetirementObservation<Forwarding>, 'plan' | 'commitment'>): Commit => {
  if (commitment === undefined || commitment?.to === 'finish') return null;
  const reason = `${removesBlue(plan) ? 'blue has begun to go and ' : ''}green serves everything`;
  return { to: 'finish', reason };
};

/**
 * Why blue must not go, or be removed any further, as the routes are; null when it may. Once it has begun to go, a
 * route that somebody deleted is no reason: with none left, none is there that could send it anything.
 */
export const refuseRetirement = (
  plan: Pick<Plan, 'blueTargetGroupArn' | 'green'>,
  live: Forwarding[],
  { mayTurnBack }: { mayTurnBack: boolean },
): string | null => {
  if (!mayTurnBack && live.length === 0) return null;
  return mayRetireBlue(
    live.map(({ route, forward }) => ({
      label: route.label,
      weights: weightsOf(forward, groupsOf(plan)),
    })),
  );
};

/** The same as a person reads it. */
export const drifted = (refusal: string, { mayTurnBack }: { mayTurnBack: boolean }): string =>
  `somebody else changed the listener ${mayTurnBack ? 'before blue went' : 'while blue was going'}: ${refusal}`;
