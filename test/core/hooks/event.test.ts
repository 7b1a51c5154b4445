import { expect, test } from 'vitest';
import { beforeShift } from '../../../core/hooks/due.ts';
import { hookEvent } from '../../../core/hooks/event.ts';
import type { HookMoment, LambdaHook } from '../../../core/vocabulary/hooks.types.ts';
import type { Plan } from '../../../core/vocabulary/plan.types.ts';
import { aPlan, aRoute, GREEN, NOW } from '../a-deployment.ts';
import { aHook } from './a-hook.ts';

const plan = aPlan();
const eventAt = (
  moment: HookMoment,
  hook: Partial<LambdaHook> = {},
  greenTaskSetArn: string | null = null,
  of: Plan = plan,
) =>
  hookEvent({
    plan: of,
    hook: aHook({ hookDetails: { suite: 'full' }, ...hook }),
    moment,
    runId: 'run-1',
    deploymentId: 'deploy-8-abc',
    deadlineMs: NOW,
    greenTaskSetArn,
    greenPct: 10,
  });

test('has the truth in plain members', () => {
  expect(eventAt(beforeShift(plan, 0, 1))).toMatchObject({
    version: 1,
    runId: 'run-1',
    hook: 'smoke',
    stage: 'PRE_PRODUCTION_TRAFFIC_SHIFT',
    step: 2,
    deadlineMs: NOW,
    deploymentId: 'deploy-8-abc',
    isRollback: false,
    isFirstDeployment: false,
    greenPct: 10,
    nextGreenPct: plan.shifts[1]?.greenPct,
    green: { taskSetArn: null, targetGroupArn: GREEN },
    hookDetails: { suite: 'full' },
    test: null,
  });
});

test('has the way to green that testers take', () => {
  const test = { url: 'https://shop.example/', header: { name: 'X-Test', value: 'green' } };
  const tried = { ...plan, test: { ...test, route: aRoute('HTTPS:443 test') } };
  const at = { stage: 'POST_TEST_TRAFFIC_SHIFT', step: 0, after: 0 } as const;

  expect(eventAt(at, {}, null, tried)).toMatchObject({ test });
  expect(eventAt(at, {}, null, { ...tried, test: { route: aRoute('HTTPS:443 test') } })).toMatchObject({
    test: { url: null, header: null },
  });
});

test('of contract ecs has every member that native ECS sends, and {} for no weights', () => {
  const { cutover, ...native } = eventAt({ stage: 'POST_SCALE_UP', step: 0, after: 0 }, { contract: 'ecs' });

  expect(native).toEqual({
    executionId: 'run-1',
    lifecycleStage: 'POST_SCALE_UP',
    resourceArn: expect.stringMatching(/:service-deployment\/[^/]+\/[^/]+\/deploy-8-abc$/),
    executionDetails: {
      serviceArn: plan.serviceArn,
      targetServiceRevisionArn: expect.stringMatching(/:service-revision\/[^/]+\/[^/]+\/deploy-8-abc$/),
      testTrafficWeights: {},
      productionTrafficWeights: {},
    },
    hookDetails: { suite: 'full' },
  });
  expect(cutover).toMatchObject({ runId: 'run-1', stage: 'POST_SCALE_UP', isRollback: false });
});

test('of contract ecs names the same revision before and after green’s launch, and weighs it before a shift', () => {
  const before = eventAt({ stage: 'PRE_SCALE_UP', step: 0, after: 0 }, { contract: 'ecs' });
  const shift = eventAt(
    beforeShift(plan, 0, 1),
    { contract: 'ecs' },
    'arn:aws:ecs:eu-west-1:1:task-set/main/shop/ecs-svc/2',
  );

  type Native = { executionDetails: { targetServiceRevisionArn: string; productionTrafficWeights: object } };
  const { targetServiceRevisionArn: green } = (before as Native).executionDetails;
  expect((shift as Native).executionDetails.targetServiceRevisionArn).toBe(green);
  const weights = Object.entries((shift as Native).executionDetails.productionTrafficWeights);
  expect(weights.map(([arn, weight]) => [arn === green, weight])).toEqual([
    [true, 10],
    [false, 90],
  ]);
});

test('at ROLLBACK states that it is one', () => {
  expect(eventAt({ stage: 'ROLLBACK', step: 0, after: 0 })).toMatchObject({ isRollback: true });
});
