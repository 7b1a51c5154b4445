import { describe, expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../core/clock.ts';
import { commandKinds } from '../../core/vocabulary/command.types.ts';
import { expectSafe, outcomesOf, type Played, play, type Scene, sharesOf } from './a-scene.ts';

/** Every command is obeyed, or refused with the reason; none is taken and forgotten. */

const everyCommand = ({ say }: Scene): void => {
  for (const kind of commandKinds) say(kind);
};
const answers = ({ answers }: Played): string[] => [
  ...new Set(answers.map((answer) => answer.replace(/^cannot .*? deployment .*?: /, ''))),
];
const FINISHES =
  'blue has begun to go and green serves everything, so it only finishes; once it has ended, `cutover ' +
  'rollback proof/web` deploys the previous version';

describe('every command', () => {
  test('after blue has begun to go is refused, and says how to go back', async () => {
    const played = await play({
      script: (scene) => scene.when('WaitForRetirement', () => everyCommand(scene)),
    });

    expectSafe(played);
    expect(outcomesOf(played)).toEqual(['succeeded']);
    expect(played.answers).toHaveLength(commandKinds.length);
    expect(answers(played)).toEqual([FINISHES]);
  });

  test('as the record is closed is refused with what is true at that moment', async () => {
    const played = await play({
      script: (scene) => scene.when('RecordOutcome', () => everyCommand(scene), { afterMs: 0 }),
    });

    expectSafe(played);
    expect(outcomesOf(played)).toEqual(['succeeded']);
    expect(played.answers).toHaveLength(commandKinds.length);
    for (const answer of answers(played))
      expect([FINISHES, 'it has ended: green serves all traffic and blue is gone']).toContain(answer);
  });

  test('when nothing is deployed any more is refused, and says how to go back', async () => {
    const played = await play({
      script: (scene) => scene.when('HowDidItEnd?', () => everyCommand(scene), { afterMs: 2 * SECOND_MS }),
    });

    expect(answers(played)).toEqual([
      'expected a deployment of proof/web, found none running; to go back from the last one: `cutover ' +
        'rollback proof/web`',
    ]);
  });

  test.each(['LetTrafficLeave', 'WaitForRemoval'])(
    'at %s, after a step failed and no decision names it, is refused with why it goes back',
    async (state) => {
      const played = await play({
        script: (scene) => {
          scene.stage.world.kernel.intercept(({ by, operation }) =>
            by === 'ShiftTraffic' && operation === 'ModifyRule' ? 'denied' : undefined,
          );
          scene.when(state, () => everyCommand(scene));
        },
      });

      expectSafe(played);
      expect(outcomesOf(played)).toEqual(['rolledBack']);
      expect(played.answers).toHaveLength(commandKinds.length);
      expect(answers(played)).toHaveLength(2);
      for (const answer of answers(played)) {
        expect(answer).toMatch(
          /^it is rolling back already: .*permission elasticloadbalancing:ModifyRule.*; (`cutover abort proof\/web --now` takes|users are only moved)/,
        );
      }
    },
  );

  test('at the end of a first deployment is refused: it has no way back', async () => {
    const played = await play({
      shape: { first: true },
      script: (scene) => scene.when('RecordOutcome', () => everyCommand(scene), { afterMs: 0 }),
    });

    expect(outcomesOf(played)).toEqual(['succeeded']);
    for (const answer of answers(played)) {
      expect([
        'green serves everything, so it only finishes; deploy another version once it has ended',
        'it has ended: green serves all traffic',
      ]).toContain(answer);
    }
  });

  test('while a recovery is due is refused but an abort, which is what it does', async () => {
    const played = await play({
      script: (scene) => {
        scene.at(5 * MINUTE_MS, scene.stop);
        // The end of an execution shows a second late.
        scene.at(5 * MINUTE_MS + 3 * SECOND_MS, () => {
          for (const kind of ['pause', 'freeze', 'skip', 'promote', 'approve'] as const) scene.say(kind);
        });
        scene.at(5 * MINUTE_MS + 20 * SECOND_MS, () => scene.say('abort'));
      },
    });

    expectSafe(played);
    expect(outcomesOf(played)).toEqual(['rolledBack']);
    expect(answers(played)).toEqual([
      'its execution has ended half-way, and a recovery gives all traffic back to blue, or finishes ' +
        'what was promoted; only abort applies',
      'accepted',
    ]);
  });
});

/** Sent at every tenth of a second before blue begins to go; a command is on its way for about half a second. */
const aroundTheEnd = async (say: (scene: Scene) => void): Promise<Played[]> => {
  let goesAtMs = 0;
  await play({
    script: ({ stage, now }) =>
      stage.world.kernel.onServed(({ by, operation }) => {
        if (by === 'RetireBlue' && operation === 'UpdateTaskSet') goesAtMs = now();
      }),
  });
  expect(goesAtMs).toBeGreaterThan(0);
  const runs: Played[] = [];
  for (let ms = -1_600; ms <= 0; ms += 100) {
    runs.push(await play({ script: (scene) => scene.at(goesAtMs + ms, () => say(scene)) }));
  }
  return runs;
};

describe('around the moment at which blue begins to go', () => {
  test('an abort that is accepted rolls back, and one that is refused was too late', async () => {
    const runs = await aroundTheEnd(({ say }) => say('abort'));

    for (const played of runs) {
      expectSafe(played);
      const accepted = played.answers[0] === 'accepted';
      expect(outcomesOf(played)).toEqual([accepted ? 'rolledBack' : 'succeeded']);
    }
    expect(new Set(runs.map(({ answers }) => answers[0] === 'accepted'))).toEqual(new Set([true, false]));
  });

  test('a freeze that is accepted keeps blue until resume, and one that is refused was too late', async () => {
    const runs = await aroundTheEnd(({ say, at, now }) => {
      say('freeze');
      at(HOUR_MS - now(), () => say('resume'));
    });

    for (const played of runs) {
      expectSafe(played);
      expect(outcomesOf(played)).toEqual(['succeeded']);
      const accepted = played.answers[0] === 'accepted';
      const endedAtMs = played.entered.find(({ state }) => state === 'RecordOutcome')?.atMs ?? 0;
      expect(endedAtMs > HOUR_MS).toBe(accepted);
    }
    expect(new Set(runs.map(({ answers }) => answers[0] === 'accepted'))).toEqual(new Set([true, false]));
  });
});

test('a pause at any moment around a shift stays at the weights it met, or the next, and is no drift', async () => {
  const shiftAtMs = (await play()).weights.find(({ green }) => green === 100)?.atMs ?? 0;
  const held = new Set<number | undefined>();
  for (let ms = -1_500; ms <= 500; ms += 100) {
    const played = await play({
      script: ({ at, say }) => {
        at(shiftAtMs + ms, () => say('pause'));
        at(HOUR_MS, () => say('resume'));
      },
    });

    expectSafe(played);
    expect(outcomesOf(played)).toEqual(['succeeded']);
    expect(played.answers).toEqual(['accepted', 'accepted']);
    held.add(played.weights.filter(({ atMs }) => atMs < HOUR_MS).at(-1)?.green);
  }
  expect(held).toEqual(new Set([20, 100]));
});

test('skip is no approval, and says what does', async () => {
  const shifts = [
    { greenPct: 20, bake: '1m', approval: true },
    { greenPct: 100, bake: '1m' },
  ];
  const played = await play({
    deployments: [{ request: { shifts } }],
    script: ({ at, say }) => {
      at(10 * MINUTE_MS, () => say('skip'));
      at(20 * MINUTE_MS, () => say('approve'));
    },
  });

  expectSafe(played);
  expect(answers(played)).toEqual([
    'its bake is over and it waits for an approval: send approve, or promote for all the traffic',
    'accepted',
  ]);
  expect(sharesOf(played)).toEqual([20, 100]);
});

test('a first deployment may be aborted until its end', async () => {
  const played = await play({
    shape: { first: true },
    script: ({ when, say }) => when('PromoteGreen', () => say('abort'), { afterMs: 0 }),
  });

  expect(played.violations).toEqual([]);
  expect(played.answers).toEqual(['accepted']);
  expect(outcomesOf(played)).toEqual(['rolledBack']);
});

describe('alarms that CloudWatch refuses to tell, for half an hour,', () => {
  const throttled = (redAtMs: number | null, lose = false) =>
    play({
      deployments: [
        {
          request: {
            shifts: [
              { greenPct: 20, bake: '20m' },
              { greenPct: 100, bake: '20m' },
            ],
          },
        },
      ],
      script: ({ stage, at, now, alarm }) => {
        if (lose)
          stage.orchestrator.deliverBy((handler) => (handler === 'OnAlarm' ? { lost: true } : { times: 1 }));
        stage.world.kernel.intercept(({ operation }) =>
          operation === 'DescribeAlarms' && now() > 4 * MINUTE_MS && now() < 50 * MINUTE_MS
            ? 'throttle'
            : undefined,
        );
        if (redAtMs !== null) at(redAtMs, () => alarm('ALARM'));
      },
    });
  const back = (played: Played): number =>
    played.entered.find(({ state }) => state === 'RollBack')?.atMs ?? Number.POSITIVE_INFINITY;

  test('are tolerated for that long when nothing says that one is red', async () => {
    const played = await throttled(null);

    expectSafe(played);
    expect(back(played)).toBeGreaterThan(30 * MINUTE_MS);
  });

  test('are tolerated for two minutes from the event that says so', async () => {
    const redAtMs = 8 * MINUTE_MS;
    const played = await throttled(redAtMs);

    expectSafe(played);
    expect(outcomesOf(played)).toEqual(['rolledBack']);
    expect(played.ends[0]?.outcome?.reason).toMatch(
      /^alarm web-b-5xx turned red, by its event; not known to be healthy for 1m: alarms could not be read/,
    );
    expect(back(played) - redAtMs).toBeLessThan(3 * MINUTE_MS);
  });

  test('and whose event is lost, too, are tolerated for half an hour: nobody could know', async () => {
    const played = await throttled(8 * MINUTE_MS, true);

    expectSafe(played);
    expect(back(played)).toBeGreaterThan(30 * MINUTE_MS);
  });
});
