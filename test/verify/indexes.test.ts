import { expect, test } from 'vitest';
import type { WorldSeed } from '../../sim/parts.types.ts';
import {
  groupArn,
  quickHealthy,
  routeArns,
  ruleArn,
  type SmallService,
  serviceArn,
} from '../../verify/stage/small-names.ts';
import { smallRequest, smallWorld } from '../../verify/stage/small-world.ts';
import { runStage, type Stage } from '../../verify/stage/stage.ts';

/**
 * The simulator finds things by index and does not check again while nothing has changed. Both are held here against
 * the whole world after every event of deployments that are disturbed.
 */

const services: SmallService[] = [
  { name: 'web', routes: ['default', 'rule'], sticky: false, first: false },
  { name: 'api', routes: ['rule'], sticky: true, first: false },
  { name: 'new', routes: ['default'], sticky: false, first: true },
];
const groups = services.flatMap(({ name }) => [groupArn(name, 'a'), groupArn(name, 'b')]);

const everything = ({ elbv2, ecs, dynamoDb }: Stage['world']) => ({
  routes: elbv2.routes().map(({ effectiveGroups: _late, ...route }) => route),
  counts: groups.map((arn) => {
    const { registered, healthy } = elbv2.registry.counts(arn);
    return { registered, healthy };
  }),
  sets: ecs.taskSets().map(({ id, serviceArn, externalId, status, scalePercent, computedDesiredCount }) => ({
    id,
    serviceArn,
    externalId,
    status,
    scalePercent,
    computedDesiredCount,
  })),
  items: dynamoDb.items(),
});

const watch = (stage: Stage): { observations: () => number } => {
  const { world, orchestrator } = stage;
  const { kernel, elbv2, ecs, dynamoDb } = world;
  let seen = { changes: kernel.changes(), text: JSON.stringify(everything(world)) };
  let observations = 0;
  kernel.scheduler.onSettled(() => {
    observations += 1;
    const now = { changes: kernel.changes(), text: JSON.stringify(everything(world)) };
    if (now.changes === seen.changes) expect(now.text).toBe(seen.text);
    else {
      for (const { name } of services) {
        const [a, b] = [groupArn(name, 'a'), groupArn(name, 'b')];
        for (const arns of [[a], [b], [a, b]]) {
          const naming = elbv2
            .routes()
            .filter((route) => route.groups.some(({ targetGroupArn }) => arns.includes(targetGroupArn)));
          expect(elbv2.routesNaming(arns)).toEqual(naming);
        }
        expect(ecs.taskSetsOf(serviceArn(name))).toEqual(
          ecs.taskSets().filter((set) => set.serviceArn === serviceArn(name)),
        );
      }
      const leases = dynamoDb.items().filter(({ pk }) => pk === 'leases');
      expect(dynamoDb.partition('leases')).toEqual(
        leases.toSorted((a, b) => (String(a.sk) < String(b.sk) ? -1 : 1)),
      );
      for (const item of dynamoDb.items()) expect(dynamoDb.item(String(item.pk), String(item.sk))).toBe(item);
      const running = orchestrator.stepFunctions.executions().filter(({ status }) => status === 'RUNNING');
      expect(orchestrator.stepFunctions.running()).toBe(running.length);
    }
    seen = now;
  });
  return { observations: () => observations };
};

/** Nothing names api's second group yet: its deployment attaches it. */
const world = (): WorldSeed => {
  const seed = structuredClone(smallWorld(services));
  for (const { Rule } of seed.rules) {
    const forward = Rule.RuleArn === ruleArn('api') ? Rule.Actions?.[0]?.ForwardConfig : undefined;
    forward?.TargetGroups?.splice(1);
  }
  return seed;
};

test('what is found by index, or not read again, is what a read of everything shows', async () => {
  let observations = (): number => 0;
  const result = await runStage({
    world: world(),
    behaviourOf: () => quickHealthy,
    seed: 5,
    deployments: services.map((service) => ({
      service,
      request: {
        ...smallRequest(service),
        greenTargetGroup: groupArn(service.name, 'b'),
        shifts: [
          { greenPct: 20, bake: '20s' },
          { greenPct: 100, bake: '20s' },
        ],
      },
      startAfterMs: 0,
    })),
    disturb: (stage) => {
      ({ observations } = watch(stage));
      const { kernel, elbv2, ecs, cloudWatch } = stage.world;
      kernel.scheduler.after(45_000, () => ecs.killTask('green'));
      kernel.scheduler.after(50_000, () => ecs.setDesiredCount(serviceArn('web'), 3));
      kernel.scheduler.after(65_000, () => cloudWatch.setAlarm('api-b-5xx', 'ALARM', 'test'));
      kernel.scheduler.after(70_000, () => {
        stage.foreignWrite();
        elbv2.deleteRule(routeArns(services[0] as SmallService)[1] ?? '', 'somebody');
      });
    },
  });

  expect(observations()).toBeGreaterThan(500);
  expect(result.ends.map(({ outcome }) => outcome?.kind)).toContain('succeeded');
  expect(result.ends.map(({ outcome }) => outcome?.kind)).toContain('rolledBack');
});
