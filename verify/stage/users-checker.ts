import { SECOND_MS } from '../../core/clock.ts';
import type { WeightedGroup } from '../../core/vocabulary/plan.types.ts';
import { STALE_READS } from '../../rehearsal/faults/world-faults.ts';
import { answeringOf, listeningOf } from '../../sim/traffic/group-answers.ts';
import type { World } from '../../sim/world.ts';
import { commandsOf } from './commands-so-far.ts';
import type { WatchedPlan } from './forward.types.ts';
import { greenSetIn } from './green-set.ts';
import { shareOf } from './share-of.ts';
import { tooSmallFor } from './small-green.ts';

/**
 * Users are the measure, invariant 8: while a deployment acts, no route keeps sending users where nobody listens, or
 * more than twice what a colour carries, while the other colour could take them all. Counted from the world itself,
 * and not by the rule that moves users in production.
 */

/** A task carries half as much again as its share when all run. [a common margin of capacity planning] */
const MARGIN = 1.5;
/** An overload by less is slow, and seldom fatal. */
const OVERLOAD = 2;
/**
 * Two checks in a row, 5 s apart, make a target of the small world unhealthy; then an event may be lost. Whether one
 * was delivered this checker does not know: test/rehearsal/placed-users.verify.ts holds both bounds apart, 30 s
 * beside those checks for a task's event that comes, and the watch's for one that is lost.
 */
const NOTICED_MS = 10 * SECOND_MS + 120 * SECOND_MS;
/** A recovery first waits longer than any Lambda lives, and a sweep comes once a minute. */
const RECOVERED_MS = 150 * SECOND_MS;

/**
 * Lambda that takes no call, and a call that a step gave up because nobody answered it: no call was served that could
 * have failed. A step that gives up for what it read itself, such as a route that somebody else writes, has no such
 * excuse: it is the deployment's own business to get its users away all the same.
 */
const NOT_ANSWERED = /"Lambda\.TooManyRequestsException"|no answer for \d+ s/;

/**
 * `listening`: targets that answer, whatever their checks show; `answering`: each of them by the share that is no
 * error.
 */
type Count = { healthy: number; listening: number; answering: number; wanted: number };

/** What of all users so many targets can serve, 0 to 1. */
const carries = (targets: number, { wanted }: Count): number =>
  wanted === 0 ? 0 : Math.min(1, (MARGIN * targets) / wanted);

/** As good as nobody: its checks pass, and only metrics show it. */
const LOST_SHARE = 0.1;
const isLost = ({ healthy, listening, answering }: Count): boolean =>
  healthy > 0 && listening > 0 && answering <= LOST_SHARE * listening;
/** The rest of a minute, a whole one, CloudWatch's 90 s, and an observation a minute later. */
const LOST_NOTICED_MS = 300 * SECOND_MS;

/** A few users ask a blue whose checks fail whether it answers, until metrics show it or for five minutes. */
const TRIAL = 0.1;
const TRIAL_MS = 300 * SECOND_MS;

/**
 * A green that somebody makes smaller is not made larger again before the deployment goes back, which it does when it
 * has been short for three minutes: whatever else scales it would undo that as soon.
 */
const TAKEN_MS = 180 * SECOND_MS;

/** `arn` null: nobody, because every weight is 0. */
type Forsaken = { arn: string | null; share: number; carries: number; noticedMs: number };

/** What must not last, and after how long it is a problem. */
type Found = { noticedMs: number; problem(forMs: number): string };

/**
 * The group of a route that gets users whom it does not serve although the other colour could serve everybody; null:
 * none. The other has to appear healthy; beside a green that answers nobody it is enough that blue answers.
 */
