import { expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../core/clock.ts';
import type { Delivery } from '../../sim/orchestrator.ts';
import { groupArn } from '../../verify/stage/small-names.ts';
import { ALARM, outcomesOf, type Played, type PlayOptions, play, type Scene } from './a-scene.ts';

/**
 * A bake of six hours is observed five times by its own workflow, the last two more than four hours apart. What goes
 * wrong between them is seen within two minutes, also when its event is lost or none exists.
 */

const SIX_HOURS = {
  shifts: [
    { greenPct: 10, bake: '6h' },
    { greenPct: 100, bake: '5m' },
  ],
};
const AT_MS = 4 * HOUR_MS;

const inALongBake = (script: NonNullable<PlayOptions['script']>, request = {}): Promise<Played> =>
  play({ deployments: [{ request: { ...SIX_HOURS, ...request } }], script });

/** Milliseconds from the trouble to the first write after it. */
const movedAfterMs = ({ entered, weights }: Played, index = 0): number => {
  const troubleAtMs = (entered[0]?.atMs ?? 0) + AT_MS;
  const write = weights.filter(({ atMs }) => atMs > troubleAtMs)[index];
  return (write?.atMs ?? Number.POSITIVE_INFINITY) - troubleAtMs;
};

const reasonsAfter = ({ decisions, entered }: Played, ms: number): string[] =>
  decisions.filter(({ atMs }) => atMs >= (entered[0]?.atMs ?? 0) + ms).map(({ reason }) => reason);

const loseAlarmEvents = ({ stage }: Scene): void =>
  stage.orchestrator.deliverBy((handler) => {
    const delivery: Delivery = handler === 'OnAlarm' ? { lost: true } : {};
    return delivery;
  });

const writeOneRoute = ({ stage }: Scene, greenPct: number): void => {
  const [route] = stage.world.elbv2.routes();
  const { elbv2 } = stage.world;
  elbv2.foreignWrite(
    route?.arn ?? '',
    [
      { targetGroupArn: groupArn('web', 'a'), weight: 100 - greenPct },
      { targetGroupArn: groupArn('web', 'b'), weight: greenPct },
    ],
    'somebody else',
  );
};

test('an alarm turns red and its event is lost: users are back within two minutes', async () => {
  const played = await inALongBake((scene) => {
    loseAlarmEvents(scene);
    scene.at(AT_MS, () => scene.alarm('ALARM'));
  });

  expect(played.violations).toEqual([]);
  expect(outcomesOf(played)).toEqual(['rolledBack']);
  expect(movedAfterMs(played)).toBeLessThan(2 * MINUTE_MS);
});

test('an alarm that was red at the start is OK for a while between two observations: it counts from then on', async () => {
  const played = await inALongBake(
    (scene) => {
      scene.alarm('ALARM');
      scene.at(AT_MS - 10 * MINUTE_MS, () => scene.alarm('OK'));
      scene.at(AT_MS, () => scene.alarm('ALARM'));
    },
    { alarms: { names: [ALARM], redAtStart: 'ignoreUntilOk' } },
  );

  expect(played.violations).toEqual([]);
  expect(outcomesOf(played)).toEqual(['rolledBack']);
  expect(movedAfterMs(played)).toBeLessThan(2 * MINUTE_MS);
});

test('somebody else writes the weights of one route: it is undone within two minutes', async () => {
  const played = await inALongBake((scene) => scene.at(AT_MS, () => writeOneRoute(scene, 50)));

  expect(played.violations).toEqual([]);
  expect(outcomesOf(played)).toEqual(['rolledBack']);
  // The first write is theirs.
  expect(movedAfterMs(played, 1)).toBeLessThan(2 * MINUTE_MS);
});

test('one of green’s tasks stays away: three minutes later users are back', async () => {
  const played = await inALongBake((scene) => {
    for (let atMs = AT_MS; atMs < AT_MS + 10 * MINUTE_MS; atMs += 10_000)
      scene.at(atMs, () => {
        const { ecs } = scene.stage.world;
        const green = ecs.taskSets().find(({ status }) => status !== 'PRIMARY');
        if (green !== undefined && green.runningCount > 1) ecs.killTask(green.id);
      });
  });

  expect(played.violations).toEqual([]);
  expect(outcomesOf(played)).toEqual(['rolledBack']);
  expect(movedAfterMs(played)).toBeLessThan(6 * MINUTE_MS);
});

test('a frozen deployment is woken once by a red alarm, and not each minute', async () => {
  const played = await inALongBake((scene) => {
    loseAlarmEvents(scene);
    scene.at(AT_MS - HOUR_MS / 2, () => scene.say('freeze'));
    scene.at(AT_MS, () => scene.alarm('ALARM'));
    scene.at(AT_MS + HOUR_MS / 2, () => scene.say('abort'));
  });

  expect(played.violations).toEqual([]);
  expect(outcomesOf(played)).toEqual(['rolledBack']);
  expect(reasonsAfter(played, AT_MS)).toEqual([
    'freeze by ada (claimed): the banner is wrong; nothing moves until resume or abort',
    'abort by ada (claimed): the banner is wrong',
  ]);
});
