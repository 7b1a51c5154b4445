import type { Service } from '@aws-sdk/client-ecs';
import type { Random } from '../kernel/random.ts';
import type { Scheduler } from '../kernel/scheduler.ts';

/**
 * What DescribeServices and DescribeTaskSets answer: ECS is eventually consistent, so a read may show the service as it
 * was a moment ago, and a later read may even show it older than an earlier one did. Task sets carry their tags here.
 */
export type ViewHistory = {
  /** To be called after each change; keeps one view an instant. */
  record(view: Service): void;
  /** The service as a read now sees it. */
  read(): Service;
};

export type Staleness = { minMs: number; maxMs: number };

/** Assumed: AWS says "eventually"; people see a second or two. */
export const USUAL_STALENESS: Staleness = { minMs: 0, maxMs: 2_000 };

/** Views older than this are forgotten: no fault asks for more. */
export const LONGEST_STALENESS_MS = 10 * 60_000;

export const makeViewHistory = (
  scheduler: Pick<Scheduler, 'nowMs'>,
  random: Random,
  staleness: () => Staleness,
): ViewHistory => {
  let views: { atMs: number; view: Service }[] = [];

  return {
    record: (view) => {
      const nowMs = scheduler.nowMs();
      if (views.at(-1)?.atMs === nowMs) views.pop();
      views.push({ atMs: nowMs, view });
      const needed = views.findLastIndex(({ atMs }) => atMs <= nowMs - LONGEST_STALENESS_MS);
      if (needed > 0) views = views.slice(needed);
    },
    read: () => {
      const { minMs, maxMs } = staleness();
      const seenMs = scheduler.nowMs() - random.between(minMs, maxMs);
      // Before the first view the service was as the run found it.
      const seen = views.findLast(({ atMs }) => atMs <= seenMs) ?? views[0];
      if (seen === undefined) throw new Error('sim: a service was read before it had a view');
      return seen.view;
    },
  };
};
