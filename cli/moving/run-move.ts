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
  raisesNew,
  removesTargets,
} from '../../core/adoption/move-plan.ts';
import { nextRescue } from '../../core/adoption/rescue.ts';
import { shareOfUsers } from '../../core/adoption/roles.ts';
import { notReady } from '../../core/adoption/twin-steps.ts';
import { SECOND_MS } from '../../core/clock.ts';
import { formatDuration } from '../../core/duration.ts';
import { DeploymentError } from '../../core/errors.ts';
import { DEFAULT_HEALTHY_FOR_MS } from '../../core/request/defaults.ts';
import { makeOwnWrites, type OwnWrites } from './own-writes.ts';
import type { MoveEnd, MoveGoal, MoveSeams, MoveTimes } from './run-move.types.ts';
import { makeSigns } from './signs.ts';

/** Tasks, targets and drains change within seconds; reads of load balancers come from a small bucket [fact 92]. */
const POLL_MS = 10 * SECOND_MS;

/** One poll may meet a task that is being replaced; three in a row are a pattern. */
const WORSE_POLLS = 3;

/** What all parts of a move share. */
type Run = {
  plan: MovePlan;
  seams: MoveSeams;
  times: MoveTimes;
  writes: OwnWrites;
  signs: ReturnType<typeof makeSigns>;
  /** Since when every read has shown the new service whole; null: it is not. */
  wholeSinceMs: number | null;
};

const observe = async (run: Run): Promise<MoveObservation> => {
  const observed = await run.seams.observe();
  await run.signs.give(observed);
  const isWhole = notReady(observed, run.plan.roles(observed).to) === null;
  run.wholeSinceMs = isWhole ? (run.wholeSinceMs ?? run.seams.clock.nowMs()) : null;
  return observed;
};

const pause = ({ seams: { clock, interruption } }: Run, ms: number): Promise<void> =>
  clock.sleep(ms, interruption);

/** How long the new service has been whole before it gets more users, as green in a deployment. */
const HEALTHY_FOR_MS = DEFAULT_HEALTHY_FOR_MS;

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
    const observed = await observe(run);
    const next = nextRescue(plan, observed, 'back') ?? nextUsersBack(plan, observed);
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

/** What nobody watches any more is not taken for well. */
const whyUnseen = (gone: readonly string[]): string | null =>
  gone.length === 0 ? null : `there is no alarm ${gone.join(', ')} any more`;

/** Before more users move: an alarm that is red already, or that somebody deleted. */
const alarmsAgainst = async ({ seams }: Run): Promise<MoveEnd | null> => {
  const { red, gone } = await seams.alarms();
  const reason = red.length > 0 ? `${red.join(', ')} is in ALARM` : whyUnseen(gone);
  const fix = 'wait until it is well, or leave it out of --alarm';
  return reason === null ? null : { kind: 'stopped', reason: `${reason}, before more users move`, fix };
};

/** `unserved`: users of the old service meet nobody, and go first. */
const bake = async (run: Run, percent: number): Promise<MoveEnd | 'well' | 'unserved'> => {
  const { plan, seams, times, writes } = run;
  const endMs = seams.clock.nowMs() + times.bakeMs;
  seams.say(`${percent} % bakes for ${formatDuration(times.bakeMs)}`);
  let worse = 0;
  // A share whose last observation was bad has not baked well: the next ones decide.
  while (seams.clock.nowMs() < endMs || worse > 0) {
    const leftMs = endMs - seams.clock.nowMs();
    await pause(run, leftMs > 0 ? Math.min(POLL_MS, leftMs) : POLL_MS);
    const [observed, { red, gone: unseen }] = [await observe(run), await seams.alarms()];
    const why = notServing(plan.names, observed, plan.roles(observed), percent) ?? whyUnseen(unseen);
    worse = why === null ? 0 : worse + 1;
    if (red.length > 0) return usersBack(run, `${red.join(', ')} is in ALARM`);
    if (why !== null && worse >= WORSE_POLLS) return usersBack(run, why);
    const other = writes.otherWriter(observed);
    if (other !== null) return other;
    if (nextRescue(plan, observed, 'forward') !== null) return 'unserved';
    // Nobody serves them, and only a person knows whether the old service is to come back.
    const gone = emptied(plan.names, observed, plan.roles(observed));
    if (gone !== null) return { kind: 'stopped', ...gone };
  }
  return 'well';
};

