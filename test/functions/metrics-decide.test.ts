import 'aws-sdk-client-mock-vitest/extend';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Decision } from '../../core/vocabulary/decision.types.ts';
import { judgeHealth } from '../../functions/judge-health.ts';
import { watch } from '../../functions/watch.ts';
import { awsError } from '../aws/an-invocation.ts';
import { BLUE, GREEN, NOW } from '../core/a-deployment.ts';
import { aHost, invoking } from './a-handler.ts';
import { DEPLOYMENT, ERRORS_DECIDE, green, lease, shiftedTo, theirPlan } from './a-plan.ts';
import { answerFrom, aWorld, bothRoutesAt } from './answers.ts';
import { failing } from './faults.ts';
import {
  anEventsWorld,
  answerEventsFrom,
  deploying,
  type EventsWorld,
  invokingWith,
} from './other-deployments.ts';
import { forgetSent, sentCommands, sentOperations } from './sent-commands.ts';

const MINUTE_MS = 60_000;
const plan = theirPlan({
  analysis: ERRORS_DECIDE,
});

/** Each minute: blue fails 0.1 % of 9,000 requests, green so many of 1,000. */
const failingGreen = (bad: number): Record<string, number> => ({
  [`RequestCount ${BLUE}`]: 9_000,
  [`HTTPCode_Target_5XX_Count ${BLUE}`]: 9,
  [`RequestCount ${GREEN}`]: 1_000,
  ...(bad === 0 ? {} : { [`HTTPCode_Target_5XX_Count ${GREEN}`]: bad }),
});

describe('JudgeHealth', () => {
  const run = invoking('JudgeHealth', judgeHealth);
  let world: ReturnType<typeof aWorld>;
  beforeEach(() => {
    world = answerFrom(aWorld({ routes: bothRoutesAt(90, 10) }));
  });
  /** So long after the first shift, which was at NOW. */
  const judge = (minutes: number, previous?: Decision) =>
    run(
      {
        lease,
        plan,
        green,
        traffic: shiftedTo(0, 10),
        ...(previous === undefined ? {} : { decision: previous }),
      },
      aHost({ nowMs: NOW + minutes * MINUTE_MS }),
    );

  test('rolls back a green that fails more often than blue, with no alarm red', async () => {
    world.metrics = failingGreen(20);

    const decision = await judge(6);

    expect(decision.kind).toBe('rollBack');
    expect(decision.reason).toMatch(/^green is worse: 2 % of [\d,]+ requests of green failed, 0\.1 % of/);
    expect(decision.evidence.alarms).toEqual([{ name: 'shop-5xx', state: 'OK' }]);
    expect(decision.analysis).toMatchObject({ kind: 'worse', sinceMs: NOW });
  });

  test('keeps what it read, and reads only the late minutes again', async () => {
    world.metrics = failingGreen(1);
    const first = await judge(4);
    forgetSent();

    await judge(30, first);

    const [read] = sentCommands().filter(([operation]) => operation === 'GetMetricData');
    expect(read?.[1].StartTime).toEqual(new Date(NOW));
    expect(Object.keys(world.items).filter((name) => name.includes('series#'))).not.toEqual([]);
    forgetSent();
    await judge(32, first);
    const [again] = sentCommands().filter(([operation]) => operation === 'GetMetricData');
    expect(again?.[1].StartTime).toEqual(new Date(NOW + 18 * MINUTE_MS));
  });

  test('asks for no metrics before a minute of the shift can be known', async () => {
    await judge(2);

    expect(sentOperations()).not.toContain('GetMetricData');
  });

  test.each([
    ['GetMetricData', awsError('ThrottlingException')],
    ['GetMetricData', awsError('AccessDeniedException')],
    ['GetMetricData', awsError('InternalFailure', 'oops', 500)],
  ])('goes by the rest when %s fails: unknown is neither good nor bad', async (operation, error) => {
    world.metrics = failingGreen(500);
    failing(operation, error);

    const decision = await judge(4);

    expect(decision).toMatchObject({ kind: 'hold', unknownSinceMs: null, analysis: { kind: 'unread' } });
  });
});

describe('JudgeHealth, before it promotes', () => {
  const run = invoking('JudgeHealth', judgeHealth);
  const launchedAtMs = NOW - 10 * MINUTE_MS;
  const promote = (changes: object = {}) =>
    run(
      {
        lease,
        plan: theirPlan({ analysis: ERRORS_DECIDE, ...changes }),
        green: { ...green, launchedAtMs },
        traffic: shiftedTo(2, 100),
        decision: { analysis: { sinceMs: NOW } } as never,
      },
      aHost({ nowMs: NOW + 60 * MINUTE_MS + 30_000 }),
    );
  let world: ReturnType<typeof aWorld>;
  beforeEach(() => {
    world = answerFrom(aWorld({ routes: bothRoutesAt(0, 100) }));
    world.metrics = {
      [`RequestCount ${BLUE}`]: 9_000,
      // Users whom a blue that was short had left to it, three minutes before the first shift.
      [`RequestCount ${GREEN}`]: (atMs) => (atMs < NOW - 3 * MINUTE_MS ? undefined : 1_000),
      [`HTTPCode_Target_5XX_Count ${GREEN}`]: (atMs) => (atMs === NOW - 3 * MINUTE_MS ? 4 : undefined),
    };
  });

  test('counts what green failed before the first shift, where nothing is compared', async () => {
    const decision = await promote();

    expect(decision).toMatchObject({ kind: 'promote', answered: { green: { requests: 6_000, bad: 4 } } });
    const { metrics = [], minutes = 0 } = decision.analysis ?? {};
    expect([minutes, metrics[0]?.green]).toEqual([58, { requests: 58_000, bad: 0 }]);
  });

  test('and is held up by nothing that it cannot read', async () => {
    failing('GetMetricData', awsError('AccessDeniedException'));

    expect(await promote()).toMatchObject({
      kind: 'promote',
      answered: { unreadable: expect.stringContaining('cloudwatch:GetMetricData is missing') },
    });
  });
});

