import { describe, expect, test } from 'vitest';
import type { Command } from '../../core/vocabulary/command.types.ts';
import { ALL_GREEN } from '../../core/weights/weights.ts';
import { watch } from '../../functions/watch.ts';
import { NOW } from '../core/a-deployment.ts';
import { aTaskHook } from '../core/hooks/a-hook.ts';
import { aCommand } from './a-command.ts';
import { aHost } from './a-handler.ts';
import { DEPLOYMENT, theirPlan } from './a-plan.ts';
import { bothRoutesAt } from './answers.ts';
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

describe('a deployment that waits and reads nothing meanwhile', () => {
  const at = { item: `deployment#${DEPLOYMENT} decision#00${NOW}`, later: aHost({ nowMs: NOW + 600_000 }) };
  const waiting = (routes: [number, number], commands: Command[] = []): EventsWorld => {
    const world = answerEventsFrom({ ...anEventsWorld(), routes: bothRoutesAt(...routes) });
    deploying(world, 'shop', DEPLOYMENT, { record: { plan: theirPlan(), commands } });
    return world;
  };
  const promoted = (routes: [number, number], commands: Command[] = []): void => {
    const { items } = waiting(routes, commands);
    const had = theirPlan().routes.map(({ label }) => ({ label, weights: ALL_GREEN }));
    const evidence = {
      observedAtMs: NOW,
      blue: null,
      green: { healthy: 2, wanted: 2 },
      alarms: [],
      routes: had,
      commands: [],
    };
    const position = theirPlan().shifts.length - 1;
    const decision = { kind: 'promote', position, waitSeconds: 0, ignoredUntilOk: [], evidence };
    items[at.item] = {
      pk: { S: `deployment#${DEPLOYMENT}` },
      sk: { S: `decision#00${NOW}` },
      decisionJson: { S: JSON.stringify(decision) },
    };
  };

  test.each<[string, (routes: [number, number], commands?: Command[]) => unknown, [number, number]]>([
    ['before the first shift', waiting, [100, 0]],
    ['before blue goes', promoted, [0, 100]],
  ])('%s is woken when somebody else moves users, and not in a freeze', async (_when, world, own) => {
    world(own);
    expect(await run({}, at.later)).toEqual({ woken: [] });
    world([0, 0]);
    expect(await run({}, at.later)).toEqual({ woken: [DEPLOYMENT] });
    world([own[1], own[0]], [aCommand('pause')]);
    expect(await run({}, at.later)).toEqual({ woken: [DEPLOYMENT] });
    world([0, 0], [aCommand('freeze')]);
    expect(await run({}, at.later)).toEqual({ woken: [] });
  });

  test('is left alone by the event of a task, which says nothing of the routes', async () => {
    waiting([0, 0]);

    expect(await run({ detail: { clusterArn: 'main', group: 'service:shop' } }, at.later)).toEqual({
      woken: [],
    });
  });
});

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