export const forsaken = (
  groups: readonly WeightedGroup[],
  colours: readonly [string, string],
  counts: (arn: string) => Count,
): Forsaken | null => {
  const serves = (arn: string): boolean => {
    const count = counts(arn);
    return carries(count.healthy, count) === 1 && carries(count.answering, count) === 1;
  };
  // A group that is alone gets everybody, whatever its weight.
  const nobody = groups.length > 1 && groups.every(({ weight }) => weight === 0);
  if (nobody && colours.some(serves)) return { arn: null, share: 1, carries: 0, noticedMs: NOTICED_MS };
  for (const { targetGroupArn: arn } of groups) {
    const share = shareOf(groups, arn);
    const own = counts(arn);
    const able = carries(own.answering, own);
    const lost = isLost(own);
    const rescue = colours.some((other) => {
      const count = counts(other);
      const appears = (lost && other === colours[0]) || carries(count.healthy, count) === 1;
      // Where nobody answers, half an answer is better.
      const some = able === 0 && count.answering > 0 && !isLost(count);
      const answers = some || carries(count.answering, count) === 1;
      return other !== arn && appears && answers;
    });
    if (share === 0 || !rescue || (able > 0 && share <= OVERLOAD * able)) continue;
    const onTrial = arn === colours[0] && share <= TRIAL;
    const noticedMs = (lost ? LOST_NOTICED_MS : NOTICED_MS) + (onTrial ? TRIAL_MS : 0);
    return { arn, share, carries: able, noticedMs };
  }
  return null;
};

const isFrozen = (watched: WatchedPlan): boolean => {
  const commands = commandsOf(watched);
  return commands.lastIndexOf('freeze') > commands.lastIndexOf('resume');
};

const leaseHeld = ({ dynamoDb }: World, deploymentId: string): boolean =>
  dynamoDb.partition('leases').some(({ holder }) => holder === deploymentId);

/** Also of a record that somebody has closed by hand: what the deployment is bound to can no more be kept there. */
const goesBack = ({ dynamoDb }: World, deploymentId: string): boolean => {
  const record = dynamoDb.item(`deployment#${deploymentId}`, 'record');
  return String(record?.commitmentJson).includes('"rollBack"') || typeof record?.outcomeJson === 'string';
};