/** What has to be over before this is written: for how long, and what a person may read of it; null: nothing. */
const waitBefore = (
  { plan, writes, seams: { clock }, wholeSinceMs }: Run,
  observed: MoveObservation,
  move: Move,
  isShift: boolean,
): { ms: number; why?: string } | null => {
  const nowMs = clock.nowMs();
  const wholeForMs = wholeSinceMs === null ? 0 : nowMs - wholeSinceMs;
  if (isShift && raisesNew(plan, observed, move) && wholeForMs < HEALTHY_FOR_MS)
    return { ms: Math.min(POLL_MS, HEALTHY_FOR_MS - wholeForMs) };
  if (removesTargets(move) && nowMs < writes.calmMs()) {
    const ms = writes.calmMs() - nowMs;
    return { ms, why: `${formatDuration(ms)}, until the load balancer surely follows the last weights` };
  }
  // The target group may have left the routes a moment ago, and its targets still be read as healthy.
  return opensGroup(move) && nowMs < writes.freshMs() ? { ms: writes.freshMs() - nowMs } : null;
};

/**
 * Observes, decides, makes at most one call, and observes again: so it can be stopped and begun again at any point.
 * What is remembered here is only how long to wait, and what this process wrote.
 */
const steps = async (goal: MoveGoal, run: Run): Promise<MoveEnd> => {
  const { plan, seams, times, writes, signs } = run;
  const { clock, say } = seams;
  let changedMs = clock.nowMs();
  let waitedFor = '';
  let began: string | null = null;
  let baked = -1;

  for (;;) {
    const observed = await observe(run);
    const other = writes.otherWriter(observed);
    if (other !== null) return other;
    const rescue = nextRescue(plan, observed, goal === 'undo' ? 'back' : 'forward');
    const next = rescue ?? nextOf(goal, plan, observed);
    const share = shareOfUsers(plan.names, observed, plan.roles(observed));
    // A share bakes before the next step, and again when the command begins again: it remembers nothing of before. A
    // single step bakes what it has written itself.
    const isWay = goal === 'continue' || (goal === 'step' && began !== null);
    const betweenShares = next === null || (next.move.kind !== 'stop' && share.even);
    if (isWay && rescue === null && share.percent > 0 && share.percent !== baked && betweenShares) {
      const end = await bake(run, share.percent);
      if (typeof end !== 'string') return end;
      if (end === 'well') baked = share.percent;
      changedMs = clock.nowMs();
      continue;
    }
    if (next === null) return { kind: 'done' };
    const { step, move } = next;
    if (goal === 'step' && began !== null && step.id !== began && rescue === null)
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
      await pause(run, POLL_MS);
      continue;
    }
    if (writes.isRecent(move.what)) {
      await pause(run, SECOND_MS);
      continue;
    }
    const idle = writes.withoutEffect(move.what);
    if (idle !== null) return idle;
    const isShift = (goal === 'continue' || goal === 'step') && rescue === null;
    const against = isShift && raisesNew(plan, observed, move) ? await alarmsAgainst(run) : null;
    if (against !== null) return against;
    const first = waitBefore(run, observed, move, isShift);
    if (first !== null) {
      if (first.why !== undefined) say(`waits ${first.why}`);
      await pause(run, first.ms);
      continue;
    }
    if (isShift && raisesNew(plan, observed, move)) await signs.need(observed);
    began = step.id;
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
  const signs = makeSigns(plan, seams);
  try {
    const end = await steps(goal, {
      plan,
      seams,
      times,
      writes: makeOwnWrites(seams),
      signs,
      wholeSinceMs: null,
    });
    if (end.kind === 'done' && goal !== 'continue') await signs.end();
    return end;
  } catch (error) {
    if (seams.interruption.aborted) return { kind: 'interrupted' };
    throw error;
  }
};
