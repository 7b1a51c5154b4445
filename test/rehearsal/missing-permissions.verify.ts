import { describe, expect, test } from 'vitest';
import type { World } from '../../sim/world.ts';
import type { StepName } from '../../statemachine/contract.ts';
import { always, expectConverged, type Run, type RunOptions, run, worldOf } from './a-rehearsal.ts';
import { changed } from './worlds/changed.ts';

const GREEN_GROUP =
  'arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/shop-green/73d4e5f60a1b2c98';

/**
 * Routes that name blue alone, as a team finds them that starts with Cutover: AttachGreen then has something to
 * write.
 */
const withoutGreen = changed(worldOf('shop'), ({ listeners, rules }) => {
  const actions = [
    ...listeners.flatMap(({ DefaultActions }) => DefaultActions ?? []),
    ...rules.flatMap(({ Rule }) => Rule.Actions ?? []),
  ];
  for (const { ForwardConfig: config } of actions) {
    if (config?.TargetGroups === undefined) continue;
    config.TargetGroups = config.TargetGroups.filter(({ TargetGroupArn }) => TargetGroupArn !== GREEN_GROUP);
  }
});

type Case = {
  by: StepName;
  operation: string;
  /** The N-th such call of the step and all after it. */
  from?: number;
  outcome: 'rolledBack' | 'succeeded';
  options?: RunOptions;
};

/** Every write from the first one on, and a read of each step that only reads. */
const cases: Case[] = [
  {
    by: 'AttachGreen',
    operation: 'ModifyListener',
    outcome: 'rolledBack',
    options: { world: withoutGreen, request: { greenTargetGroup: GREEN_GROUP } },
  },
  { by: 'LaunchGreen', operation: 'CreateTaskSet', outcome: 'rolledBack' },
  { by: 'CheckGreen', operation: 'DescribeTargetHealth', outcome: 'rolledBack' },
  { by: 'ShiftTraffic', operation: 'ModifyListener', outcome: 'rolledBack' },
  { by: 'ShiftTraffic', operation: 'ModifyListener', from: 4, outcome: 'rolledBack' },
  { by: 'ShiftTraffic', operation: 'ModifyRule', outcome: 'rolledBack' },
  { by: 'ShiftTraffic', operation: 'ModifyRule', from: 5, outcome: 'rolledBack' },
  { by: 'Bake', operation: 'UpdateItem', outcome: 'rolledBack' },
  { by: 'JudgeHealth', operation: 'PutItem', from: 20, outcome: 'rolledBack' },
  { by: 'JudgeHealth', operation: 'DescribeAlarms', outcome: 'rolledBack' },
  { by: 'JudgeHealth', operation: 'DescribeRules', outcome: 'rolledBack' },
  { by: 'PromoteGreen', operation: 'UpdateServicePrimaryTaskSet', outcome: 'rolledBack' },
  // Not yet beyond the point of no return: nothing of blue has gone.
  { by: 'RetireBlue', operation: 'UpdateTaskSet', outcome: 'rolledBack' },
  // Beyond it: green finishes what it started.
  { by: 'CheckRetired', operation: 'DescribeTaskSets', outcome: 'succeeded' },
  { by: 'RecordOutcome', operation: 'PutEvents', outcome: 'succeeded' },
];

/** Every write by the step that made it, in order: `RollBack ModifyRule`. */
const watchWrites =
  (writes: string[], next: (world: World) => void) =>
  (world: World): void => {
    world.kernel.onServed(({ operation, by }, ok) => {
      if (ok && /^(Modify|Create|Update|Delete)(Rule|Listener|TaskSet|ServicePrimary)/.test(operation)) {
        writes.push(`${by} ${operation}`);
      }
    });
    next(world);
  };

const weightsBeforeGreenGoes = (writes: string[]): void => {
  const lastWeights = writes.findLastIndex((write) => /^RollBack Modify/.test(write));
  const firstRemoval = writes.findIndex((write) => /^RemoveGreen (Update|Delete)TaskSet/.test(write));
  if (lastWeights >= 0 && firstRemoval >= 0) expect(lastWeights).toBeLessThan(firstRemoval);
};

const greenHasNoWeight = ({ report }: Run): boolean =>
  [...new Map(report.weights.map((change) => [change.route, change])).values()].every(
    ({ green }) => green === 0,
  );

describe('a permission that is missing for good', () => {
  test.each(cases)(
    'in $by for $operation (from call $from): $outcome, and nothing is left',
    async ({ outcome, options, ...denied }) => {
      const writes: string[] = [];

      const done = await run({ ...options, onWorld: watchWrites(writes, always('denied', denied)) });

      expectConverged(done);
      expect(done.report).toMatchObject({ outcome, requests: { failed: 0 } });
      weightsBeforeGreenGoes(writes);
      if (outcome === 'rolledBack') {
        expect(done.report.path).toContain('RollBack');
        expect(done.report.reason).toMatch(new RegExp(`permission \\w+:${denied.operation} is missing`));
        expect(greenHasNoWeight(done)).toBe(true);
      }
    },
  );

  test('in RemoveGreen: users are back on blue first, and the deployment says what a person has to do', async () => {
    const { report, world } = await run({
      inject: ['alarm@shift:4'],
      onWorld: always('denied', { by: 'RemoveGreen', operation: 'UpdateTaskSet' }),
    });

    expect(report).toMatchObject({ outcome: 'stuck', requests: { failed: 0 } });
    expect(report.reason).toMatch(/blue has all traffic.*What to do: scale green's task set to 0/);
    expect(report.leftovers).toContainEqual(expect.stringMatching(/^the lease of production\/shop/));
    expect(world.elbv2.routes().map(({ groups }) => groups.map(({ weight }) => weight))).toEqual([
      [100, 0],
      [100, 0],
    ]);
  });

  test('in RollBack: it never says rolled back, keeps the lease, and names the weights that stand', async () => {
    const { report } = await run({
      inject: ['alarm@shift:2'],
      onWorld: always('denied', { by: 'RollBack', operation: 'ModifyListener' }),
    });

    expect(report.outcome).toBe('stuck');
    expect(report.path.at(-1)).toBe('Stuck');
    expect(report.reason).toContain('80 % blue, 20 % green');
    expect(report.leftovers).toHaveLength(2);
  });
});
