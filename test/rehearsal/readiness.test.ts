import { describe, expect, test } from 'vitest';
import { SECOND_MS } from '../../core/clock.ts';
import type { Decision } from '../../core/vocabulary/decision.types.ts';
import { type Run, type RunOptions, run, worldOf } from './a-rehearsal.ts';
import { behindNetworkBalancer } from './worlds/behind-network-balancer.ts';

/** A rollback takes no longer than the decision before it stated: from the signal until no request goes to green. */

const shifts = [
  { greenPct: 20, bake: '10m' },
  { greenPct: 100, bake: '10m' },
];

const playing = (options: RunOptions): Promise<Run> =>
  run({
    ...options,
    request: { analysis: 'off', strategy: undefined, keepBlue: undefined, shifts, ...options.request },
  });

/** When the signal came, and when the last route's requests followed the weights that it led to. */
const measured = ({ events, report }: Run) => {
  const signal = events.find(
    ({ event: { kind, data } }) => (kind === 'alarm' && data?.to === 'ALARM') || kind === 'command',
  );
  const signalMs = signal?.event.atMs ?? Number.NaN;
  const back = events.filter(({ event }) => event.kind === 'weights' && event.atMs > signalMs);
  const writtenMs = back.at(-1)?.event.atMs ?? Number.NaN;
  const followed = events.filter(({ event }) => event.kind === 'dataPlane' && event.atMs > signalMs);
  const offMs = followed.at(back.length - 1)?.event.atMs ?? Number.NaN;
  const before = report.decisions.findLast(({ evidence }) => evidence.observedAtMs < signalMs);
  return { signalMs, writtenMs, offMs, before };
};

const readinessOf = (decision: Decision | undefined) => decision?.evidence.readiness;

describe('the time that a rollback takes is within what was stated before it', () => {
  const cases: [string, RunOptions][] = [
    ['an alarm', { inject: ['alarm@+7m'], seed: 1 }],
    ['an alarm, another seed', { inject: ['alarm@+8m'], seed: 2 }],
    ['an alarm in the keep-blue window', { inject: ['alarm@+16m'], seed: 3 }],
    ['an abort', { inject: ['abort@+7m'], seed: 4 }],
    ['sticky routes', { example: 'sticky', inject: ['alarm@+7m'], seed: 5 }],
    [
      'a network load balancer',
      {
        world: behindNetworkBalancer(worldOf('shop')),
        request: { alarms: [] },
        inject: ['abort@+7m'],
        seed: 6,
      },
    ],
  ];
  test.each(cases)('%s', async (_, options) => {
    const played = await playing(options);

    const { signalMs, writtenMs, offMs, before } = measured(played);
    const readiness = readinessOf(before);
    expect(played.report.outcome).toBe('rolledBack');
    expect(readiness).toMatchObject({ kind: 'ready', carriesPct: 100 });
    expect(writtenMs).toBeGreaterThan(signalMs);
    expect(offMs).toBeGreaterThanOrEqual(writtenMs);
    expect((offMs - signalMs) / SECOND_MS).toBeLessThanOrEqual(readiness?.seconds ?? 0);
  });
});

test('with the load balancer throttled for 20 s it is within what was stated as the most', async () => {
  const played = await playing({ inject: ['throttle:elbv2:20s@+7m', 'alarm@+7m'], seed: 7 });

  const { signalMs, offMs, before } = measured(played);
  const { seconds, atMostSeconds } = readinessOf(before) ?? {};
  expect((offMs - signalMs) / SECOND_MS).toBeGreaterThan(seconds ?? 0);
  expect((offMs - signalMs) / SECOND_MS).toBeLessThanOrEqual(atMostSeconds ?? 0);
});

describe('`rollbackWithin`', () => {
  const request = {
    shifts: [
      { greenPct: 50, bake: '10m' },
      { greenPct: 100, bake: '10m' },
    ],
    rollbackWithin: '1m',
    alarms: [],
    analysis: 'off',
  };

  /** Two tasks, of which blue loses one shortly before the first bake ends, for five minutes. */
  const shortAtTheEnd = (changes: Record<string, unknown> = {}, ...inject: string[]) =>
    playing({
      request: { ...request, ...changes },
      inject: ['scale:2@+20s', 'stays-short:blue@+10m', ...inject],
    });
  const asked = ({ report }: Run): Decision[] => report.decisions.filter(({ asks }) => asks === 'wayBack');
  const advanceOf = ({ report }: Run) => report.decisions.find(({ kind }) => kind === 'advance');

  test('green gets no more users while blue lacks a task at the end of the bake, and gets them when it is back', async () => {
    const played = await shortAtTheEnd();

    expect(played.report).toMatchObject({ outcome: 'succeeded', invariantViolations: [] });
    const held = asked(played);
    expect(held.length).toBeGreaterThan(3);
    expect(held.every(({ kind }) => kind === 'hold')).toBe(true);
    expect(readinessOf(held[0])).toMatchObject({ kind: 'short', carriesPct: 75 });
    expect(readinessOf(advanceOf(played))).toMatchObject({ kind: 'ready', carriesPct: 100 });
  });

  test('without it the same deployment advances on time', async () => {
    const played = await shortAtTheEnd({ rollbackWithin: undefined });

    expect(asked(played)).toEqual([]);
    expect(readinessOf(advanceOf(played))).toMatchObject({ kind: 'short', carriesPct: 75 });
  });

  test('after as long as timeToHealthy a person is asked, and an approval is recorded with what it takes on', async () => {
    const played = await shortAtTheEnd({ timeToHealthy: '2m' }, 'approve@+14m30s');

    expect(played.report.outcome).toBe('succeeded');
    expect(asked(played).map(({ kind }) => kind)).toContain('awaitOperator');
    expect(advanceOf(played)?.obeyed).toMatchObject({ kind: 'approve' });
    expect(advanceOf(played)?.reason).toContain('although a rollback would not be over within 1m');
  });

  test('before the first shift green waits, healthy, and gets no request', async () => {
    const played = await playing({
      request: { ...request, timeToHealthy: '3m' },
      inject: ['scale:2@+20s', 'stays-short:blue@+1m'],
    });

    expect(played.report.outcome).toBe('rolledBack');
    expect(played.report.weights).toEqual([]);
    expect(played.report.reason).toContain('because a rollback would not be over within 1m');
  });
});
