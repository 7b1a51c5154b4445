import { describe, expect, test } from 'vitest';
import { watch } from '../../functions/watch.ts';
import { aTaskHook } from '../core/hooks/a-hook.ts';
import {
  anEventsWorld,
  answerEventsFrom,
  deploying,
  type EventsWorld,
  invokingWith,
} from './other-deployments.ts';

const run = invokingWith('Watch', watch);

test.each([
  null,
  'text',
  [],
  { detail: 5 },
  { detail: { group: 5, clusterArn: 'c' } },
  { detail: { clusterArn: {} } },
])('what is no event of a task or a schedule is refused: %j', async (event) => {
  answerEventsFrom(anEventsWorld());

  await expect(run(event)).rejects.toMatchObject({ name: 'InvalidRequest' });
});

test.each([{}, { detail: {} }, { 'detail-type': 'Scheduled Event', detail: { group: 'service:shop' } }])(
  'a schedule’s event names no task: %j',
  async (event) => {
    answerEventsFrom(anEventsWorld());

    expect(await run(event)).toEqual({ woken: [] });
  },
);

describe('the event of a hook’s task that is to stop', () => {
  const RUN = {
    runId: 'run-7',
    name: 'migrate',
    stage: 'PRE_SCALE_UP',
    step: 0,
    kind: 'task',
    launch: { ...aTaskHook().launch, beside: ['envoy'] },
  };
  const KEY = 'deployment#d-1 hook#PRE_SCALE_UP#0#migrate';
  const stopping = (web: string, envoy: string, lastStatus = 'RUNNING') => ({
    detail: {
      clusterArn: 'c',
      group: 'cutover:run-7',
      startedBy: 'd-1',
      lastStatus,
      containers: [
        { name: 'web', lastStatus: web },
        { name: 'envoy', lastStatus: envoy, exitCode: 0 },
      ],
    },
  });
  const hooked = (): EventsWorld => {
    const world = anEventsWorld();
    deploying(world, 'shop', 'd-1');
    world.items[KEY] = {
      pk: { S: 'deployment#d-1' },
      sk: { S: 'hook#PRE_SCALE_UP#0#migrate' },
      runJson: { S: JSON.stringify(RUN) },
    };
    answerEventsFrom(world);
    return world;
  };

  test('keeps that another essential container ended first, and wakes the deployment', async () => {
    const world = hooked();

    expect(await run(stopping('RUNNING', 'STOPPED'))).toEqual({ woken: ['d-1'] });
    expect(world.items[KEY]?.cutShort?.S).toContain('envoy with 0 ended while web still ran');
  });

  test.each([
    ['the deciding one ended first', stopping('STOPPED', 'RUNNING')],
    ['the task is stopped by somebody', stopping('RUNNING', 'RUNNING')],
    ['it is another run’s', { detail: { ...stopping('RUNNING', 'STOPPED').detail, group: 'cutover:run-8' } }],
  ])('keeps nothing where %s', async (_what, event) => {
    const world = hooked();

    expect(await run(event)).toEqual({ woken: [] });
    expect(world.items[KEY]).not.toHaveProperty('cutShort');
  });

  test('with containers that are none is refused', async () => {
    hooked();

    await expect(
      run({ detail: { ...stopping('RUNNING', 'STOPPED').detail, containers: [5] } }),
    ).rejects.toMatchObject({ name: 'InvalidRequest' });
  });
});
