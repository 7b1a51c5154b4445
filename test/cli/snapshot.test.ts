import { describe, expect, test } from 'vitest';
import type { StoredDeployment } from '../../aws/store-verbs.ts';
import type { Account, Verbs } from '../../cli/account/account.ts';
import { makeWatcher } from '../../cli/watch/snapshot.ts';
import { makeTimeline } from '../../cli/watch/timeline.ts';
import { viewOf } from '../../cli/watch/view.ts';
import type { Retirement } from '../../core/vocabulary/ending.types.ts';
import type { Ready } from '../../core/vocabulary/state.types.ts';
import { aPlan } from '../core/a-deployment.ts';

const WATCHED = { deploymentId: 'one', serviceKey: 'main/shop', executionArn: 'arn:one' };

const record = (outcome: StoredDeployment['outcome']): StoredDeployment => ({
  serviceKey: 'main/shop',
  request: {} as StoredDeployment['request'],
  plan: null,
  outcome,
  taskToken: null,
  lastSignal: null,
  lastAlarm: null,
  lastCommandId: null,
  placement: null,
  commitment: null,
  stuck: null,
  commands: [],
});

test('a record that is closed between two reads is no stopped execution', async () => {
  const reads = [record(null), record({ kind: 'rolledBack', reason: 'an alarm', endedAtMs: 5 })];
  const verbs: Partial<Verbs> = {
    record: { read: async () => reads.shift() ?? null, readDecisions: async () => [] },
    leases: { read: async () => ({ lastGroups: [], recoveries: 0 }) },
    deployments: {
      describe: async (arn) => ({
        arn,
        name: 'one',
        status: 'FAILED',
        startedAtMs: 0,
        endedAtMs: 6,
        input: '{}',
        error: 'RolledBack',
        cause: 'an alarm',
      }),
      list: async () => [],
      statesSince: async () => [],
    },
  };
  const account = { host: { clock: { nowMs: () => 10 } }, verbs: () => verbs } as unknown as Account;

  const view = viewOf(await makeWatcher(account, WATCHED).observe());

  expect(view.phase).toBe('ended');
  expect(view.ended).toMatchObject({ kind: 'rolledBack', reason: 'an alarm' });
});

test('what a wait is about is said until it changes; seconds that pass are no change', () => {
  const timeline = makeTimeline();
  const observations = (healthyTargets: number, reason: string): string[] => {
    const ready: Ready = {
      kind: 'pending',
      healthyTargets,
      wanted: 2,
      healthySinceMs: null,
      waitSeconds: 5,
      reason,
    };
    const news = {
      id: 1,
      atMs: 0,
      kind: 'left' as const,
      state: 'CheckGreen',
      slices: { ready },
      executionArn: 'arn:one',
    };
    const snapshot = {
      ...WATCHED,
      nowMs: 0,
      execution: null,
      record: null,
      hookRuns: [],
      lease: null,
      current: null,
      news: [news],
    };
    return timeline.entriesOf(snapshot).map(({ what }) => what);
  };

  expect(observations(1, 'healthy for 0s of 30s')).toHaveLength(1);
  expect(observations(1, 'healthy for 5s of 30s')).toEqual([]);
  expect(observations(2, 'healthy for 9s of 30s')).toEqual(['green is not ready: 2 of 2 healthy']);
  expect(observations(2, 'a task stopped: exit code 1')).toHaveLength(1);
});

describe('a deployment whose blue is about to go', () => {
  const retiring = (changes: Partial<StoredDeployment>, found: Partial<Retirement> = {}) =>
    viewOf({
      ...WATCHED,
      nowMs: 10_000,
      execution: { arn: 'arn:one', name: 'one', status: 'RUNNING', startedAtMs: 0 } as never,
      record: { ...record(null), ...changes },
      hookRuns: [],
      lease: null,
      current: {
        state: 'WaitForRetirement',
        sinceMs: 9_000,
        slices: {
          retirement: {
            kind: 'draining',
            startedAtMs: 9_000,
            waitSeconds: 60,
            runningCount: 2,
            reason: 'it waits',
            ...found,
          },
        },
      },
      news: [],
    });
  const freeze = { id: 'c', kind: 'freeze' as const, by: 'ada', reason: '', atMs: 5_000 };

  test('may still be steered while it is frozen, and says that it waits', () => {
    expect(retiring({ commands: [freeze] })).toMatchObject({
      phase: 'retiring',
      waitsFor: 'frozen',
      noReturn: false,
      possible: ['resume', 'abort'],
    });
  });

  test('has no way back once its record says so', () => {
    const commitment = { to: 'finish' as const, reason: 'blue has begun to go', atMs: 9_500 };

    expect(retiring({ commitment })).toMatchObject({ noReturn: true, waitsFor: null, possible: [] });
  });

  test('says that it takes a new deployment then, and before that what was read last', () => {
    const commitment = { to: 'finish' as const, reason: 'blue has begun to go', atMs: 9_500 };
    const readiness = {
      kind: 'ready' as const,
      seconds: 16,
      atMostSeconds: 75,
      carriesPct: 100,
      line: 'as read',
    };

    expect(retiring({ commitment, plan: aPlan() }, { readiness }).readiness).toMatchObject({
      kind: 'gone',
      carriesPct: 0,
      line: 'no way back by weights: it takes a new deployment of the previous version',
    });
    expect(retiring({ plan: aPlan() }, { readiness }).readiness).toEqual(readiness);
    expect(retiring({ plan: aPlan() }).readiness).toBeNull();
  });
});
