import { describe, expect, test } from 'vitest';
import { discover } from '../../../core/plan/discovery.ts';
import { taskLaunch } from '../../../core/plan/hook-task.ts';
import type { TaskHook } from '../../../core/vocabulary/hooks.types.ts';
import { anObservation, aRequest, aTaskDefinition, aTaskSet, NEW_REVISION } from '../an-observation.ts';

/** What a hook's task is started with, and what it may lack. */

const launchOf = (
  task: object,
  observation: Parameters<typeof anObservation>[0] = {},
  changes: Record<string, unknown> = {},
) => {
  const hooks = [{ name: 'migrate', stages: ['PRE_SCALE_UP'], task: { taskDefinition: 'green', ...task } }];
  const request = aRequest({ ...changes, hooks });
  const observed = anObservation(observation);
  const [hook] = request.hooks ?? [];
  return taskLaunch(hook as TaskHook, observed, request, discover(observed, request));
};

const [web] = aTaskDefinition().containers;
const withLogger = {
  taskDefinition: aTaskDefinition({
    containers: [web, web && { ...web, name: 'logger', essential: false as const }].flatMap(
      (one) => one ?? [],
    ),
  }),
};

describe('a hook’s task', () => {
  test('is green’s own image where green runs, with another command', () => {
    expect(launchOf({ command: ['migrate'], environment: { A: '1' } })).toEqual({
      launch: {
        taskDefinitionArn: NEW_REVISION,
        container: 'web',
        command: ['migrate'],
        environment: { A: '1' },
        network: aTaskSet().network,
        launchType: 'FARGATE',
        platformVersion: aTaskSet().platformVersion,
      },
    });
  });

  test('names the essential containers that may end it beside the one that decides', () => {
    const essential = withLogger.taskDefinition.containers.map(({ essential: _not, ...one }) => one);
    const observed = { taskDefinition: aTaskDefinition({ containers: essential }) };

    expect(launchOf({ container: 'web' }, observed)).toMatchObject({ launch: { beside: ['logger'] } });
    expect(launchOf({}, withLogger)).not.toHaveProperty('launch.beside');
  });

  test('runs where the request wants green, unless the hook wants it elsewhere', () => {
    const spot = [{ capacityProvider: 'FARGATE_SPOT', weight: 1, base: 0 }];
    const placed = { capacityProviders: spot };

    expect(launchOf({}, {}, placed)).toMatchObject({ launch: placed });
    expect(launchOf({ launchType: 'EC2' }, {}, placed)).toMatchObject({ launch: { launchType: 'EC2' } });
    expect(launchOf({ launchType: 'EC2' }, {}, placed)).not.toMatchObject({ launch: placed });
    expect(launchOf(placed)).toMatchObject({ launch: placed });
    expect(launchOf(placed)).not.toMatchObject({ launch: { launchType: 'FARGATE' } });
  });

  test('has a network exactly if its task definition is awsvpc', () => {
    const bridge = aTaskDefinition({ arn: 'migrate:3', networkMode: 'bridge' });
    const launched = launchOf(
      { taskDefinition: 'migrate:3', launchType: 'EC2' },
      { hookTaskDefinitions: { 'migrate:3': bridge } },
    );

    expect(launched).toMatchObject({ launch: { taskDefinitionArn: 'migrate:3' } });
    expect(launched).not.toHaveProperty('launch.network');
  });

  test('knows where its output goes', () => {
    const log = { group: '/ecs/shop', streamPrefix: 'web' };
    const taskDefinition = aTaskDefinition({ containers: web === undefined ? [] : [{ ...web, log }] });

    expect(launchOf({}, { taskDefinition })).toMatchObject({ launch: { log } });
  });

  test('takes the only essential container, or the essential one that is named', () => {
    expect(launchOf({}, withLogger)).toMatchObject({ launch: { container: 'web' } });
    expect(launchOf({ container: 'web' }, withLogger)).toMatchObject({ launch: { container: 'web' } });
    expect(launchOf({ container: 'logger' }, withLogger)).toMatchObject({
      problem: { kind: 'container', found: 'logger, which is not essential' },
    });
    expect(launchOf({ container: 'migrate' }, withLogger)).toMatchObject({
      problem: { kind: 'container', found: 'no migrate among web, logger' },
    });
  });

  test('needs an ACTIVE task definition', () => {
    const inactive = { hookTaskDefinitions: { 'migrate:3': aTaskDefinition({ status: 'INACTIVE' }) } };

    expect(launchOf({ taskDefinition: 'migrate:3' }, inactive)).toMatchObject({
      problem: { kind: 'definition', status: 'INACTIVE' },
    });
  });
});
