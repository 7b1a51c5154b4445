import { describe, expect, test } from 'vitest';
import type { HookStage } from '../../core/vocabulary/hooks.types.ts';
import { worldOf } from './a-rehearsal.ts';
import { backOnBlueAt, expectHarmless, rehearsed, results, stagesForward } from './hooked-runs.ts';
import { changed } from './worlds/changed.ts';

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

describe('a task whose essential sidecar ends first, and whose program exits with 0 on SIGTERM', () => {
  const withSidecar = changed(worldOf('shop'), ({ taskDefinitions }) => {
    for (const { containerDefinitions = [] } of taskDefinitions) {
      const [web] = containerDefinitions;
      containerDefinitions.push({ ...web, name: 'envoy', portMappings: [], essential: true });
    }
  });
  const played = (besideExits: number) =>
    rehearsed([{ ...migrateAt('PRE_SCALE_UP'), task: { taskDefinition: 'green', container: 'web' } }], [], {
      world: withSidecar,
      onWorld: ({ ecs }) => ecs.playTasks(() => ({ runsMs: 30_000, exitCode: 0, besideExits })),
    });

  test.each([1, 0])(
    'is no success: ECS shows it while the program still runs (exit code %i)',
    async (code) => {
      const { report } = await played(code);

      expect(report.outcome).toBe('rolledBack');
      expect(report.reason).toContain(`envoy with ${code} ended while web still ran`);
      expect(report.leftovers).toEqual([]);
    },
  );
});
