import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from './clock.ts';

/**
 * How long the workflow waits between two observations, and how long it tolerates what it waits for. Only a bake's
 * observations have a rule of their own: they fill the bake (core/verdict/bake-observations.ts).
 */

/** A wait that grows with what it waits for: `oneIn` of the time that has passed, between `firstMs` and `longestMs`. */
export type Pace = { firstMs: number; longestMs: number; oneIn: number };

/** Milliseconds until the next observation of something that has lasted for `passedMs`. */
export const nextWaitMs = ({ firstMs, longestMs, oneIn }: Pace, passedMs: number): number =>
  Math.min(longestMs, Math.max(firstMs, passedMs / oneIn));

/** The same in whole seconds, as a Wait state takes it: never shorter than it was meant. */
export const nextWaitSeconds = (pace: Pace, passedMs: number): number =>
  Math.ceil(nextWaitMs(pace, passedMs) / SECOND_MS);

/**
 * A task set that goes. Below the first a read is likely to find nothing changed, because ECS takes some seconds for
 * each step; above the longest people wonder whether it still works.
 */
const going = { firstMs: 10 * SECOND_MS, longestMs: MINUTE_MS };

/** Waits that grow. */
export const waits = {
  /**
   * In line for the lease. A short deployment ends within minutes, a long one is worth no more than a read each five.
   */
  lease: { firstMs: 15 * SECOND_MS, longestMs: 5 * MINUTE_MS, oneIn: 4 },
  /** Green is starting: most starts are decided within the first minute. */
  green: { firstMs: 5 * SECOND_MS, longestMs: 15 * SECOND_MS, oneIn: 8 },
  /** Tasks drain: of the time until they should have, so that the last read is about then. An hour takes 60 reads. */
  draining: { ...going, oneIn: 1 },
  /** They should have drained: of the time since. */
  overdue: { ...going, oneIn: 4 },
  /** A deleted task set stays DRAINING while its targets do, which may be an hour. */
  deleted: { ...going, oneIn: 8 },
  /**
   * RollBack holds, after ROLL_BACK_SOON_MS. Two days of it take about 760 observations of 13 history events [fact
   * 95], two fifths of what an execution has [fact 93]; beside them it is woken where that moves users.
   */
  heldRollBack: { firstMs: MINUTE_MS, longestMs: 5 * MINUTE_MS, oneIn: 60 },
  /**
   * A retirement that is to be finished fails, for FINISH_LIMIT_MS at most: 120 visits of 19 events. No signal shows
   * who gives a blue that goes traffic, so nobody waits longer than for the watch.
   */
  finishing: { firstMs: 15 * SECOND_MS, longestMs: MINUTE_MS, oneIn: 10 },
  /** RollBack comes again: somebody keeps giving green traffic. */
  repeatedRollBack: { firstMs: 15 * SECOND_MS, longestMs: 5 * MINUTE_MS, oneIn: 10 },
  /**
   * A rollback would take too long: a task that ECS replaces is back in a minute or two. A day of it takes some 300
   * observations.
   */
  notReady: { firstMs: 30 * SECOND_MS, longestMs: 5 * MINUTE_MS, oneIn: 10 },
  /**
   * A shift waits for tasks of green: most are there within two minutes. Two hours of it take some 130 observations.
   */
  growing: { firstMs: 10 * SECOND_MS, longestMs: MINUTE_MS, oneIn: 8 },
  /**
   * A hook runs: its result wakes the deployment, so this is for a result that is lost, or a run that dies. An approval
   * of 14 days takes some 380 observations of 20 events, less than a third of what an execution holds [fact 93].
   */
  hooks: { firstMs: MINUTE_MS, longestMs: HOUR_MS, oneIn: 10 },
  /** A rollback's hook runs: nothing wakes, and users are read again each minute, as the watch does. */
  rollBackHooks: { firstMs: 5 * SECOND_MS, longestMs: MINUTE_MS, oneIn: 5 },
} as const satisfies Record<string, Pace>;

/** An unknown verdict is judged again this soon: what may be a sick green is not left for a whole sweep. */
export const UNKNOWN_WAIT_MS = 30 * SECOND_MS;

/** So long a hook's task that ECS had no room for is asked for again; nothing has run meanwhile. */
export const TASK_START_LIMIT_MS = 10 * MINUTE_MS;

/**
 * After that a start is not repeated. ECS knows its token for a day, or until an hour after the task has ended if that
 * is sooner (ECS API reference, idempotency): then a repeat would be a second task.
 */
export const TASK_TOKEN_MS = 30 * MINUTE_MS;

/** A throttled observation comes again after this: its Lambda has stood in line for most of a minute by then. */
export const THROTTLED_WAIT_MS = 2 * MINUTE_MS;

/**
 * An alarm that turned red, by its event, and cannot be read is read again after this: it is tolerated for a minute.
 */
export const UNREAD_ALARM_WAIT_MS = 10 * SECOND_MS;

/**
 * A frozen or paused deployment, or one that waits for approval, is observed this often: a signal wakes it anyway. Each
 * observation takes 13 history events, and preflight leaves an execution 10,000 of its 25,000 beside what the plan
 * takes [fact 93, 95].
 */
export const OPERATOR_WAIT_MS = HOUR_MS;

/**
 * While RollBack holds, users are where they should not be: for the time in which blue comes back it observes as soon
 * as ECS can have done anything, whatever signals are lost.
 */
export const ROLL_BACK_SOON_MS = 30 * MINUTE_MS;
export const ROLL_BACK_SOON_WAIT_MS = 15 * SECOND_MS;

/**
 * A task set whose CreateTaskSet was still on its way when RollBack began shows up within this time: no Lambda
 * outlives its 60 seconds, and RollBack itself took some of them.
 */
