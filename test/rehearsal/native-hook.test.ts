import { CreateTaskSetCommand } from '@aws-sdk/client-ecs';
import { describe, expect, test, vi } from 'vitest';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../core/clock.ts';
import type { HookAnswer } from '../../core/native/hook-answer.ts';
import type { ApplicationMetric } from '../../core/vocabulary/analysis.types.ts';
import { analysisHook } from '../../functions/analysis-hook.ts';
import { toHandler } from '../../functions/step.ts';
import { behavioursFor } from '../../rehearsal/versions.ts';
import type { WorldSeed } from '../../sim/parts.types.ts';
import { makeWorld } from '../../sim/world.ts';
import { aContext, aHost } from '../functions/a-handler.ts';
import { worldOf } from './a-rehearsal.ts';

/**
 * A canary that ECS itself would make, in the simulated shop: ECS's steps and its calls of the hook are played here;
 * the load balancer, its traffic and its metrics are the simulator's, the hook and its adapters are those of
 * production.
 */
vi.setConfig({ testTimeout: 120_000 });

const STEPS = [5, 25];
const STEP_BAKE_MS = MINUTE_MS;
const ecsArn = (kind: string, id: string): string =>
  `arn:aws:ecs:us-east-1:111122223333:${kind}/prod/shop/${id}`;
const [DEPLOYMENT, GREEN, BLUE] = [
  ecsArn('service-deployment', 'd1'),
  ecsArn('service-revision', '2'),
  ecsArn('service-revision', '1'),
];

type Story = {
  /** The last answer at each stage, and how long the hook waited. */
  steps: { stage: string; greenPct: number; status: string; minutes: number; reason: string }[];
  green: { requests: number; failed: number };
};

/** What the shop itself counts, under the revision that counts it. */
const published = (metric: string) => ({
  namespace: 'Shop',
  metric,
  dimensions: { Service: 'shop', Revision: '{taskDefinitionRevision}' },
});
const ORDERS = {
  name: 'orders',
  requests: [published('OrdersPlaced'), published('OrdersRefused')],
  bad: [published('OrdersRefused')],
  use: 'decide',
} satisfies Omit<ApplicationMetric, 'psi' | 'delta'>;

const canary = async (version: string, requestsPerSecond: number, hookDetails: object): Promise<Story> => {
  const shop = worldOf('shop');
  const seed: WorldSeed = {
    ...shop,
    traffic: { ...shop.traffic, requestsPerSecond },
    published: [
      { ...published('OrdersPlaced'), counts: 'right' },
      { ...published('OrdersRefused'), counts: 'wrong' },
    ],
  };
  const world = makeWorld(seed, 1, behavioursFor(seed, version));
  const { scheduler } = world.kernel;
  const waitMs = (ms: number): Promise<void> => scheduler.run(() => false, scheduler.nowMs() + ms);
  const whileTimePasses = async <Value>(work: Promise<Value>): Promise<Value> => {
    let over = false;
    const ended = work.finally(() => {
      over = true;
    });
    await scheduler.run(() => over, scheduler.nowMs() + HOUR_MS);
    return ended;
  };

  const blue = seed.services[0]?.taskSets?.[0];
  const blueGroup = blue?.loadBalancers?.[0]?.targetGroupArn ?? '';
  const greenGroup = blueGroup.replace('shop-blue/2f6a1c8d90b7e345', 'shop-green/73d4e5f60a1b2c98');
  const definition = (blue?.taskDefinition ?? '').replace(':41', ':42');
  await waitMs(20 * MINUTE_MS);
  const launched = world.ecs.client.send(
    new CreateTaskSetCommand({
      cluster: blue?.clusterArn,
      service: blue?.serviceArn,
      taskDefinition: definition,
      externalId: 'native',
      networkConfiguration: blue?.networkConfiguration,
      launchType: blue?.launchType,
      platformVersion: blue?.platformVersion,
      loadBalancers: blue?.loadBalancers?.map((one) => ({ ...one, targetGroupArn: greenGroup })),
      scale: { value: 100, unit: 'PERCENT' },
    }),
  );
  await whileTimePasses(launched);
  await waitMs(5 * MINUTE_MS);

  world.ecs.playNative({
    arn: DEPLOYMENT,
    source: BLUE,
    target: GREEN,
    groups: { [GREEN]: [greenGroup], [BLUE]: [blueGroup] },
    taskDefinitions: { [GREEN]: definition, [BLUE]: blue?.taskDefinition ?? '' },
  });
  const shift = (greenPct: number): void => {
    for (const { arn } of world.elbv2.routesNaming([blueGroup]))
      world.elbv2.foreignWrite(
        arn,
        [
          { targetGroupArn: blueGroup, weight: 100 - greenPct },
          { targetGroupArn: greenGroup, weight: greenPct },
        ],
        'ECS',
      );
  };
  const handler = toHandler('AnalysisHook', analysisHook, world.connectors, {
    ...aHost(),
    clock: scheduler.clock,
    timeoutEarlyInMillis: 0,
  });
  const steps: Story['steps'] = [];
  /** Calls the hook until it decides, as ECS does. */
  const ask = async (stage: string, greenPct: number): Promise<HookAnswer> => {
    const startedMs = scheduler.nowMs();
    for (;;) {
      const weights = stage.startsWith('PRE') ? { [GREEN]: greenPct, [BLUE]: 100 - greenPct } : {};
      const event = {
        executionId: `${stage}-${greenPct}`,
        lifecycleStage: stage,
        resourceArn: DEPLOYMENT,
        executionDetails: {
          serviceArn: blue?.serviceArn,
          targetServiceRevisionArn: GREEN,
          testTrafficWeights: {},
          productionTrafficWeights: weights,
        },
        hookDetails,
      };
      const answer: HookAnswer = await whileTimePasses(handler(event, aContext()));
      if (answer.hookStatus === 'IN_PROGRESS') {
        await waitMs(answer.callBackDelay * SECOND_MS);
        continue;
      }
      const minutes = Math.round((scheduler.nowMs() - startedMs) / MINUTE_MS);
      steps.push({ stage, greenPct, status: answer.hookStatus, minutes, reason: answer.reason });
      return answer;
    }
  };

  const play = async (): Promise<void> => {
    let before = 0;
    for (const greenPct of [...STEPS, 100]) {
      if ((await ask('PRE_PRODUCTION_TRAFFIC_SHIFT', before)).hookStatus === 'FAILED') return shift(0);
      shift(greenPct);
      await waitMs(STEP_BAKE_MS);
      before = greenPct;
    }
    if ((await ask('POST_PRODUCTION_TRAFFIC_SHIFT', 100)).hookStatus === 'FAILED') shift(0);
  };
  await play();
  const green = world.traffic.totals().byGroup[greenGroup];
  return { steps, green: { requests: green?.requests ?? 0, failed: green?.failed ?? 0 } };
};

