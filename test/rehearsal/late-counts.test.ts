import { describe, expect, test } from 'vitest';
import { expectConverged, type Run, run } from './a-rehearsal.ts';

/** The second in which the watch reads: its answer of ECS is older than the one of the load balancer. */
const AT = '@+5m';

const sharesOf = ({ events }: Run): number[] =>
  events.flatMap(({ event: { kind, what } }) => {
    const found = kind === 'weights' ? /green (\d+)$/.exec(what) : null;
    return found === null ? [] : [Number(found[1])];
  });

const reasons = ({ report }: Run): string[] => report.decisions.map(({ reason }) => reason);

describe('fewer tasks are wanted, and their targets drain before ECS shows the lower count', () => {
  test('no user moves, and the bake continues', async () => {
    const played = await run({ inject: [`scale:2${AT}`] });

    expectConverged(played);
    expect(played.report.outcome).toBe('succeeded');
    expect([...new Set(sharesOf(played))]).toEqual([5, 20, 50, 80, 100]);
    expect(reasons(played).filter((reason) => /instead of|held for/.test(reason))).toEqual([]);
    expect(played.report.requests.failed).toBe(0);
  });
});

describe('three of four tasks are lost', () => {
  test('in that second users leave blue within seconds all the same', async () => {
    const played = await run({ inject: [`mostly-dies:blue${AT}`] });

    const movedAt = played.events.find(({ event: { what } }) => /green 6\d$/.test(what));
    expect((movedAt?.status.sinceStartMs ?? Number.POSITIVE_INFINITY) / 1_000).toBeLessThan(330);
  });
});
