import { MINUTE_MS, SECOND_MS } from '../clock.ts';
import {
  AFTER_ROLLBACK,
  BEFORE_LAUNCH,
  beforeFirstShift,
  beforeShift,
  dueAt,
  whileAt,
} from '../hooks/due.ts';
import { mostCalls } from '../hooks/next-ask.ts';
import { nextWaitMs, type Pace, waits } from '../pace.ts';
import type { HookMoment, TimedHook } from '../vocabulary/hooks.types.ts';
import type { Plan } from '../vocabulary/plan.types.ts';
import type { ways } from './ways.ts';

type Hooked = Pick<Plan, 'shifts'> & { hooks?: readonly TimedHook[] };

type Where = 'beforeLaunch' | 'beforeUsers' | 'inBake';

/** A moment at which the deployment waits for hooks: as long as the slowest of them, which run side by side. */
type Asked = {
  where: Where;
  /** Of a moment that lies in a bake, which the hooks may use up; 0 elsewhere. */
  bakeMs: number;
  longestMs: number;
};

/** An answer that comes at once, with its call, its write and the wake. */
const FASTEST_ANSWER_MS = 2 * SECOND_MS;

const longest = (hooks: readonly TimedHook[]): number =>
  Math.max(0, ...hooks.map(({ timeoutMs }) => timeoutMs));

type Met = { where: Where; moment: HookMoment; bakeMs: number };

/** Every moment of a plan, in order, whether a hook is due at it or not. */
const momentsOf = (plan: Hooked): Met[] => [
  ...BEFORE_LAUNCH.map((moment): Met => ({ where: 'beforeLaunch', moment, bakeMs: 0 })),
  ...beforeFirstShift(plan).map((moment): Met => ({ where: 'beforeUsers', moment, bakeMs: 0 })),
  ...plan.shifts.flatMap(({ bakeMs }, position): Met[] => {
    const during = whileAt(plan, position);
    const last = position + 1 === plan.shifts.length;
    return [
      ...(during === null ? [] : [{ where: 'inBake' as const, moment: during, bakeMs }]),
      ...(last
        ? []
        : [{ where: 'inBake' as const, moment: beforeShift(plan, position, position + 1), bakeMs: 0 }]),
    ];
  }),
];

const allAsked = (plan: Hooked): Asked[] =>
  momentsOf(plan).flatMap(({ where, moment, bakeMs }) => {
    const due = dueAt(plan.hooks ?? [], moment);
    return due.length === 0 ? [] : [{ where, bakeMs, longestMs: longest(due) }];
  });

/** Observations of something that lasts so long, none of which a signal brings. */
const observations = (pace: Pace, lastingMs: number): number => {
  let count = 1;
  for (let atMs = 0; atMs < lastingMs; count += 1) atMs += nextWaitMs(pace, atMs);
  return count;
};

type Parts = { [Name in keyof typeof ways]?: number };

const countOf = (asked: readonly Asked[], where: Where): number =>
  asked.filter((one) => one.where === where).length;

const waitsOf = (asked: readonly Asked[], inBake: boolean): number =>
  asked
    .filter(({ where }) => (where === 'inBake') === inBake)
    .reduce((sum, { longestMs }) => sum + observations(waits.hooks, longestMs), 0);

/** Each hook answers at once, and its answer wakes. */
export const smoothHooks = (plan: Hooked): Parts => {
  const asked = allAsked(plan);
  const before = asked.length - countOf(asked, 'inBake');
  return {
    launchHooks: countOf(asked, 'beforeLaunch'),
    firstHooks: countOf(asked, 'beforeUsers'),
    awaitHooks: before,
    bakeHooks: countOf(asked, 'inBake'),
  };
};

/** Each hook takes as long as it may, and the deployment rolls back at the end. */
export const roughHooks = (plan: Hooked): Parts => {
  if (plan.hooks === undefined || plan.hooks.length === 0) return {};
  const asked = allAsked(plan);
  const afterMs = longest([
    ...dueAt(plan.hooks, AFTER_ROLLBACK),
    ...plan.hooks.filter(({ onAbort }) => onAbort === 'wait'),
  ]);
  return {
    ...smoothHooks(plan),
    awaitHooks: waitsOf(asked, false),
    bakeHooks: waitsOf(asked, true),
    endHooks: 1,
    awaitEndHooks: afterMs === 0 ? 0 : observations(waits.rollBackHooks, afterMs),
  };
};

/** What hooks add to a deployment's time. */
export const hookMs = (plan: Hooked): { min: number; max: number } => {
  const asked = allAsked(plan);
  const afterMs = longest(dueAt(plan.hooks ?? [], AFTER_ROLLBACK));
  return {
    min: asked.filter(({ bakeMs }) => bakeMs === 0).length * FASTEST_ANSWER_MS,
    // The last observation may come as late as the longest wait.
    max: asked.reduce(
      (sum, { longestMs, bakeMs }) => sum + Math.max(0, longestMs - bakeMs) + MINUTE_MS,
      afterMs,
    ),
  };
};

/** Calls of functions, each a round of the state machine of hooks. What the functions themselves do is not in it. */
export const hookCalls = (plan: Hooked): { min: number; max: number } => {
  const functions = (moments: readonly HookMoment[]): TimedHook[] =>
    moments.flatMap((moment) => dueAt(plan.hooks ?? [], moment)).filter(({ kind }) => kind === 'lambda');
  const forward = functions(momentsOf(plan).map(({ moment }) => moment));
  const all = [...forward, ...functions([AFTER_ROLLBACK])];
  return {
    min: forward.length,
    max: all.reduce((sum, { timeoutMs }) => sum + mostCalls(timeoutMs), 0),
  };
};
