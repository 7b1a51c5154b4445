import { describe, expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../core/clock.ts';
import { outcomesOf, type Played, play, restoredAtMs, type Scene } from './a-scene.ts';

/** A command or a task that stops wakes a deployment wherever a visit could help somebody, not only in a bake. */

/** A command is on its way for half a second, an event for up to three; then RollBack reads and writes. */
const AT_ONCE_MS = 12 * SECOND_MS;

/** Hours of it are played: the metrics of both colours are not what is tested. */
const deployments = [{ request: { analysis: 'off' } }];

const taskSetOf = (scene: Scene, which: 'blue' | 'green') =>
  scene.stage.world.ecs.taskSets().find(({ status }) => (which === 'blue') === (status === 'PRIMARY'));

/** Kills the tasks of a colour beyond so many, again and again. */
const keepAt = (
  scene: Scene,
  which: 'blue' | 'green',
  most: number,
  fromMs: number,
  untilMs: number,
): void => {
  for (let atMs = fromMs; atMs < untilMs; atMs += 5 * SECOND_MS)
    scene.at(atMs, () => {
      const { ecs } = scene.stage.world;
      const { id = '', runningCount = 0 } = taskSetOf(scene, which) ?? {};
      for (let over = runningCount - most; over > 0; over -= 1) ecs.killTask(id);
    });
};

const firstVisitAfter = ({ entered }: Played, state: string, atMs: number): number =>
  (entered.find((one) => one.state === state && one.atMs >= atMs)?.atMs ?? Number.NaN) - atMs;

describe('a rollback that has waited for blue for an hour', () => {
  const held = (untilMs: number, script: (scene: Scene) => void) =>
    play({
      deployments,
      script: (scene) => {
        keepAt(scene, 'blue', 1, 4 * MINUTE_MS, untilMs);
        scene.at(5 * MINUTE_MS, () => scene.say('abort'));
        script(scene);
      },
    });

  test('obeys an abort that is to wait for nobody at once', async () => {
    const saidAtMs = 50 * MINUTE_MS + 13 * SECOND_MS;
    const played = await held(saidAtMs - 3 * SECOND_MS, (scene) =>
      scene.at(saidAtMs, () => scene.say('abort', { now: true })),
    );

    expect(played.violations).toEqual([]);
    expect(played.answers).toEqual(['accepted', 'accepted']);
    expect(outcomesOf(played)).toEqual(['rolledBack']);
    expect(restoredAtMs(played)).toBeGreaterThan(saidAtMs);
    expect(restoredAtMs(played)).toBeLessThan(saidAtMs + AT_ONCE_MS);
  });

  test('moves users from a green that dies at once, and not at its next observation', async () => {
    const diesAtMs = 50 * MINUTE_MS + 13 * SECOND_MS;
    const played = await held(HOUR_MS, (scene) =>
      keepAt(scene, 'green', 0, diesAtMs, diesAtMs + 10 * MINUTE_MS),
    );

    expect(played.violations).toEqual([]);
    expect(outcomesOf(played)).toEqual(['rolledBack']);
    const moved = played.weights.find(({ atMs, green }) => atMs > diesAtMs && green === 0)?.atMs ?? 0;
    expect(moved - diesAtMs).toBeLessThan(AT_ONCE_MS);
  });
});

test('blue dies while the last requests leave green: users are back on green within seconds', async () => {
  let diedAtMs = 0;
  const played = await play({
    deployments,
    script: (scene) => {
      scene.at(5 * MINUTE_MS, () => scene.say('abort'));
      scene.when('LetTrafficLeave', () => {
        diedAtMs = scene.now();
        keepAt(scene, 'blue', 0, 0, 10 * MINUTE_MS);
      });
    },
  });

  expect(played.violations).toEqual([]);
  expect(outcomesOf(played)).toEqual(['rolledBack']);
  const served = played.weights.find(({ atMs, green }) => atMs > diedAtMs && green === 100)?.atMs ?? 0;
  expect(served - diedAtMs).toBeLessThan(AT_ONCE_MS);
});

describe('frozen for an hour while green is about to finish', () => {
  test.each([
    ['an abort', 'abort', 'RollBack'],
    ['a resume', 'resume', 'RetireBlue'],
  ] as const)('%s is obeyed at once', async (_what, command, state) => {
    const saidAtMs = 90 * MINUTE_MS + 13 * SECOND_MS;
    const played = await play({
      deployments,
      script: (scene) => {
        scene.when('PromoteGreen', () => scene.say('freeze'), { afterMs: 0 });
        scene.at(saidAtMs, () => scene.say(command));
      },
    });

    expect(played.violations).toEqual([]);
    expect(played.answers).toEqual(['accepted', 'accepted']);
    expect(outcomesOf(played)).toEqual([command === 'abort' ? 'rolledBack' : 'succeeded']);
    expect(firstVisitAfter(played, state, saidAtMs)).toBeLessThan(AT_ONCE_MS);
  });
});

test('frozen for an hour before the first shift: an abort is obeyed at once', async () => {
  const saidAtMs = 90 * MINUTE_MS + 13 * SECOND_MS;
  const played = await play({
    deployments,
    script: (scene) => {
      scene.when('CheckGreen', () => scene.say('freeze'));
      scene.at(saidAtMs, () => scene.say('abort'));
    },
  });

  expect(played.violations).toEqual([]);
  expect(outcomesOf(played)).toEqual(['rolledBack']);
  expect(firstVisitAfter(played, 'RollBack', saidAtMs)).toBeLessThan(AT_ONCE_MS);
});
