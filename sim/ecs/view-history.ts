import type { Service } from '@aws-sdk/client-ecs';
import { MINUTE_MS } from '../../core/clock.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Random } from '../kernel/random.ts';
import type { SimService } from './ecs.types.ts';
import { serviceView } from './views.ts';

/**
 * What DescribeServices and DescribeTaskSets answer: ECS is eventually consistent, so a read may show a service as it
 * was a moment ago, and a later read may even show it older than an earlier one did.
 */
type ViewHistory = {
  /** To be called after each change; keeps one view an instant. */
  record(service: SimService): void;
  /** The service as a read now sees it, with the tags of its task sets. */
  read(service: SimService): Service;
  setStaleness(staleness: Staleness): void;
};

type Staleness = { minMs: number; maxMs: number };

/** Assumed: AWS says "eventually"; people see a second or two. */
export const USUAL_STALENESS: Staleness = { minMs: 0, maxMs: 2_000 };

/** Views older than this are forgotten: no fault asks for more. */
const LONGEST_STALENESS_MS = 10 * MINUTE_MS;

type View = { atMs: number; view: Service };

export const makeViewHistory = (
  { scheduler, noteChange }: Pick<Kernel, 'scheduler' | 'noteChange'>,
  random: Random,
  usual: Staleness,
): ViewHistory => {
  const viewsOf = new Map<SimService, View[]>();
  let staleness = usual;

  return {
    record: (service) => {
      noteChange();
      const nowMs = scheduler.nowMs();
      const views = viewsOf.get(service) ?? [];
      viewsOf.set(service, views);
      if (views.at(-1)?.atMs === nowMs) views.pop();
      views.push({ atMs: nowMs, view: serviceView(service) });
      const needed = views.findLastIndex(({ atMs }) => atMs <= nowMs - LONGEST_STALENESS_MS);
      if (needed > 0) views.splice(0, needed);
    },
    read: (service) => {
      const views = viewsOf.get(service) ?? [];
      const seenMs = scheduler.nowMs() - random.between(staleness.minMs, staleness.maxMs);
      // Before the first view the service was as the run found it.
      const seen = views.findLast(({ atMs }) => atMs <= seenMs) ?? views[0];
      if (seen === undefined) throw new Error(`sim: ${service.name} was read before it had a view`);
      return seen.view;
    },
    setStaleness: (next) => {
      staleness = next;
    },
  };
};
