import type { Move, MoveObservation } from '../../core/adoption/adoption.types.ts';
import { emptied, notServing } from '../../core/adoption/disturbance.ts';
import { refuseWrite } from '../../core/adoption/guard.ts';
import {
  type MovePlan,
  type NextMove,
  nextFinish,
  nextMove,
  nextUndo,
  nextUsersBack,
  opensGroup,
  removesTargets,
} from '../../core/adoption/move-plan.ts';
import { shareOfUsers } from '../../core/adoption/roles.ts';
import { SECOND_MS } from '../../core/clock.ts';
import { formatDuration } from '../../core/duration.ts';
import { DeploymentError } from '../../core/errors.ts';
import { makeOwnWrites, type OwnWrites } from './own-writes.ts';
import type { MoveEnd, MoveGoal, MoveSeams, MoveTimes } from './run-move.types.ts';

/** Tasks, targets and drains change within seconds; reads of load balancers come from a small bucket [fact 92]. */
const POLL_MS = 10 * SECOND_MS;

/** One poll may meet a task that is being replaced; three in a row are a pattern. */
const WORSE_POLLS = 3;

/** What all parts of a move share. */
type Run = { plan: MovePlan; seams: MoveSeams; times: MoveTimes; writes: OwnWrites };

const pause = ({ seams: { clock, interruption } }: Run, ms: number): Promise<void> =>
  clock.sleep(ms, interruption);

const nextOf = (goal: MoveGoal, plan: MovePlan, observed: MoveObservation): NextMove => {
  if (goal === 'undo') return nextUndo(plan, observed);
  return goal === 'finish' ? nextFinish(plan, observed) : nextMove(plan, observed);
};

/** @throws InvariantBroken where the write would break a rule of the state machine's own writes */
const perform = async (
  { plan, writes }: Run,
  observed: MoveObservation,
  move: Extract<Move, { kind: 'call' }>,
): Promise<boolean> => {
  const refusal = refuseWrite(plan, observed, move);
  if (refusal !== null) throw new DeploymentError('InvariantBroken', refusal);
  return writes.perform(move.call, move.what);
};

/** Users leave the new service, also where somebody else writes: they are not well there. */
const usersBack = async (run: Run, reason: string): Promise<MoveEnd> => {
  const { plan, seams, times } = run;
  seams.say(`users go back: ${reason}`);
  const sinceMs = seams.clock.nowMs();
  for (;;) {
    const observed = await seams.observe();
    const next = nextUsersBack(plan, observed);
    if (next === null) return { kind: 'tookBack', reason };
    const { step, move } = next;
    if (move.kind === 'stop') return { kind: 'stopped', reason: move.reason, fix: move.fix };
    if (move.kind === 'call') {
      if (!(await perform(run, observed, move))) await pause(run, POLL_MS);
    } else if (seams.clock.nowMs() - sinceMs >= times.timeoutMs)
      return { kind: 'timedOut', title: step.title, reason: move.reason };
    else await pause(run, POLL_MS);
  }
};

/** Null: it baked well. */
const bake = async (run: Run, percent: number): Promise<MoveEnd | null> => {
  const { plan, seams, times, writes } = run;
  const endMs = seams.clock.nowMs() + times.bakeMs;
  seams.say(`${percent} % bakes for ${formatDuration(times.bakeMs)}`);
  let worse = 0;
  // A share whose last observation was bad has not baked well: the next ones decide.
  while (seams.clock.nowMs() < endMs || worse > 0) {
    const leftMs = endMs - seams.clock.nowMs();
    await pause(run, leftMs > 0 ? Math.min(POLL_MS, leftMs) : POLL_MS);
    const [observed, red] = [await seams.observe(), await seams.redAlarms()];
    const why = notServing(plan.names, observed, plan.roles(observed), percent);
    worse = why === null ? 0 : worse + 1;
    if (red.length > 0) return usersBack(run, `${red.join(', ')} is in ALARM`);
    if (why !== null && worse >= WORSE_POLLS) return usersBack(run, why);
    const other = writes.otherWriter(observed);
    if (other !== null) return other;
    // Nobody serves them, and only a person knows whether the old service is to come back.
    const gone = emptied(plan.names, observed, plan.roles(observed));
    if (gone !== null) return { kind: 'stopped', ...gone };
  }
  return null;
};

/**
 * Observes, decides, makes at most one call, and observes again: so it can be stopped and begun again at any point.
 * What is remembered here is only how long to wait, and what this process wrote.
 */
const steps = async (goal: MoveGoal, run: Run): Promise<MoveEnd> => {
  const { plan, seams, times, writes } = run;
  const { clock, say } = seams;
  let changedMs = clock.nowMs();
  let waitedFor = '';
  let began: string | null = null;
  let baked = -1;

  for (;;) {
    const observed = await seams.observe();
    const other = writes.otherWriter(observed);
    if (other !== null) return other;
    const next = nextOf(goal, plan, observed);
    const share = shareOfUsers(plan.names, observed, plan.roles(observed));
    // A share bakes before the next step, and again when the command begins again: it remembers nothing of before. A
    // single step bakes what it has written itself.
    const isWay = goal === 'continue' || (goal === 'step' && began !== null);
    const betweenShares = next === null || (next.move.kind !== 'stop' && share.even);
    if (isWay && share.percent > 0 && share.percent !== baked && betweenShares) {
      const end = await bake(run, share.percent);
      if (end !== null) return end;
      baked = share.percent;
      changedMs = clock.nowMs();
      continue;
    }
    if (next === null) return { kind: 'done' };
    const { step, move } = next;
    if (goal === 'step' && began !== null && step.id !== began) return { kind: 'stepped', title: step.title };
    if (move.kind === 'stop') return { kind: 'stopped', reason: move.reason, fix: move.fix };
    if (move.kind === 'wait') {
      if (move.reason !== waitedFor) {
        say(`waits: ${move.reason}`);
        changedMs = clock.nowMs();
      }
      waitedFor = move.reason;
      if (clock.nowMs() - changedMs >= times.timeoutMs)
        return { kind: 'timedOut', title: step.title, reason: move.reason };
      await pause(run, POLL_MS);
      continue;
    }
    began = step.id;
    if (writes.isRecent(move.what)) {
      await pause(run, SECOND_MS);
      continue;
    }
    const idle = writes.withoutEffect(move.what);
    if (idle !== null) return idle;
    if (removesTargets(move) && clock.nowMs() < writes.calmMs()) {
      const leftMs = writes.calmMs() - clock.nowMs();
      say(`waits ${formatDuration(leftMs)}, until the load balancer surely follows the last weights`);
      await pause(run, leftMs);
      continue;
    }
    // The target group may have left the routes a moment ago, and its targets still be read as healthy.
    if (opensGroup(move) && clock.nowMs() < writes.freshMs()) {
      await pause(run, writes.freshMs() - clock.nowMs());
      continue;
    }
    say(move.what);
    if (!(await perform(run, observed, move))) await pause(run, POLL_MS);
    changedMs = clock.nowMs();
    waitedFor = '';
  }
};

export const runMove = async (
  goal: MoveGoal,
  plan: MovePlan,
  seams: MoveSeams,
  times: MoveTimes,
): Promise<MoveEnd> => {
  try {
    return await steps(goal, { plan, seams, times, writes: makeOwnWrites(seams) });
  } catch (error) {
    if (seams.interruption.aborted) return { kind: 'interrupted' };
    throw error;
  }
};