describe('a canary of ECS with the hook', () => {
  test('of a healthy version goes through its steps by proof', async () => {
    const { steps } = await canary('errors:1x@0.2%', 400, { atMost: '1h' });

    expect(steps.map(({ greenPct, status }) => [greenPct, status])).toEqual([
      [0, 'SUCCEEDED'],
      [5, 'SUCCEEDED'],
      [25, 'SUCCEEDED'],
      [100, 'SUCCEEDED'],
    ]);
    expect(steps[1]?.reason).toMatch(/^green is not worse/);
    // Not the hour that it may take.
    expect(steps[1]?.minutes).toBeLessThan(20);
    expect(steps[3]).toMatchObject({ minutes: 60, reason: expect.stringMatching(/^no harm was found/) });
  });

  test('of a version that fails three times as often is rolled back by ECS at 5 %', async () => {
    const { steps, green } = await canary('errors:3x@0.2%', 400, { atMost: '1h' });

    expect(steps.at(-1)).toMatchObject({ greenPct: 5, status: 'FAILED' });
    expect(steps.at(-1)?.reason).toMatch(/^green is worse: 0\.\d+ % of [\d,]+ requests of green failed/);
    expect(green.requests).toBeLessThan(20_000);
  });

  test('of a version that answers wrongly with 200 is rolled back by what the application counts', async () => {
    const analysis = { application: [ORDERS] };
    const { steps } = await canary('wrong-answers:3%', 400, { atMost: '1h', analysis });
    const unseen = await canary('wrong-answers:3%', 400, { atMost: '1h' });

    expect(steps.at(-1)).toMatchObject({ greenPct: 5, status: 'FAILED' });
    expect(steps.at(-1)?.reason).toMatch(
      /^green is worse: [\d.]+ % of [\d,]+ requests of green.*bad in orders/,
    );
    expect(unseen.steps.at(-1)).toMatchObject({ greenPct: 100, status: 'SUCCEEDED' });
  });

  test('with too little traffic ends as insufficient data, by what the hook says', async () => {
    const refused = await canary('healthy', 0.5, { atMost: '10m' });
    const passed = await canary('healthy', 0.5, { atMost: '10m', onInsufficientData: 'succeed' });

    expect(refused.steps.at(-1)).toMatchObject({ greenPct: 5, status: 'FAILED' });
    expect(refused.steps.at(-1)?.reason).toMatch(/^insufficient data: green has had \d+ requests/);
    expect(passed.steps.map(({ status }) => status)).toEqual(Array.from({ length: 4 }, () => 'SUCCEEDED'));
    expect(passed.steps.at(-1)?.reason).toMatch(/^insufficient data/);
  });
});
