import { describe, expect, test } from 'vitest';
import { expectConverged } from './a-rehearsal.ts';
import {
  busy,
  counts,
  cpu,
  NOTHING,
  playing,
  scaledBy,
  schedule,
  shifts,
  suspended,
} from './a-scaled-service.ts';
import { outcomesOf, play, type Scene } from './a-scene.ts';

/** After the n-th change of the scalable target that was made. */
const afterChange = (scene: Scene, nth: number, happens: () => void): void => {
  let seen = 0;
  scene.stage.world.kernel.onServed(({ operation }, ok) => {
    if (!ok || operation !== 'RegisterScalableTarget') return;
    seen += 1;
    if (seen === nth) happens();
  });
};

describe('the execution is stopped, and the scaling is as it was found all the same', () => {
  test.each<[string, (scene: Scene) => void, string]>([
    ['before it suspends', (scene) => scene.when('AttachGreen', scene.stop, { afterMs: 0 }), 'rolledBack'],
    ['right after it suspends', (scene) => afterChange(scene, 1, scene.stop), 'rolledBack'],
    [
      'right after it resumes, before the record is closed',
      (scene) => afterChange(scene, 2, scene.stop),
      'succeeded',
    ],
  ])('%s', async (_when, script, outcome) => {
    let suspendedAtEnd: unknown;
    const played = await play({
      shape: { scaled: true },
      script: (scene) => {
        script(scene);
        scene.stage.world.kernel.onEvent(() => {
          suspendedAtEnd = scene.stage.world.autoScaling.suspendedOf('service/proof/web');
        });
      },
    });

    expect(played.violations).toEqual([]);
    expect(played.executions[0]?.status).toBe('ABORTED');
    expect(outcomesOf(played)).toEqual([outcome]);
    expect(suspendedAtEnd).toEqual(NOTHING);
  });
});

describe('what is found is what is left', () => {
  const SCALE_IN = { ...NOTHING, DynamicScalingInSuspended: true };

  test('its API is throttled for three hours at the end: the lease is kept until it is restored', async () => {
    const played = await playing(scaledBy([cpu]), { shifts: shifts.slice(1) }, [
      'throttle:application-autoscaling:3h@state:RecordOutcome',
    ]);

    expectConverged(played);
    expect(suspended(played)).toEqual(NOTHING);
    expect(played.report.record?.scaling).toMatchObject({ kind: 'restored' });
  });

  test('somebody resumed it by hand meanwhile: that is how it was found, and nothing is written', async () => {
    const played = await playing(scaledBy([cpu]), { shifts: shifts.slice(1) }, [
      'foreign-scaling:resumed@shift:1',
    ]);

    expectConverged(played);
    expect(suspended(played)).toEqual(NOTHING);
    expect(played.report.record?.scaling).toMatchObject({ kind: 'asFound' });
  });

  test('scale-in was suspended before the deployment, and is after it', async () => {
    const played = await playing(scaledBy([cpu], [], SCALE_IN), { shifts: shifts.slice(1) });

    expectConverged(played);
    expect(suspended(played)).toEqual(SCALE_IN);
    expect(
      played.report.apiCalls.byOperation['application-autoscaling:RegisterScalableTarget'],
    ).toBeUndefined();
  });
});

test('a step policy adds tasks in the middle of a shift, and what another would have taken is not taken', async () => {
  const both = scaledBy([cpu, busy]);
  const played = await playing(both, {}, ['load:2x@shift:2']);
  const left = await playing(both, { autoscaling: 'leave' }, ['load:2x@shift:2']);

  expectConverged(played);
  expect(Math.min(...counts(left))).toBe(5);
  // Counted from the twelve that run, each colour with its six.
  expect(counts(played)).toEqual([14]);
  expect(suspended(played)).toEqual(NOTHING);
});

test('the desired count grows fourfold in the minute in which blue dies: green has the users, and nobody gets more than it carries', async () => {
  const world = scaledBy([], [schedule('at(2026-01-05T09:16:00)', 24)]);
  const played = await playing(world, {}, ['colour-dies:blue@shift:1']);

  expectConverged(played);
  expect(played.report.outcome).toBe('succeeded');
  expect(counts(played)).toEqual([24]);
  const written = played.events
    .filter(({ event }) => event.kind === 'weights')
    .map(({ event, status }) => {
      const green = Number(/orders-b (\d+)/.exec(event.what)?.[1]);
      return { green, healthy: [status.blue.healthy, status.green.healthy] };
    });
  // 2 of 6 carry half of the users, none carries none; back only when both have their 24.
  expect(written.map(({ green }) => green)).toEqual([10, 50, 100, 10, 50, 100]);
  expect(written[2]?.healthy).toEqual([0, 6]);
  expect(written[3]?.healthy).toEqual([24, 24]);
});
