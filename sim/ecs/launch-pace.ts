import { MINUTE_MS, SECOND_MS } from '../../core/clock.ts';

/** How fast the service scheduler starts tasks. */

/** 500 tasks a minute and service on Fargate (ECS service quotas), in batches as large as one RunTask call's. */
export const LAUNCH_BATCH = 10;
export const LAUNCH_BATCH_EVERY_MS = 1_200;

/** The scheduler sees that a task is missing when it next reads. Assumed; milliseconds, [low, high]. */
export const NOTICE_MS = [1_000, 5_000] as const;

/** The longest pause between starts that fail again and again (ECS developer guide, service throttle logic). */
const LONGEST_PAUSE_MS = 27 * MINUTE_MS;

/** Assumed: ECS says only that the pause grows. Ten failures in a row come to about two minutes. */
const FIRST_PAUSE_MS = 3 * SECOND_MS;
const PAUSE_GROWTH = 1.5;

/** The pause before the next start after so many starts in a row that failed before RUNNING [fact 46]. */
export const pauseAfter = (failedStarts: number): number =>
  failedStarts === 0
    ? 0
    : Math.min(LONGEST_PAUSE_MS, Math.round(FIRST_PAUSE_MS * PAUSE_GROWTH ** (failedStarts - 1)));
