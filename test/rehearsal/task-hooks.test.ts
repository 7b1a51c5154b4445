import { describe, expect, test } from 'vitest';
import type { HookStage } from '../../core/vocabulary/hooks.types.ts';
import type { Run } from './a-rehearsal.ts';
import { expectHarmless, rehearsed, results, stagesForward } from './hooked-runs.ts';

/** A one-off task as a hook, by how it behaves and at which stage: how the deployment ends, and what is left. */

const migrateAt = (...stages: HookStage[]) => ({
  name: 'migrate',
  stages,
  task: { taskDefinition: 'green', command: ['node', 'migrate.mjs'] },
  timeout: '20m',
});

const behaviours: [behaviour: string, outcome: 'succeeded' | 'rolledBack', reason: RegExp][] = [
  ['passes', 'succeeded', /green serves all traffic/],
  ['in-progress:3', 'succeeded', /green serves all traffic/],
  ['flaky:2', 'succeeded', /green serves all traffic/],
  ['fails:the table is locked', 'rolledBack', /exited with 1: the table is locked/],
  ['crashes', 'rolledBack', /exited with 137: OutOfMemoryError/],
  ['garbage', 'rolledBack', /has no exit code: EssentialContainerExited/],
  ['never-starts', 'rolledBack', /has no exit code: TaskFailedToStart: CannotPullContainerError/],
  ['hangs', 'rolledBack', /its task did not end within 20m/],
  ['late', 'rolledBack', /its task did not end within 20m/],
];

describe.each(stagesForward)('a task at %s', (stage) => {
  test.each(behaviours)('that %s', async (behaviour, outcome, reason) => {
    const played = await rehearsed([migrateAt(stage)], [`migrate=${behaviour}`]);

    expect(played.report.reason).toMatch(reason);
    expect(played.report.outcome).toBe(outcome);
    expectHarmless(played);
    // Before each of the two shifts there is a run of its own.
    const runs = stage === 'PRE_PRODUCTION_TRAFFIC_SHIFT' && outcome === 'succeeded' ? 2 : 1;
    expect(played.world.ecs.oneOffTasks().map(({ desiredStatus }) => desiredStatus)).toEqual(
      Array(runs).fill('STOPPED'),
    );
  });
});

const backOnBlueAt = ({ report }: Run): number | undefined =>
  report.weights.findLast(({ green }) => green === 0)?.at;

describe('a task at ROLLBACK', () => {
  const rolledBack = (hooks: object[] | undefined, behaviour: string[] = []) =>
    rehearsed(hooks, behaviour, { version: 'errors:20%' });

  test.each(behaviours)('that %s delays no user: weights are back as without hooks', async (behaviour) => {
    const without = await rolledBack(undefined);
    const played = await rolledBack([migrateAt('ROLLBACK')], [`migrate=${behaviour}`]);

    expect(backOnBlueAt(played)).toBeGreaterThan(0);
    expect(backOnBlueAt(played)).toBe(backOnBlueAt(without));
    expect(played.report.requests.failed).toBe(without.report.requests.failed);
    expect(played.report.outcome).toBe('rolledBack');
    expect(played.report.reason.startsWith(without.report.reason)).toBe(true);
    expect(played.report.leftovers).toEqual([]);
    expect(results(played)).toHaveLength(1);
  });
});
