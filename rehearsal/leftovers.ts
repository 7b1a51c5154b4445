import type { OutcomeKind } from '../core/vocabulary/ending.types.ts';
import type { World } from '../sim/world.ts';

type TaskSetSeen = { id: string; status: string };

/** Sentences about what the account holds after the deployment that it should not. */
export const leftoversOf = (world: World, before: readonly TaskSetSeen[], outcome: OutcomeKind): string[] => {
  const known = new Set(before.map(({ id }) => id));
  const expected = (set: TaskSetSeen): boolean =>
    outcome === 'succeeded' ? set.status === 'PRIMARY' : known.has(set.id);
  const taskSets = world.ecs
    .taskSets()
    .filter((set) => !expected(set))
    .map((set) => `task set ${set.id} (${set.status}, ${set.runningCount} tasks running)`);
  const leases = world.dynamoDb
    .items()
    .filter(({ pk, holder }) => pk === 'leases' && holder !== undefined)
    .map(({ sk, holder }) => `the lease of ${String(sk)}, held by ${String(holder)}`);
  const tasks = world.ecs
    .oneOffTasks()
    .filter(({ desiredStatus }) => desiredStatus === 'RUNNING')
    .map(({ taskArn, startedBy }) => `task ${taskArn}, started by ${startedBy}`);
  return [...taskSets, ...leases, ...tasks];
};
