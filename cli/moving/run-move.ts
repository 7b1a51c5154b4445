import type { ApiCall, MoveObservation } from '../../core/adoption/adoption.types.ts';
import {
  type MovePlan,
  type NextMove,
  nextFinish,
  nextMove,
  nextUndo,
  nextUsersBack,
  removesTargets,
} from '../../core/adoption/move-plan.ts';
import { shareOfUsers } from '../../core/adoption/roles.ts';
import { notReady } from '../../core/adoption/twin-steps.ts';
import { type Clock, SECOND_MS } from '../../core/clock.ts';
import { formatDuration } from '../../core/duration.ts';
import { isDeploymentError } from '../../core/errors.ts';
import { settleMs } from '../../core/weights/propagation.ts';

/** Tasks, targets and drains change within seconds; reads of load balancers come from a small bucket [fact 92]. */
const POLL_MS = 10 * SECOND_MS;

/** Reads may show what was before a write for some seconds; the same call again would be refused or do nothing. */
const LAG_MS = 5 * SECOND_MS;

/** One poll may meet a task that is being replaced; three in a row are a pattern. */
const WORSE_POLLS = 3;

export type MoveGoal = 'continue' | 'step' | 'undo' | 'finish';

export type MoveEnd =
  | { kind: 'done' }
  /** `--step`: this one is done, others are left. */
  | { kind: 'stepped'; title: string }
  /** The new service did worse, and the users are back. */
  | { kind: 'tookBack'; reason: string }
  | { kind: 'stopped'; reason: string; fix: string }
  /** Nothing changed for `timeoutMs`. */
  | { kind: 'timedOut'; title: string; reason: string }
  | { kind: 'interrupted' };

type MoveSeams = {
  clock: Clock;
  interruption: AbortSignal;
  observe(): Promise<MoveObservation>;
  perform(call: ApiCall, what: string): Promise<void>;
  /** Names of alarms that are red. */
  redAlarms(): Promise<string[]>;
  say(line: string): void;
};

type MoveTimes = { bakeMs: number; timeoutMs: number };

const nextOf = (goal: MoveGoal, plan: MovePlan, observed: MoveObservation): NextMove => {
  if (goal === 'undo') return nextUndo(plan, observed);
  return goal === 'finish' ? nextFinish(plan, observed) : nextMove(plan, observed);
};

/**
 * Observes, decides, makes at most one call, and observes again: so it can be stopped and begun again at any point.
 * What is remembered here is only how long to wait.
 */
export const runMove = async (
  goal: MoveGoal,
  plan: MovePlan,
  seams: MoveSeams,
  times: MoveTimes,
): Promise<MoveEnd> => {
  const { clock, observe, say } = seams;
  // A command that ended a moment ago may have written a route.
  let routeWrittenMs = clock.nowMs();
  let changedMs = clock.nowMs();
  let waitedFor = '';
  let failed = '';
  let written = { what: '', atMs: 0 };
  let began: string | null = null;
  let baked = -1;

  const pause = (ms: number): Promise<void> => clock.sleep(ms, seams.interruption);

  const perform = async (call: ApiCall, what: string): Promise<void> => {
    try {
      await seams.perform(call, what);
      failed = '';
      written = { what, atMs: clock.nowMs() };
    } catch (error) {
      // An answer that was lost, or somebody else who was faster: what is there now decides. Twice is a refusal.
      if (!isDeploymentError(error, 'Conflict', 'NotFound', 'Rejected') || failed === what) throw error;
      failed = what;
      await pause(POLL_MS);
    }
    if (call.api === 'route') routeWrittenMs = clock.nowMs();
  };

  const usersBack = async (reason: string): Promise<MoveEnd> => {
    say(`users go back: ${reason}`);
    const sinceMs = clock.nowMs();
    for (;;) {
      const next = nextUsersBack(plan, await observe());
      if (next === null) return { kind: 'tookBack', reason };
      const { step, move } = next;
      if (move.kind === 'stop') return { kind: 'stopped', reason: move.reason, fix: move.fix };
      if (move.kind === 'call') await perform(move.call, move.what);
      else if (clock.nowMs() - sinceMs >= times.timeoutMs)
        return { kind: 'timedOut', title: step.title, reason: move.reason };
      else await pause(POLL_MS);
    }
  };

  /** Null: it baked well. */
  const bake = async (percent: number): Promise<MoveEnd | null> => {
    const endMs = clock.nowMs() + times.bakeMs;
    say(`${percent} % bakes for ${formatDuration(times.bakeMs)}`);
    let worse = 0;
    while (clock.nowMs() < endMs) {
      await pause(Math.min(POLL_MS, endMs - clock.nowMs()));
      const [observed, red] = [await observe(), await seams.redAlarms()];
      const why = notReady(observed, plan.roles(observed).to);
      worse = why === null ? 0 : worse + 1;
      if (red.length > 0) return usersBack(`${red.join(', ')} is in ALARM`);
      if (why !== null && worse >= WORSE_POLLS) return usersBack(why);
    }
    baked = percent;
    return null;
  };

  const run = async (): Promise<MoveEnd> => {
    for (;;) {
      const observed = await observe();
      const next = nextOf(goal, plan, observed);
      const share = shareOfUsers(plan.names, observed, plan.roles(observed));
      // A share bakes before the next step, and again when the command begins anew: it remembers nothing of before. A
      // single step bakes what it has written itself.
      const isWay = goal === 'continue' || (goal === 'step' && began !== null);
      const betweenShares = next === null || (next.move.kind !== 'stop' && share.even);
      if (isWay && share.percent > 0 && share.percent !== baked && betweenShares) {
        const end = await bake(share.percent);
        if (end !== null) return end;
        changedMs = clock.nowMs();
        continue;
      }
      if (next === null) return { kind: 'done' };
      const { step, move } = next;
      if (goal === 'step' && began !== null && step.id !== began)
        return { kind: 'stepped', title: step.title };
      if (move.kind === 'stop') return { kind: 'stopped', reason: move.reason, fix: move.fix };
      if (move.kind === 'wait') {
        if (move.reason !== waitedFor) {
          say(`waits: ${move.reason}`);
          changedMs = clock.nowMs();
        }
        waitedFor = move.reason;
        if (clock.nowMs() - changedMs >= times.timeoutMs)
          return { kind: 'timedOut', title: step.title, reason: move.reason };
        await pause(POLL_MS);
        continue;
      }
      began = step.id;
      if (move.what === written.what && clock.nowMs() - written.atMs < LAG_MS) {
        await pause(SECOND_MS);
        continue;
      }
      const calmMs = routeWrittenMs + settleMs({ loadBalancerKind: 'application' });
      if (removesTargets(move) && clock.nowMs() < calmMs) {
        say('waits until the load balancer follows the last weights');
        await pause(calmMs - clock.nowMs());
        continue;
      }
      say(move.what);
      await perform(move.call, move.what);
      changedMs = clock.nowMs();
      waitedFor = '';
    }
  };

  try {
    return await run();
  } catch (error) {
    if (seams.interruption.aborted) return { kind: 'interrupted' };
    throw error;
  }
};
