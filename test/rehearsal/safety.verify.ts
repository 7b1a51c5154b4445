import { describe, expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../core/clock.ts';
import type { CommandKind } from '../../core/vocabulary/command.types.ts';
import type { EventHandlerName } from '../../functions/event-handlers.ts';
import type { Orchestrator } from '../../sim/orchestrator.ts';
import {
  ALARM,
  expectSafe,
  outcomesOf,
  type Played,
  type PlayOptions,
  play,
  restoredAtMs,
  sharesOf,
} from './a-scene.ts';

type DeliverBy = Parameters<Orchestrator['deliverBy']>[0];

/** The event reaches nobody. */
const losing =
  (lost: EventHandlerName): DeliverBy =>
  (handler) =>
    handler === lost ? { lost: true } : { times: 1 };

const LONG_BAKE = {
  shifts: [
    { greenPct: 20, bake: '4h' },
    { greenPct: 100, bake: '10m' },
  ],
};
const NO_KEEP_BLUE = {
  shifts: [
    { greenPct: 20, bake: '10m' },
    { greenPct: 100, bake: '0s' },
  ],
};
const GATED = {
  shifts: [
    { greenPct: 20, bake: '10m', approval: true },
    { greenPct: 100, bake: '10m' },
  ],
};

describe('left alone', () => {
  test('it shifts, keeps blue and ends', async () => {
    const played = await play();

    expectSafe(played);
    expect(outcomesOf(played)).toEqual(['succeeded']);
    expect(sharesOf(played)).toEqual([20, 100]);
  });
});

describe('an execution that somebody stops', () => {
  const forward = [
    'AcquireLease',
    'PlanDeployment',
    'AttachGreen',
    'LaunchGreen',
    'WaitForGreen',
    'ShiftTraffic',
    'Bake',
    'JudgeHealth',
    'PromoteGreen',
    'RetireBlue',
    'WaitForRetirement',
    'CheckRetired',
    'RecordOutcome',
  ];
  const back = ['RollBack', 'LetTrafficLeave', 'RemoveGreen', 'WaitForRemoval', 'CheckRemoved'];

  test.each(forward)('at %s is recovered by itself', async (state) => {
    const played = await play({ script: ({ when, stop }) => when(state, stop) });

    expectSafe(played);
    const [outcome] = outcomesOf(played);
    expect(outcome).toMatch(
      state === 'PlanDeployment' || state === 'AcquireLease' ? /refused|rolledBack/ : /succeeded|rolledBack/,
    );
    expect(played.executions.length).toBe(state === 'RecordOutcome' ? played.executions.length : 2);
  });

  test.each(back)('at %s, while it rolls back, is recovered by itself', async (state) => {
    const played = await play({
      script: ({ when, alarm, stop }) => {
        when('Bake', () => alarm('ALARM'));
        when(state, stop);
      },
    });

    expectSafe(played);
    expect(outcomesOf(played)).toEqual(['rolledBack']);
    expect(played.executions).toHaveLength(2);
  });

  test('in the middle of a long bake has its traffic back within minutes, and says why', async () => {
    let stoppedAtMs = 0;
    const played = await play({
      deployments: [{ request: LONG_BAKE }],
      script: ({ at, now, stop }) =>
        at(2 * HOUR_MS, () => {
          stoppedAtMs = now();
          stop();
        }),
    });

    expectSafe(played);
    expect(played.ends[0]?.outcome).toMatchObject({
      kind: 'rolledBack',
      reason: 'its execution ended before the deployment did (ABORTED: stopped by a person)',
    });
    expect(restoredAtMs(played) - stoppedAtMs).toBeLessThan(3 * MINUTE_MS);
  });

  test('is recovered also when the event of its end is lost: by the next scheduled sweep', async () => {
    let stoppedAtMs = 0;
    const played = await play({
      deployments: [{ request: LONG_BAKE }],
      script: ({ stage, at, now, stop }) => {
        stage.orchestrator.deliverBy(losing('Sweep'));
        at(2 * HOUR_MS, () => {
          stoppedAtMs = now();
          stop();
        });
      },
    });

    expectSafe(played);
    expect(outcomesOf(played)).toEqual(['rolledBack']);
    expect(restoredAtMs(played) - stoppedAtMs).toBeLessThan(8 * MINUTE_MS);
  });

  test('after green was promoted, before blue lost anything, is finished and not undone', async () => {
    // The Lambda runs on when its execution is stopped [fact 101], and makes green PRIMARY.
    const played = await play({ script: ({ when, stop }) => when('PromoteGreen', stop, { afterMs: 0 }) });

    expectSafe(played);
    expect(outcomesOf(played)).toEqual(['succeeded']);
    expect(sharesOf(played)).toEqual([20, 100]);
  });

  test('and whose recovery may not read the plan for a while keeps its lease until one may', async () => {
    const played = await play({
      script: ({ stage, when, now, stop }) => {
        when('Bake', stop);
        stage.world.kernel.intercept(({ by, operation }) =>
          by === 'RecallPlan' && operation === 'GetItem' && now() < 20 * MINUTE_MS ? 'denied' : undefined,
        );
      },
    });

    expectSafe(played);
    expect(outcomesOf(played)).toEqual(['rolledBack']);
    expect(restoredAtMs(played)).toBeGreaterThan(20 * MINUTE_MS);
  });

  test('after blue began to go is finished, not undone', async () => {
    const played = await play({ script: ({ when, stop }) => when('WaitForRetirement', stop) });

    expectSafe(played);
    expect(outcomesOf(played)).toEqual(['succeeded']);
    expect(sharesOf(played).at(-1)).toBe(100);
  });

  test.each(['WaitOutLastStep', 'RecallPlan', 'RollBack', 'LetTrafficLeave'])(
    'and whose recovery is stopped at %s is recovered again',
    async (state) => {
      const played = await play({
        script: ({ when, stop }) => {
          when('Bake', stop);
          when(state, stop);
        },
      });

      expectSafe(played);
      expect(outcomesOf(played)).toEqual(['rolledBack']);
      expect(played.executions).toHaveLength(3);
    },
  );

  test('and whose recovery ends before it could take over is recovered all the same', async () => {
    let stoppedAtMs = Number.POSITIVE_INFINITY;
    const played = await play({
      script: ({ stage, when, now, stop }) => {
        when('Bake', () => {
          stoppedAtMs = now();
          stop();
        });
        // Somebody took the permission away, and gives it back a quarter of an hour later.
        stage.world.kernel.intercept(({ by, operation }) => {
          const sinceStopMs = now() - stoppedAtMs;
          const taken = sinceStopMs >= 0 && sinceStopMs < 15 * MINUTE_MS;
          return taken && by === 'AcquireLease' && operation === 'UpdateItem' ? 'denied' : undefined;
        });
      },
    });

    expectSafe(played);
    expect(outcomesOf(played)).toEqual(['rolledBack']);
    expect(played.executions.length).toBeGreaterThan(2);
    expect(played.executions[1]?.cause).toContain('permission dynamodb:UpdateItem is missing');
    expect(restoredAtMs(played) - stoppedAtMs).toBeLessThan(25 * MINUTE_MS);
  });

  test('while it stands in line holds nothing, and blocks nobody', async () => {
    const played = await play({
      deployments: [{}, { startAfterMs: 5 * MINUTE_MS, request: { whenBusy: 'queue' } }],
      script: ({ stage, at }) =>
        at(6 * MINUTE_MS, () => {
          const waiting = stage.deployments[1]?.execution();
          stage.orchestrator.stepFunctions.stopExecution(waiting?.arn ?? '', 'not needed any more');
        }),
    });

    expectSafe(played);
    expect(outcomesOf(played)).toEqual(['succeeded', null]);
    expect(played.executions).toHaveLength(2);
  });
});

/** So short that nobody reads it red. */
const BETWEEN_TWO_WATCHES_MS = SECOND_MS / 10;

describe('an alarm that goes red in a long bake', () => {
  const red = (options: { deliver?: DeliverBy; okAfterMs?: number } = {}) => {
    let redAtMs = 0;
    return {
      since: (played: Played): number => restoredAtMs(played) - redAtMs,
      played: () =>
        play({
          deployments: [{ request: LONG_BAKE }],
          script: ({ stage, at, now, alarm }) => {
            if (options.deliver !== undefined) stage.orchestrator.deliverBy(options.deliver);
            at(2 * HOUR_MS, () => {
              redAtMs = now();
              alarm('ALARM');
            });
            if (options.okAfterMs !== undefined) at(2 * HOUR_MS + options.okAfterMs, () => alarm('OK'));
          },
        }),
    };
  };

  test('has all weight back on blue within ten seconds', async () => {
    const { played, since } = red();

    const done = await played();

    expectSafe(done);
    expect(done.ends[0]?.outcome).toEqual(
      expect.objectContaining({ kind: 'rolledBack', reason: `alarm ${ALARM} is in ALARM: by the test` }),
    );
    expect(since(done)).toBeLessThan(10 * SECOND_MS);
  });

  test('whose event comes three times rolls back once', async () => {
    const { played, since } = red({ deliver: (handler) => (handler === 'OnAlarm' ? { times: 3 } : {}) });

    const done = await played();

    expectSafe(done);
    expect(sharesOf(done)).toEqual([20, 0]);
    expect(since(done)).toBeLessThan(10 * SECOND_MS);
  });

  test('whose event is lost rolls back when the watch comes', async () => {
    const { played, since } = red({ deliver: losing('OnAlarm') });

    const done = await played();

    expectSafe(done);
    expect(outcomesOf(done)).toEqual(['rolledBack']);
    expect(since(done)).toBeLessThan(MINUTE_MS + 10 * SECOND_MS);
    const later = done.decisions.filter(({ atMs }) => atMs > 2 * HOUR_MS);
    expect(later[0]?.kind).toBe('rollBack');
  });

  test('and is OK again when its late event comes changes nothing: the event is not believed', async () => {
    const lateMs = 10 * MINUTE_MS;
    const { played } = red({
      okAfterMs: BETWEEN_TWO_WATCHES_MS,
      deliver: (handler, event) =>
        handler === 'OnAlarm' && JSON.stringify(event).includes('ALARM') ? { lateMs } : {},
    });

    const done = await played();

    expectSafe(done);
    expect(outcomesOf(done)).toEqual(['succeeded']);
    const woken = done.decisions.find(({ atMs }) => atMs > 2 * HOUR_MS + lateMs);
    expect(woken?.kind).toBe('hold');
    expect((woken?.atMs ?? 0) - 2 * HOUR_MS - lateMs).toBeLessThan(10 * SECOND_MS);
  });

  test('and that nobody watches wakes nobody', async () => {
    const count = async (alarms: string[] | undefined): Promise<number> => {
      const done = await play({
        deployments: [{ request: { ...LONG_BAKE, ...(alarms === undefined ? {} : { alarms }) } }],
        script: ({ at, alarm }) => {
          at(2 * HOUR_MS, () => alarm('ALARM'));
          at(2 * HOUR_MS + BETWEEN_TWO_WATCHES_MS, () => alarm('OK'));
        },
      });
      expectSafe(done);
      return done.decisions.length;
    };

    expect(await count([])).toBe((await count(undefined)) - 1);
  });
});

describe('a second deployment of a service', () => {
  const second = (whenBusy: string, startAfterMs = 5 * MINUTE_MS) => ({
    startAfterMs,
    request: { whenBusy },
  });

  test('is refused by default, with the name of the first, which continues', async () => {
    const played = await play({ deployments: [{}, second('reject')] });

    expectSafe(played);
    expect(outcomesOf(played)).toEqual(['succeeded', null]);
    const refused = played.executions[1];
    expect(refused?.status).toBe('FAILED');
    expect(refused?.cause).toMatch(
      /^proof\/web is being deployed by proof-.* since .*"queue" or "supersede"/,
    );
    expect(sharesOf(played)).toEqual([20, 100]);
  });

  test('that queues waits for the first, and then deploys', async () => {
    const played = await play({ deployments: [{}, second('queue')] });

    expectSafe(played);
    expect(outcomesOf(played)).toEqual(['succeeded', 'succeeded']);
    // The second's green is the first's blue group: its share is the other's.
    expect(sharesOf(played)).toEqual([20, 100, 80, 0]);
  });

  test('that queues goes also when the first rolls back', async () => {
    const played = await play({
      deployments: [{}, second('queue')],
      script: ({ at, say }) => at(6 * MINUTE_MS, () => say('abort')),
    });

    expectSafe(played);
    expect(outcomesOf(played)).toEqual(['rolledBack', 'succeeded']);
  });

  test('that queues is replaced by a third, and notified', async () => {
    const played = await play({
      deployments: [{}, second('queue'), second('queue', 7 * MINUTE_MS)],
    });

    expectSafe(played);
    expect(outcomesOf(played)).toEqual(['succeeded', null, 'succeeded']);
    expect(played.executions[1]).toMatchObject({
      status: 'FAILED',
      cause: expect.stringMatching(
        /^deployment proof-.* of proof\/web came later and took this one's place in line$/,
      ),
    });
  });

  test('that supersedes rolls the first back, waits for that, and deploys', async () => {
    const played = await play({ deployments: [{}, second('supersede')] });

    expectSafe(played);
    expect(outcomesOf(played)).toEqual(['rolledBack', 'succeeded']);
    expect(played.ends[0]?.outcome?.reason).toMatch(
      /^abort by deployment proof-[\w-]+ \(claimed\): superseded by deployment proof-/,
    );
    expect(sharesOf(played)).toEqual([20, 0, 20, 100]);
  });

  test('that supersedes one beyond its point of no return lets it finish', async () => {
    const played = await play({
      deployments: [{}, second('supersede', 21 * MINUTE_MS + 50 * SECOND_MS)],
    });

    expectSafe(played);
    expect(outcomesOf(played)).toEqual(['succeeded', 'succeeded']);
  });

  test('that supersedes a frozen one thaws it', async () => {
    const played = await play({
      deployments: [{}, second('supersede')],
      script: ({ at, say }) => at(4 * MINUTE_MS, () => say('freeze')),
    });

    expectSafe(played);
    expect(outcomesOf(played)).toEqual(['rolledBack', 'succeeded']);
  });

  test('that waits for one whose execution is stopped gets the service after the recovery', async () => {
    const played = await play({
      deployments: [{}, second('queue')],
      script: ({ stage, at }) =>
        at(6 * MINUTE_MS, () => {
          const running = stage.deployments[0]?.execution();
          stage.orchestrator.stepFunctions.stopExecution(running?.arn ?? '', 'stopped by a person');
        }),
    });

    expectSafe(played);
    expect(outcomesOf(played)).toEqual(['rolledBack', 'succeeded']);
  });
});

describe('a person', () => {
  const saying = (command: CommandKind, atMs: number, options: PlayOptions = {}) =>
    play({
      ...options,
      script: (scene) => {
        options.script?.(scene);
        scene.at(atMs, () => scene.say(command));
      },
    });
  const decisionAfter = (played: Played, atMs: number) => played.decisions.find((one) => one.atMs >= atMs);

  test.each([
    ['while it bakes', 5 * MINUTE_MS],
    ['in the keep-blue window', 15 * MINUTE_MS],
  ])('aborts %s, and blue has everything within seconds', async (_, atMs) => {
    const played = await saying('abort', atMs);

    expectSafe(played);
    expect(played.answers).toEqual(['accepted']);
    expect(played.ends[0]?.outcome).toMatchObject({
      kind: 'rolledBack',
      reason: 'abort by ada (claimed): the banner is wrong',
    });
    expect(restoredAtMs(played) - atMs).toBeLessThan(10 * SECOND_MS);
  });

  test('aborts while green starts, and green never gets a request', async () => {
    const played = await saying('abort', 8 * SECOND_MS);

    expectSafe(played);
    expect(played.ends[0]?.outcome).toMatchObject({
      kind: 'rolledBack',
      reason: 'abort by ada (claimed): the banner is wrong',
    });
    expect(played.weights.filter(({ green }) => green > 0)).toEqual([]);
  });

  test('aborts while blue waits for the last shift to settle: nothing of it is gone yet', async () => {
    const played = await play({
      deployments: [{ request: NO_KEEP_BLUE }],
      script: ({ when, say }) => when('WaitToRetire', () => say('abort')),
    });

    expectSafe(played);
    expect(played.ends[0]?.outcome).toMatchObject({
      kind: 'rolledBack',
      reason: 'abort by ada (claimed): the banner is wrong',
    });
    expect(sharesOf(played)).toEqual([20, 100, 0]);
  });

  test('skips one bake, not two', async () => {
    const played = await saying('skip', 2 * MINUTE_MS);

    expectSafe(played);
    expect(outcomesOf(played)).toEqual(['succeeded']);
    const [first, second] = played.weights.filter(({ green }, index, all) => green !== all[index - 1]?.green);
    expect((second?.atMs ?? 0) - 2 * MINUTE_MS).toBeLessThan(10 * SECOND_MS);
    expect(first?.green).toBe(20);
    expect(decisionAfter(played, 3 * MINUTE_MS)?.kind).toBe('hold');
  });

  test('promotes from the first shift to everything, and still keeps blue', async () => {
    const played = await saying('promote', 2 * MINUTE_MS, {
      deployments: [
        {
          request: {
            shifts: [10, 30, 60, 100].map((greenPct) => ({ greenPct, bake: '10m' })),
          },
        },
      ],
    });

    expectSafe(played);
    expect(sharesOf(played)).toEqual([10, 100]);
    const promoted = played.entered.find(({ state }) => state === 'PromoteGreen');
    expect(promoted?.atMs).toBeGreaterThan(12 * MINUTE_MS);
  });

  test('pauses: it stays for an hour beyond its bake, and at resume bakes what was left', async () => {
    const played = await saying('pause', 2 * MINUTE_MS, {
      script: ({ at, say }) => at(70 * MINUTE_MS, () => say('resume')),
    });

    expectSafe(played);
    expect(outcomesOf(played)).toEqual(['succeeded']);
    expect(decisionAfter(played, 2 * MINUTE_MS)?.kind).toBe('awaitOperator');
    const [first, everything] = played.weights.filter(
      ({ green }, index, all) => green !== all[index - 1]?.green,
    );
    const leftMs = 10 * MINUTE_MS - (2 * MINUTE_MS - (first?.atMs ?? 0));
    const lateMs = (everything?.atMs ?? 0) - 70 * MINUTE_MS - leftMs;
    expect(Math.abs(lateMs)).toBeLessThan(10 * SECOND_MS);
  });

  test('pauses while green starts, and green gets no request until resume', async () => {
    const played = await saying('pause', 8 * SECOND_MS, {
      script: ({ at, say }) => at(40 * MINUTE_MS, () => say('resume')),
    });

    expectSafe(played);
    expect(outcomesOf(played)).toEqual(['succeeded']);
    expect(played.weights.find(({ green }) => green > 0)?.atMs).toBeGreaterThan(40 * MINUTE_MS);
  });

  test('pauses, and a red alarm rolls back all the same', async () => {
    const played = await saying('pause', 2 * MINUTE_MS, {
      script: ({ at, alarm }) => at(30 * MINUTE_MS, () => alarm('ALARM')),
    });

    expectSafe(played);
    expect(outcomesOf(played)).toEqual(['rolledBack']);
    expect(restoredAtMs(played) - 30 * MINUTE_MS).toBeLessThan(10 * SECOND_MS);
  });

  test('freezes, and not even a red alarm moves anything until resume', async () => {
    const played = await saying('freeze', 2 * MINUTE_MS, {
      script: ({ at, alarm, say }) => {
        at(30 * MINUTE_MS, () => alarm('ALARM'));
        at(90 * MINUTE_MS, () => say('resume'));
      },
    });

    expectSafe(played);
    expect(outcomesOf(played)).toEqual(['rolledBack']);
    expect(played.weights.filter(({ atMs }) => atMs > 2 * MINUTE_MS && atMs < 90 * MINUTE_MS)).toEqual([]);
    expect(restoredAtMs(played) - 90 * MINUTE_MS).toBeLessThan(10 * SECOND_MS);
  });

  test('freezes while green starts, and green gets no request until resume', async () => {
    const played = await saying('freeze', 8 * SECOND_MS, {
      script: ({ at, say }) => at(40 * MINUTE_MS, () => say('resume')),
    });

    expectSafe(played);
    expect(outcomesOf(played)).toEqual(['succeeded']);
    expect(played.weights.find(({ green }) => green > 0)?.atMs).toBeGreaterThan(40 * MINUTE_MS);
  });

  test('freezes the retirement, and blue stays at full size until resume', async () => {
    const played = await play({
      deployments: [{ request: NO_KEEP_BLUE }],
      script: ({ when, at, say }) => {
        when('WaitToRetire', () => say('freeze'));
        at(50 * MINUTE_MS, () => say('resume'));
      },
    });

    expectSafe(played);
    expect(played.answers).toEqual(['accepted', 'accepted']);
    expect(outcomesOf(played)).toEqual(['succeeded']);
    const recorded = played.entered.find(({ state }) => state === 'RecordOutcome');
    expect(recorded?.atMs).toBeGreaterThan(50 * MINUTE_MS);
  });

  test('approves', async () => {
    const played = await saying('approve', 3 * HOUR_MS, { deployments: [{ request: GATED }] });

    expectSafe(played);
    expect(outcomesOf(played)).toEqual(['succeeded']);
    const everything = played.weights.find(({ green }) => green === 100);
    expect((everything?.atMs ?? 0) - 3 * HOUR_MS).toBeLessThan(10 * SECOND_MS);
    expect(everything?.atMs).toBeGreaterThan(3 * HOUR_MS);
  });

  test('aborts while it waits for approval', async () => {
    const played = await saying('abort', 3 * HOUR_MS, { deployments: [{ request: GATED }] });

    expectSafe(played);
    expect(outcomesOf(played)).toEqual(['rolledBack']);
    expect(restoredAtMs(played) - 3 * HOUR_MS).toBeLessThan(10 * SECOND_MS);
  });

  test('is given the reason a command cannot apply', async () => {
    const played = await play({
      script: ({ at, say }) => {
        at(2 * MINUTE_MS, () => say('approve'));
        at(3 * MINUTE_MS, () => say('resume'));
        at(4 * MINUTE_MS, () => say('pause'));
        at(5 * MINUTE_MS, () => say('skip'));
        at(6 * MINUTE_MS, () => say('abort'));
        at(6 * MINUTE_MS + 5 * SECOND_MS, () => say('promote'));
        at(2 * HOUR_MS, () => {});
      },
    });

    expectSafe(played);
    expect(played.answers.map((answer) => answer.replace(/^.*?: /, ''))).toEqual([
      'the present shift asks for no approval; `skip` ends its bake',
      'it is neither paused nor frozen',
      'accepted',
      'pause by ada (claimed): the banner is wrong; send resume first',
      'accepted',
      'it is rolling back already: abort by ada (claimed): the banner is wrong; users are only moved to where ' +
        'they are answered, and `cutover watch proof/web` shows it',
    ]);
  });

  test('is obeyed although the command came between two waits, and no token could be woken', async () => {
    // At every moment around the first observation after the shift, a tenth of a second apart.
    const shiftedAtMs = (await play()).weights.find(({ green }) => green === 20)?.atMs ?? 0;
    for (let ms = -500; ms <= 2_500; ms += 250) {
      const atMs = shiftedAtMs + ms;
      const played = await saying('abort', atMs, { deployments: [{ request: LONG_BAKE }] });

      expectSafe(played);
      expect(restoredAtMs(played) - atMs).toBeLessThan(15 * SECOND_MS);
    }
  });
});
