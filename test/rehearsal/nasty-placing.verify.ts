import { describe, expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../core/clock.ts';
import { groupArn } from '../../verify/stage/small-names.ts';
import { outcomesOf, type Played, play, type Scene } from './a-scene.ts';

/** Blue loses its tasks behind a route whose clients hold a cookie for its group, whatever its weight is. */

const SHIFTS = [
  { greenPct: 10, bake: '1h' },
  { greenPct: 100, bake: '1h' },
];
const BLUE = groupArn('web', 'a');

/** All of blue's tasks end, and no other can be placed until then. */
const die = ({ stage: { world } }: Scene, forMs: number): void => {
  const blue = world.ecs.taskSets().find(({ status }) => status === 'PRIMARY')?.id ?? '';
  world.ecs.holdLaunches(blue, forMs);
  while (world.ecs.killTask(blue) !== undefined);
};

type Listed = { atMs: number; blue: number | null };

const sticky = async (script: (scene: Scene) => void): Promise<{ played: Played; listed: Listed[] }> => {
  const listed: Listed[] = [];
  const played = await play({
    shape: { sticky: true },
    deployments: [{ request: { shifts: SHIFTS, timeToHealthy: '30m' } }],
    script: (scene) => {
      scene.stage.world.kernel.onEvent(({ kind, data }) => {
        if (kind !== 'weights') return;
        const groups = data?.groups as { targetGroupArn: string; weight: number }[];
        const blue = groups.find(({ targetGroupArn }) => targetGroupArn === BLUE)?.weight ?? null;
        listed.push({ atMs: scene.now(), blue });
      });
      script(scene);
    },
  });
  return { played, listed };
};

/**
 * Blue's weight as it changed, both routes as one; null: its group is not listed. One of its two tasks may end a moment
 * before the other: it gets 75 % for that moment.
 */
const changes = (listed: Listed[]) =>
  listed
    .map(({ blue }) => blue)
    .filter((blue) => blue !== 75)
    .filter((blue, index, all) => index === 0 || blue !== all[index - 1]);

/** Milliseconds from then until blue's group has this weight. */
const msUntil = (fromMs: number, listed: Listed[], weight: number | null): number =>
  (listed.find(({ atMs, blue }) => atMs > fromMs && blue === weight)?.atMs ?? Number.NaN) - fromMs;

describe('blue is gone behind a sticky route', () => {
  const AWAY_MS = 15 * MINUTE_MS;
  const diesAt = (atMs: number) => (scene: Scene) => scene.at(atMs, () => die(scene, AWAY_MS));

  test('in a bake: green answers its clients, and it returns at 0, is checked, and gets its users back', async () => {
    const diesAtMs = 35 * MINUTE_MS;
    const { played, listed } = await sticky(diesAt(diesAtMs));

    expect(played.violations).toEqual([]);
    expect(outcomesOf(played)).toEqual(['succeeded']);
    expect(changes(listed)).toEqual([90, null, 0, 90, 0, null]);
    expect(msUntil(diesAtMs, listed, null)).toBeLessThan(40 * SECOND_MS);
    // ECS starts it again, the load balancer checks it, and a calm minute has to pass.
    expect(msUntil(diesAtMs + AWAY_MS, listed, 0)).toBeLessThan(75 * SECOND_MS);
    expect(msUntil(diesAtMs + AWAY_MS, listed, 90)).toBeGreaterThan(msUntil(diesAtMs + AWAY_MS, listed, 0));
  });

  test('when green has everything, and only clients with an old cookie are left with it', async () => {
    const diesAtMs = HOUR_MS + 35 * MINUTE_MS;
    const { played, listed } = await sticky(diesAt(diesAtMs));

    expect(played.violations).toEqual([]);
    expect(outcomesOf(played)).toEqual(['succeeded']);
    expect(changes(listed)).toEqual([90, 0, null, 0, null]);
    expect(msUntil(diesAtMs, listed, null)).toBeLessThan(40 * SECOND_MS);
  });

  test.each<[string, (scene: Scene) => void]>([
    ['an abort meanwhile', (scene) => scene.say('abort')],
    ['the execution is stopped meanwhile', (scene) => scene.stop()],
  ])('%s: the rollback sees it recover', async (_how, happens) => {
    const { played, listed } = await sticky((scene) => {
      diesAt(5 * MINUTE_MS)(scene);
      scene.at(8 * MINUTE_MS, () => happens(scene));
    });

    expect(played.violations).toEqual([]);
    expect(outcomesOf(played)).toEqual(['rolledBack']);
    expect(changes(listed)).toEqual([90, null, 0, 100]);
  });

  test('frozen, its group stays where it is', async () => {
    const { played, listed } = await sticky((scene) => {
      scene.at(4 * MINUTE_MS, () => scene.say('freeze'));
      diesAt(5 * MINUTE_MS)(scene);
      scene.at(40 * MINUTE_MS, () => scene.say('resume'));
    });

    expect(played.violations).toEqual([]);
    expect(changes(listed)).toEqual([90, 0, null]);
  });
});
