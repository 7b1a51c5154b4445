import { describe, expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../core/clock.ts';
import { outcomesOf, type Played, play, type Scene, sharesOf } from './a-scene.ts';

/** Users go where they are served, in every phase: blue or green loses its tasks, and nobody demands anything. */

const HOUR_LONG = {
  shifts: [
    { greenPct: 10, bake: '1h' },
    { greenPct: 100, bake: '10m' },
  ],
  timeToHealthy: '30m',
};

/** Kills every task of the colour again and again until then, so that none comes back. */
const keepDead = (scene: Scene, which: 'blue' | 'green', fromMs: number, untilMs: number): void => {
  for (let atMs = fromMs; atMs < untilMs; atMs += 5 * SECOND_MS)
    scene.at(atMs, () => {
      const sets = scene.stage.world.ecs.taskSets();
      const set = sets.find(({ status }) => (which === 'blue') === (status === 'PRIMARY'));
      while (set !== undefined && scene.stage.world.ecs.killTask(set.id));
    });
};

/** One of blue's two tasks may die a moment before the other: green gets 25 % for that moment. */
const movesOf = (played: Played): number[] => sharesOf(played).filter((green) => green !== 25);

const lossesOf = ({ ends }: Played): number =>
  ends.reduce(
    (sum, { losses }) => sum + Object.values(losses).reduce((all, count) => all + (count ?? 0), 0),
    0,
  );

describe('blue dies in a bake at 10 %', () => {
  test('its users go to green at the next observation, the bake stands still, and the plan resumes when it is back', async () => {
    const played = await play({
      deployments: [{ request: HOUR_LONG }],
      script: (scene) => keepDead(scene, 'blue', 5 * MINUTE_MS, 20 * MINUTE_MS),
    });

    expect(played.violations).toEqual([]);
    expect(outcomesOf(played)).toEqual(['succeeded']);
    expect(movesOf(played)).toEqual([10, 100, 10, 100]);
    const away = played.decisions.filter(({ reason }) => reason.startsWith('users are at'));
    expect(away.length).toBeGreaterThan(3);
    expect(away.every(({ kind }) => kind === 'hold' || kind === 'awaitOperator')).toBe(true);
    // An hour of bake beside the time in which they were away.
    const shifts = played.entered.filter(({ state }) => state === 'ShiftTraffic').map(({ atMs }) => atMs);
    expect((shifts[1] ?? 0) - (shifts[0] ?? 0)).toBeGreaterThan(HOUR_MS + 14 * MINUTE_MS);
    expect(lossesOf(played)).toBeLessThan(1_500);
  });
});

describe('an abort finds blue without a task', () => {
  test('users stay with green, go back as blue does, and green is removed only then', async () => {
    let removedAtMs = 0;
    const played = await play({
      script: (scene) => {
        keepDead(scene, 'blue', 5 * MINUTE_MS, 12 * MINUTE_MS);
        scene.at(7 * MINUTE_MS, () => scene.say('abort'));
        scene.when('RemoveGreen', () => {
          removedAtMs = scene.now();
        });
      },
    });

    expect(played.violations).toEqual([]);
    expect(outcomesOf(played)).toEqual(['rolledBack']);
    expect(movesOf(played)).toEqual([20, 100, 0]);
    expect(removedAtMs).toBeGreaterThan(12 * MINUTE_MS);
  });

  test('an execution stopped meanwhile: its recovery sends nobody to the dead blue, and ends truthfully', async () => {
    const played = await play({
      script: (scene) => {
        keepDead(scene, 'blue', 5 * MINUTE_MS, 20 * MINUTE_MS);
        scene.at(8 * MINUTE_MS, () => scene.stop());
      },
    });

    expect(played.violations).toEqual([]);
    expect(outcomesOf(played)).toEqual(['rolledBack']);
    expect(movesOf(played)).toEqual([20, 100, 0]);
  });
});

describe('a rollback that waits for half of blue', () => {
  const aborting = (script: (scene: Scene) => void) =>
    play({
      script: (scene) => {
        const { ecs } = scene.stage.world;
        const blue = ecs.taskSets().find(({ status }) => status === 'PRIMARY')?.id ?? '';
        for (let atMs = 4 * MINUTE_MS; atMs < 25 * MINUTE_MS; atMs += 5 * SECOND_MS)
          scene.at(atMs, () => {
            if (ecs.taskSets().some(({ id, runningCount }) => id === blue && runningCount > 1))
              ecs.killTask(blue);
          });
        script(scene);
      },
    });

  test('leaves green within a quarter of a minute once nobody is to wait, and refuses a freeze', async () => {
    const nowAtMs = 20 * MINUTE_MS;
    const played = await aborting((scene) => {
      scene.at(5 * MINUTE_MS, () => scene.say('abort'));
      scene.at(nowAtMs - 30_000, () => scene.say('freeze'));
      scene.at(nowAtMs, () => scene.say('abort', { now: true }));
    });

    expect(played.violations).toEqual([]);
    expect(played.answers).toEqual([
      'accepted',
      expect.stringContaining('it is rolling back already'),
      'accepted',
    ]);
    expect(outcomesOf(played)).toEqual(['rolledBack']);
    const leftAtMs = played.weights.find(({ atMs, green }) => atMs > nowAtMs && green === 0)?.atMs ?? 0;
    expect(leftAtMs).toBeGreaterThan(nowAtMs);
    expect(leftAtMs).toBeLessThan(nowAtMs + 20 * SECOND_MS);
  });
});

describe('blue dies when it has its users back, before green is scaled down', () => {
  test.each([
    ['as soon as it has them', 1_000],
    ['half a minute later', 30_000],
  ])('%s: green stays, has the users until blue is back, and is removed then', async (_when, afterMs) => {
    let diedAtMs = 0;
    const played = await play({
      script: (scene) => {
        scene.at(5 * MINUTE_MS, () => scene.say('abort'));
        scene.when(
          'LetTrafficLeave',
          () => {
            diedAtMs = scene.now();
            keepDead(scene, 'blue', 0, 10 * MINUTE_MS);
          },
          { afterMs },
        );
      },
    });

    expect(played.violations).toEqual([]);
    expect(outcomesOf(played)).toEqual(['rolledBack']);
    expect(movesOf(played)).toEqual([20, 0, 100, 0]);
    const back = played.weights.findLast(({ green }) => green === 0)?.atMs ?? 0;
    expect(back).toBeGreaterThan(diedAtMs + 10 * MINUTE_MS);
  });
});

describe('green loses tasks after its promotion, while blue is whole', () => {
  /** Green's second task, each time it runs. */
  const killSecond = (scene: Scene, fromMs: number, untilMs: number): void => {
    const { ecs } = scene.stage.world;
    const green = ecs.taskSets().find(({ status }) => status === 'PRIMARY')?.id;
    for (let atMs = fromMs; atMs < untilMs; atMs += 10 * SECOND_MS)
      scene.at(atMs, () => {
        const now = ecs.taskSets().find(({ id }) => id === green);
        if (now !== undefined && now.runningCount > 1) ecs.killTask(now.id);
      });
  };
  const shifts = [
    { greenPct: 20, bake: '10m' },
    { greenPct: 100, bake: '5s' },
  ];

  test.each<[string, number, string, number[]]>([
    ['for a moment: blue carries a part, and green finishes', 50, 'succeeded', [20, 100, 75, 100]],
    ['again and again: blue gets all users back', 900, 'rolledBack', [20, 100, 0]],
  ])('%s', async (_how, seconds, outcome, moves) => {
    const played = await play({
      deployments: [{ request: { shifts } }],
      script: (scene) =>
        scene.when('WaitToRetire', () => killSecond(scene, 40 * SECOND_MS, seconds * SECOND_MS)),
    });

    expect(played.violations).toEqual([]);
    expect(outcomesOf(played)).toEqual([outcome]);
    expect(sharesOf(played).filter((share) => outcome === 'succeeded' || share !== 75)).toEqual(moves);
  });
});

test('frozen, nothing moves, and its status shows what would', async () => {
  const played = await play({
    deployments: [{ request: HOUR_LONG }],
    script: (scene) => {
      keepDead(scene, 'blue', 5 * MINUTE_MS, 30 * MINUTE_MS);
      scene.at(4 * MINUTE_MS, () => scene.say('freeze'));
      scene.at(15 * MINUTE_MS, () => scene.say('resume'));
    },
  });

  expect(played.violations).toEqual([]);
  expect(movesOf(played)).toEqual([10, 100, 10, 100]);
  const moved = played.weights.find(({ green }) => green === 100)?.atMs ?? 0;
  expect(moved).toBeGreaterThan(15 * MINUTE_MS);
  expect(moved).toBeLessThan(15 * MINUTE_MS + 15 * SECOND_MS);
});

describe('the watch', () => {
  const movedAfter = (diesAtMs: number, { weights }: Played): number =>
    (weights.find(({ atMs, green }) => atMs > diesAtMs && green === 100)?.atMs ?? Number.NaN) - diesAtMs;

  test('sees a death in the longest gap between two observations of a bake within a minute and a quarter, event or not', async () => {
    const diesAtMs = 35 * MINUTE_MS;
    const dying = (lost: boolean) =>
      play({
        deployments: [{ request: HOUR_LONG }],
        script: (scene) => {
          keepDead(scene, 'blue', diesAtMs, 45 * MINUTE_MS);
          if (lost)
            scene.stage.orchestrator.deliverBy((handler) =>
              handler === 'Watch' ? { lost: true } : { times: 1 },
            );
        },
      });

    const delivered = await dying(false);
    const lost = await dying(true);
    expect([...delivered.violations, ...lost.violations]).toEqual([]);
    expect(movedAfter(diesAtMs, delivered)).toBeLessThan(40 * SECOND_MS);
    expect(movedAfter(diesAtMs, lost)).toBeLessThan(90 * SECOND_MS);
    expect(lossesOf(delivered)).toBeLessThanOrEqual(lossesOf(lost));
  });

  test('wakes nobody while all is well', async () => {
    const woken: string[] = [];
    const played = await play({
      script: ({ stage }) =>
        stage.world.kernel.onServed(({ by, operation }) => {
          if (by === 'Watch' && (operation === 'SendTaskSuccess' || operation === 'UpdateItem'))
            woken.push(operation);
        }),
    });

    expect(outcomesOf(played)).toEqual(['succeeded']);
    expect(woken).toEqual([]);
  });
});