/** What its last observation saw: all as it should be, and the next one hours later. */
const HOURS_APART = { waitSeconds: 7_200 };
const evidence = {
  observedAtMs: NOW,
  commands: [],
  alarms: [{ name: 'shop-5xx', state: 'OK' }],
  routes: plan.routes.map(({ label }) => ({ label, weights: { blue: 90, green: 10 } })),
  green: { healthy: 4, wanted: 4 },
};

describe('the watch', () => {
  const run = invokingWith('Watch', watch);
  let world: EventsWorld;
  const decided = (
    changes: Partial<NonNullable<Decision['analysis']>> = {},
    waits: { waitSeconds: number; observedAtMs?: number } = HOURS_APART,
  ): void => {
    const { waitSeconds, observedAtMs = NOW } = waits;
    const decision = {
      kind: 'hold',
      position: 0,
      ignoredUntilOk: [],
      waitSeconds,
      analysis: {
        kind: 'undecided',
        sinceMs: NOW,
        shiftFromMs: NOW,
        shift: { minutes: 1, requests: 1_000 },
        ...changes,
      },
      evidence: { ...evidence, observedAtMs },
    };
    const sk = `decision#00${NOW}`;
    world.items[`deployment#${DEPLOYMENT} ${sk}`] = {
      pk: { S: `deployment#${DEPLOYMENT}` },
      sk: { S: sk },
      decisionJson: { S: JSON.stringify(decision) },
    };
  };
  beforeEach(() => {
    world = answerEventsFrom({ ...anEventsWorld(), routes: bothRoutesAt(90, 10) });
    deploying(world, 'shop', DEPLOYMENT, { record: { plan } });
    decided();
  });
  const watchAt = (minutes: number) => run({}, aHost({ nowMs: NOW + minutes * MINUTE_MS }));

  test('wakes a deployment whose metrics have become bad, and says why', async () => {
    world.metrics = failingGreen(20);

    expect(await watchAt(6)).toEqual({ woken: [DEPLOYMENT] });

    expect(world.woken).toHaveLength(1);
    expect(world.woken[0]?.output).toMatch(/metrics: green is worse/);
  });

  test('leaves one asleep whose metrics say what they said: its history grows with verdicts, not with minutes', async () => {
    world.metrics = failingGreen(1);

    for (const minutes of [5, 6, 7, 8]) expect(await watchAt(minutes)).toEqual({ woken: [] });

    expect(sentOperations().filter((operation) => operation === 'GetMetricData')).toHaveLength(4);
    expect(world.woken).toEqual([]);
  });

  test('does not read what a step has read within the minute', async () => {
    await watchAt(5);
    forgetSent();

    await watchAt(5.5);

    expect(sentOperations()).not.toContain('GetMetricData');
  });

  describe('of a deployment that observes itself each minute', () => {
    const SIX = NOW + 6 * MINUTE_MS;
    const observesAt = (seconds: number): void =>
      decided({}, { waitSeconds: 60, observedAtMs: SIX - MINUTE_MS + seconds * 1_000 });

    test('reads the metrics, and only them, where it would do so too late', async () => {
      world.metrics = failingGreen(20);
      observesAt(57);

      expect(await watchAt(6.5)).toEqual({ woken: [DEPLOYMENT] });

      expect(world.woken[0]?.output).toMatch(/metrics: green is worse/);
      expect(sentOperations()).not.toContain('DescribeAlarms');
      expect(sentOperations()).not.toContain('DescribeTargetHealth');
    });

    test('leaves to it what it reads in time', async () => {
      world.metrics = failingGreen(20);
      observesAt(50);

      expect(await watchAt(6.5)).toEqual({ woken: [] });

      expect(sentOperations()).not.toContain('GetMetricData');
    });
  });

  test.each([
    ['for the next minute at the end of one', 6 - 2 / 60, [4_000]],
    ['not in the middle of one', 6.5, []],
  ])('waits %s', async (_, minutes, waits) => {
    const host = aHost({ nowMs: NOW + minutes * MINUTE_MS });

    await run({}, host);

    expect(host.waits).toEqual(waits);
  });

  test('waits for no minute while nobody deploys, nor with the users of a task that ended', async () => {
    const host = aHost({ nowMs: NOW + 6 * MINUTE_MS - 2_000 });
    await run({ detail: { clusterArn: 'main', group: 'service:shop' } }, host);
    answerEventsFrom(anEventsWorld());
    await run({}, host);

    expect(host.waits).toEqual([]);
  });

  test('changes nothing when the metrics cannot be read', async () => {
    failing('GetMetricData', awsError('ThrottlingException'));

    expect(await watchAt(6)).toEqual({ woken: [] });
  });

  test('reads nothing of a deployment that compares nothing', async () => {
    deploying(world, 'shop', DEPLOYMENT, { record: { plan: theirPlan() } });
    world.items[`deployment#${DEPLOYMENT} decision#00${NOW}`] = {
      pk: { S: `deployment#${DEPLOYMENT}` },
      sk: { S: `decision#00${NOW}` },
      decisionJson: {
        S: JSON.stringify({ kind: 'hold', position: 0, ...HOURS_APART, ignoredUntilOk: [], evidence }),
      },
    };

    await watchAt(6);

    expect(sentOperations()).not.toContain('GetMetricData');
  });
});