/** Calls `broken` once, when users were left longer than it takes to notice. */
export const watchUsersServed = (
  watched: WatchedPlan,
  serviceArn: string,
  broken: (problem: string) => void,
): { stop(): void } => {
  const { world, plan, deploymentId } = watched;
  const { kernel, elbv2, ecs } = world;
  const blue = plan.blueTargetGroupArn;
  const first = plan.blue === null;
  // Where a route can name nobody but green there is no other colour that users could be moved to.
  let stopped = blue === null;
  /** A first deployment has no users before it gave them to green: nobody of the service served them. */
  let served = !first;
  const colours: [string, string] = [blue ?? '', plan.green.targetGroupArn];
  let timer: (() => void) | undefined;
  /** While something beside the world is out of order the time does not count. */
  let notBeforeMs = 0;
  /** Green's largest scale so far, percent. */
  let largest = 0;
  let forsakenSince: { atMs: number; noticedMs: number } | null = null;

  const counts = (arn: string): Count => {
    const desired = ecs
      .taskSetsOf(serviceArn)
      .filter(({ scalePercent, status }) => scalePercent === 100 && status !== 'DRAINING');
    const wanted = Math.max(1, ...desired.map(({ computedDesiredCount }) => computedDesiredCount));
    const nowMs = kernel.scheduler.nowMs();
    const targets = elbv2.dataPlane.targets(arn);
    const { healthy } = elbv2.registry.counts(arn);
    return {
      healthy,
      listening: listeningOf(targets, nowMs),
      answering: answeringOf(targets, nowMs),
      wanted,
    };
  };
  const arns = plan.routes.map(({ arn }) => arn);
  const own = () => elbv2.routes(arns);
  /** Whom nobody serves, or a green that has too few tasks for its users; undefined: neither. */
  const found = (): Found | undefined =>
    own().flatMap(({ label, groups }): Found[] => {
      const one = forsaken(groups, colours, counts);
      return one === null
        ? []
        : [{ noticedMs: one.noticedMs, problem: (forMs) => describe(label, one, forMs) }];
    })[0] ?? own().flatMap(({ label, groups }) => small(label, groups))[0];
  const describe = (label: string, one: Forsaken, forMs: number): string => {
    const colours = new Map([
      [null, 'nobody'],
      [blue, 'blue'],
      [plan.green.targetGroupArn, 'green'],
    ]);
    const colour = colours.get(one.arn) ?? 'another group';
    return (
      `invariant 8: ${label} sent ${Math.round(100 * one.share)} % of its users to ${colour}, ` +
      `which carries ${Math.round(100 * one.carries)} %, for ` +
      `${Math.round(forMs / SECOND_MS)} s while the other colour could serve everybody`
    );
  };
  const small = (label: string, groups: readonly WeightedGroup[]): Found[] => {
    const green = greenSetIn(ecs.taskSetsOf(serviceArn), watched);
    if (plan.capacity === undefined || green === undefined || green.status === 'DRAINING') return [];
    largest = Math.max(largest, green.scalePercent);
    const taken = green.scalePercent < largest && !goesBack(world, deploymentId);
    const { wanted } = counts(colours[1]);
    const tasks = green.computedDesiredCount;
    const share = tooSmallFor(groups, colours[1], { tasks, wanted });
    if (share === null) return [];
    const problem = (forMs: number): string =>
      `invariant 13: ${label} sent ${Math.round(100 * share)} % of its users to green for ` +
      `${Math.round(forMs / SECOND_MS)} s, and nobody gave it more than ${tasks} of ${wanted} tasks`;
    return [{ noticedMs: NOTICED_MS + (taken ? TAKEN_MS : 0), problem }];
  };
  const acts = (): boolean =>
    served &&
    leaseHeld(world, deploymentId) &&
    !isFrozen(watched) &&
    // Going back from a first deployment is going back to nobody.
    !(first && goesBack(world, deploymentId));

  const judge = (): void => {
    timer = undefined;
    if (stopped) return;
    const nowMs = kernel.scheduler.nowMs();
    const one = found();
    if (one === undefined || !acts()) {
      forsakenSince = null;
      return;
    }
    // What is seen by other means from now on is noticed anew.
    if (forsakenSince?.noticedMs !== one.noticedMs) forsakenSince = { atMs: nowMs, noticedMs: one.noticedMs };
    const dueMs = Math.max(forsakenSince.atMs, notBeforeMs) + one.noticedMs;
    if (nowMs < dueMs) {
      timer = kernel.scheduler.after(dueMs - nowMs, judge);
      return;
    }
    stopped = true;
    broken(one.problem(nowMs - forsakenSince.atMs));
  };

  kernel.onServed((_call, ok) => {
    if (!ok) notBeforeMs = Math.max(notBeforeMs, kernel.scheduler.nowMs());
  });
  kernel.onEvent(({ kind, data }) => {
    if (kind === 'weights' && data?.by === 'cutover') {
      served ||= own().every(({ groups }) => shareOf(groups, colours[1]) === 1);
    }
    // A function that never ends is ours.
    if (kind === 'step' && NOT_ANSWERED.test(JSON.stringify(data?.error ?? null)))
      notBeforeMs = Math.max(notBeforeMs, kernel.scheduler.nowMs());
    if (kind === 'step' && data?.phase === 'ended') notBeforeMs = kernel.scheduler.nowMs() + RECOVERED_MS;
    if (kind === 'fault' && data?.fault === STALE_READS)
      notBeforeMs = kernel.scheduler.nowMs() + RECOVERED_MS;
  });
  let seen = -1;
  kernel.scheduler.onSettled(() => {
    if (stopped || kernel.changes() === seen) return;
    seen = kernel.changes();
    // How soon it is to be noticed may have changed, too: a dead task appears healthy until its checks fail.
    timer?.();
    judge();
  });
  return {
    stop: () => {
      stopped = true;
      timer?.();
    },
  };
};