export const LATE_LAUNCH_MS = 60 * SECOND_MS;

/** Green is not whole when blue could begin to go: ECS replaces a task in a minute or two. */
export const WHOLE_GREEN_WAIT_MS = 30 * SECOND_MS;

/** Blue's group was put back into a sticky route while it goes; the load balancer follows within seconds [fact 82]. */
export const EVICTED_AGAIN_WAIT_MS = 10 * SECOND_MS;

/** The load balancer follows within seconds; testers, and no users, are on their way until then [fact 82]. */
export const CLOSE_TEST_WAIT_MS = 10 * SECOND_MS;

/** So long a colour that goes waits for a test route that cannot be written: testers are no users. */
export const CLOSE_TEST_LIMIT_MS = 5 * MINUTE_MS;

/** ECS shows a new PRIMARY a second or two later; reading at once would only write it again. */
export const PRIMARY_SHOWS_MS = 5 * SECOND_MS;

/**
 * A deployment whose recovery ended stuck is recovered again after this, each time after twice as long: only a person
 * helps.
 */
const FIRST_RECOVERY_WAIT_MS = MINUTE_MS;
export const LONGEST_RECOVERY_WAIT_MS = 6 * HOUR_MS;

/** Milliseconds between the recovery of that number, from 1, and the next. */
export const recoveryWaitMs = (recoveries: number): number =>
  Math.min(LONGEST_RECOVERY_WAIT_MS, FIRST_RECOVERY_WAIT_MS * 2 ** (recoveries - 1));

/**
 * In line for the lease. Longer than any deployment but one with long bakes; a person should decide what happens
 * after a day.
 */
export const WAIT_LIMIT_MS = 24 * HOUR_MS;

/** A waiter that has not been seen for this long has ended: it is seen at least each `waits.lease.longestMs`. */
export const WAITER_GONE_MS = 15 * MINUTE_MS;

/**
 * How long a task set just created may be missing from reads, or have no desired count yet: ECS answers from copies
 * and the scheduler fills the count in after CreateTaskSet has answered.
 */
export const APPEARING_MS = MINUTE_MS;

/**
 * So soon after green's launch, or a shift, no task has started, or got its requests, and stopped of it: stopped tasks
 * are not asked for.
 */
export const NONE_STOPPED_MS = 5 * SECOND_MS;

/** How long an unknown verdict is tolerated. Three one-minute CloudWatch periods: one may be late, two is a pattern. */
export const UNKNOWN_TOLERANCE_MS = 3 * MINUTE_MS;

/**
 * For this long after a shift, a route that reads as it was before the shift is taken for a late answer from one of
 * the API's copies, not for a foreign writer. It never lasts: no further shift comes meanwhile.
 */
export const LATE_READ_MS = MINUTE_MS;

/**
 * How long an alarm whose event says that it turned red may stay unreadable. The event decides nothing while the
 * alarm can be read; when it cannot, it is the last that CloudWatch said, and users may be suffering. A minute is
 * what one observation stands in line at most, so the alarm is read at least twice.
 */
export const UNREAD_ALARM_TOLERANCE_MS = MINUTE_MS;

/**
 * How long the account's rate limits may keep a deployment from observing everything. Nothing is known to be wrong and
 * nothing moves meanwhile; a limit is a queue, and a thousand deployments at once need this long to get their turns.
 */
export const THROTTLED_TOLERANCE_MS = 2 * HOUR_MS;

/** And when the alarms cannot be read either: then nothing at all would show a sick green. */
export const THROTTLED_BLIND_MS = 30 * MINUTE_MS;

/** How long a gate waits for an approval before it rolls back; what native ECS gives a pause hook [fact 57]. */
export const APPROVAL_LIMIT_MS = DAY_MS;

/**
 * Nobody froze or paused a deployment to keep it for ever: after a month it goes back. All its pauses and freezes
 * together, because each visit to a held deployment takes a part of its execution's history.
 */
export const OPERATOR_LIMIT_MS = 30 * DAY_MS;

/**
 * A recovery that ended before it had taken the lease over leaves the lease as it found it, and an execution's name is
 * used up for 90 days (API reference, StartExecution) [fact 102]: after so long another one is tried under another
 * name, each time after twice as long. An hour at most: the person who gives it back what it lacks waits for the next.
 */
const TRY_AGAIN_MS = 5 * MINUTE_MS;
export const LONGEST_TRY_AGAIN_MS = HOUR_MS;

/** Milliseconds between the try of that number, from 1, and the next. */
export const tryAgainMs = (tries: number): number =>
  Math.min(LONGEST_TRY_AGAIN_MS, TRY_AGAIN_MS * 2 ** (tries - 1));

/**
 * So long RollBack waits for a task set of either colour to show up before it believes that both were deleted. A read
 * of ECS is late by seconds.
 */
export const NOBODY_LEFT_MS = 5 * MINUTE_MS;

/** How long blue may take to recover while green serves: a weekend, then a person has to act. */
export const HOLD_LIMIT_MS = 48 * HOUR_MS;

/**
 * How long a task set may take to go. A deregistration delay is at most an hour (ALB guide, target group attributes)
 * [fact 91], a stop timeout 2 minutes on Fargate [fact 43], deletion up to 10 minutes [fact 35]: twice their sum,
 * less a little.
 */
export const REMOVAL_LIMIT_MS = 2 * HOUR_MS;

/**
 * How long a retirement that fails is tried again. Longer than any draining (an hour at most [fact 91]); a failure that
 * lasts that long is a permission or an outage, and users are served by green meanwhile.
 */
export const FINISH_LIMIT_MS = 2 * HOUR_MS;
