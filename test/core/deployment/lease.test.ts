import { describe, expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../core/clock.ts';
import { decideLease, type LeaseDecision, type ObservedLease } from '../../../core/deployment/lease.ts';
import { WAIT_LIMIT_MS, WAITER_GONE_MS } from '../../../core/pace.ts';
import { type WhenBusy, whenBusyPolicies } from '../../../core/vocabulary/request.types.ts';
import { NOW } from '../a-deployment.ts';

type Input = Parameters<typeof decideLease>[0];

const ask = (lease: ObservedLease, changes: Partial<Input> = {}): LeaseDecision =>
  decideLease({
    lease,
    me: 'release-42',
    serviceKey: 'main/shop',
    whenBusy: 'reject',
    waitingSinceMs: null,
    nowMs: NOW,
    ...changes,
  });

const theirs: ObservedLease = {
  holder: 'release-41',
  executionArn: 'arn:execution:release-41',
  since: '2026-11-20T10:00:00.000Z',
};
const inLine = (waiter: string, seenMs = NOW - MINUTE_MS): ObservedLease => ({
  waiter,
  waiterSeenMs: seenMs,
});
const patient: WhenBusy[] = ['queue', 'supersede'];

describe('a free lease', () => {
  test.each(whenBusyPolicies)('is taken, with whenBusy %s', (whenBusy) => {
    expect(ask({}, { whenBusy })).toEqual({ kind: 'take' });
  });

  test('is taken by the one that stands in line for it', () => {
    expect(ask(inLine('release-42'), { whenBusy: 'queue', waitingSinceMs: NOW - HOUR_MS })).toEqual({
      kind: 'take',
    });
  });

  test('is not taken before one that stands in line', () => {
    expect(ask(inLine('release-43'))).toMatchObject({
      kind: 'refuse',
      reason: expect.stringMatching(
        /^deployment release-43 is next in line for main\/shop; had it been stopped, its place would be free in 14m; one deployment at a time/,
      ),
    });
    expect(ask(inLine('release-43'), { whenBusy: 'queue' })).toMatchObject({
      kind: 'wait',
      reason:
        'deployment release-43 is next in line for main/shop; had it been stopped, its place would be free in 14m',
    });
  });

  test('is taken before one that has not been seen for a quarter of an hour: it has ended', () => {
    expect(ask(inLine('release-43', NOW - WAITER_GONE_MS)).kind).toBe('take');
    expect(ask(inLine('release-43', NOW - WAITER_GONE_MS + 1)).kind).toBe('refuse');
  });

  test('is taken before a name in line without a time', () => {
    expect(ask({ waiter: 'release-43' }).kind).toBe('take');
  });
});

describe('a lease of ours', () => {
  test.each(whenBusyPolicies)('is held, with whenBusy %s, although others wait for it', (whenBusy) => {
    expect(ask({ ...theirs, holder: 'release-42', ...inLine('release-43') }, { whenBusy })).toEqual({
      kind: 'held',
    });
  });
});

describe('a lease that another deployment holds', () => {
  test('refuses by default: who, since when, what to do, and how to watch', () => {
    expect(ask(theirs)).toEqual({
      kind: 'refuse',
      reason:
        'main/shop is being deployed by release-41 since 2026-11-20T10:00:00.000Z; one deployment at a ' +
        'time may change a service. ' +
        'Wait until it has ended, or say "whenBusy": "queue" or "supersede"; ' +
        'watch it with `cutover watch main/shop`',
    });
  });

  test('refuses with as much as is known', () => {
    const decision = ask({ holder: 'release-41' });

    expect(decision).toMatchObject({
      reason: expect.stringMatching(/^main\/shop is being deployed by release-41; one/),
    });
    expect(decision).toMatchObject({ reason: expect.stringMatching(/"supersede"$/) });
  });

  test.each(patient)('is waited for with %s', (whenBusy) => {
    expect(ask(theirs, { whenBusy })).toEqual({
      kind: 'wait',
      waitSeconds: 15,
      reason: 'main/shop is being deployed by release-41 since 2026-11-20T10:00:00.000Z',
    });
  });

  test.each([
    [0, 15],
    [MINUTE_MS, 15],
    [2 * MINUTE_MS, 30],
    [10 * MINUTE_MS, 150],
    [HOUR_MS, 300],
    [WAIT_LIMIT_MS - 1, 300],
  ])('after %d ms in line is asked for again in %d s', (waitedMs, waitSeconds) => {
    expect(ask(theirs, { whenBusy: 'queue', waitingSinceMs: NOW - waitedMs })).toMatchObject({
      kind: 'wait',
      waitSeconds,
    });
  });

  test('is not waited for longer than a day', () => {
    const since = NOW - WAIT_LIMIT_MS;

    expect(ask(theirs, { whenBusy: 'queue', waitingSinceMs: since })).toMatchObject({
      kind: 'refuse',
      reason: expect.stringMatching(/, and this one has waited for a day$/),
    });
    expect(ask(theirs, { whenBusy: 'queue', waitingSinceMs: since + 1 }).kind).toBe('wait');
  });
});

describe('the line', () => {
  const busy = { ...theirs, ...inLine('release-43') };

  test.each(patient)('has one place, and the latest to come takes it (%s)', (whenBusy) => {
    expect(ask(busy, { whenBusy }).kind).toBe('wait');
  });

  test('the one that lost it learns to whom', () => {
    expect(ask(busy, { whenBusy: 'queue', waitingSinceMs: NOW - MINUTE_MS })).toEqual({
      kind: 'refuse',
      reason: "deployment release-43 of main/shop came later and took this one's place in line",
    });
    expect(ask(inLine('release-43'), { whenBusy: 'queue', waitingSinceMs: NOW - MINUTE_MS }).kind).toBe(
      'refuse',
    );
  });

  test('the one that has it stays in it', () => {
    const mine = { ...theirs, ...inLine('release-42') };

    expect(ask(mine, { whenBusy: 'queue', waitingSinceMs: NOW - MINUTE_MS }).kind).toBe('wait');
  });

  test('a place that its owner left without a word is nobody’s', () => {
    const stale = { ...theirs, ...inLine('release-43', NOW - WAITER_GONE_MS) };

    expect(ask(stale, { whenBusy: 'queue', waitingSinceMs: NOW - 20 * SECOND_MS }).kind).toBe('wait');
  });

  test('observations of one that waits are closer together than it takes to be given up', () => {
    const decisions = [0, HOUR_MS, WAIT_LIMIT_MS - 1].map((waitedMs) =>
      ask(theirs, { whenBusy: 'queue', waitingSinceMs: NOW - waitedMs }),
    );

    for (const decision of decisions) {
      expect(decision.kind === 'wait' && decision.waitSeconds * SECOND_MS * 2 < WAITER_GONE_MS).toBe(true);
    }
  });
});
