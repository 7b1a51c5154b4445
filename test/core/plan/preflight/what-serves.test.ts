import { describe, expect, test } from 'vitest';
import { sendsRequestsTo } from '../../../../core/plan/discovery.ts';
import { preflight } from '../../../../core/plan/preflight/preflight.ts';
import type { PlanObservation } from '../../../../core/vocabulary/observation.types.ts';
import {
  aFirstRequest,
  anObservation,
  aRequest,
  aRoute,
  aService,
  aTaskSet,
  BLUE_GROUP,
  GREEN_GROUP,
  healthyTargets,
} from '../../an-observation.ts';

const statuses = ['PRIMARY', 'ACTIVE', 'DRAINING'] as const;
const weights = [
  { [BLUE_GROUP]: 100, [GREEN_GROUP]: 0 },
  { [BLUE_GROUP]: 50, [GREEN_GROUP]: 50 },
  { [BLUE_GROUP]: 0, [GREEN_GROUP]: 100 },
  { [BLUE_GROUP]: 100 },
];

const worlds: { name: string; observed: PlanObservation }[] = weights.flatMap((weight) =>
  statuses.flatMap((first) =>
    [...statuses, null].flatMap((second) => {
      if (first === 'PRIMARY' && second === 'PRIMARY') return [];
      const others =
        second === null ? [] : [aTaskSet({ id: 'ecs-svc/2', status: second, targetGroupArn: GREEN_GROUP })];
      const observed = anObservation({
        service: aService({ taskSets: [aTaskSet({ id: 'ecs-svc/1', status: first }), ...others] }),
        routes: [aRoute(weight)],
        targets: { [BLUE_GROUP]: healthyTargets(2), [GREEN_GROUP]: healthyTargets(2) },
      });
      return [{ name: `${first} ${second ?? 'alone'}, ${Object.values(weight).join('/')}`, observed }];
    }),
  ),
);

const commandsOf = (observed: PlanObservation): string[] =>
  [aRequest(), aFirstRequest()].flatMap((request) =>
    preflight(observed, request).flatMap(({ commands = [] }) => commands),
  );

/** The groups that a command would take from under its users. */
const takenFrom = (observed: PlanObservation, command: string): string[] => {
  const deleted = /delete-task-set .*--task-set (\S+)/.exec(command)?.[1];
  const deregistered = /deregister-targets --target-group-arn (\S+)/.exec(command)?.[1];
  const sets = observed.service?.taskSets ?? [];
  const group = deregistered ?? sets.find(({ id }) => id === deleted)?.targetGroupArn;
  return group !== undefined && observed.routes.some((route) => sendsRequestsTo(route, group))
    ? [command]
    : [];
};

describe('what serves users is never offered for deletion, nor its targets for deregistration', () => {
  test.each(worlds)('$name', ({ observed }) => {
    expect(commandsOf(observed).flatMap((command) => takenFrom(observed, command))).toEqual([]);
  });

  test('what serves nobody is, so that the rule is not kept by silence', () => {
    const offered = worlds.flatMap(({ observed }) => commandsOf(observed)).join('\n');

    expect(offered).toContain('delete-task-set');
    expect(offered).toContain('deregister-targets');
  });

  test('the only task set, ACTIVE, is to be made PRIMARY', () => {
    const observed = anObservation({
      service: aService({ taskSets: [aTaskSet({ id: 'ecs-svc/1', status: 'ACTIVE' })] }),
    });

    const [found] = preflight(observed, aRequest()).filter(({ id }) => id === 'serves-without-primary');
    expect(found?.commands).toEqual([
      'aws ecs update-service-primary-task-set --cluster main --service shop --primary-task-set ecs-svc/1',
    ]);
  });
});

describe('a command that writes weights takes no other action away', () => {
  const wrong = aRoute({ [BLUE_GROUP]: 0, [GREEN_GROUP]: 100 });
  const of = (route: PlanObservation['routes'][number]): string[] =>
    commandsOf(anObservation({ routes: [route] })).filter((command) => command.startsWith('aws elbv2'));

  test('on a route that only forwards it is written whole', () => {
    expect(of(wrong).join('\n')).toMatch(/modify-(rule|listener)/);
  });

  test.each([['authenticate-oidc'], ['authenticate-cognito'], ['jwt-validation']])(
    'on one with %s it writes what it has just read',
    (type) => {
      const route = { ...wrong, original: { ...wrong.original, otherActions: [type] } };

      expect(of(route).filter((command) => command.includes('modify-')).length).toBeGreaterThan(0);
      for (const command of of(route))
        expect(command).toMatch(
          /^aws elbv2 describe-.* \| jq '.*' \| aws elbv2 modify-.* file:\/\/\/dev\/stdin$/,
        );
      expect(
        preflight(anObservation({ routes: [route] }), aRequest())
          .map(({ fix }) => fix)
          .join(),
      ).toContain(type);
    },
  );
});
