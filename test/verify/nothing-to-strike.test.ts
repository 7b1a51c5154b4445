import { expect, test, vi } from 'vitest';
import { type WorldFaultName, worldFaultNames, worldFaults } from '../../rehearsal/faults/world-faults.ts';
import { baseNamed } from '../../verify/exhaust/bases.ts';
import { prove } from '../../verify/exhaust/prove.ts';
import { staysBegun } from '../../verify/faults/world-faults.ts';
import { sceneOf } from '../../verify/stage/scene.ts';
import type { Stage } from '../../verify/stage/stage.ts';

/**
 * The exhaust continues a run whose fault found nothing to strike, as if it had not been there (verify/faults/span.ts):
 * so `apply` may have done nothing then, wherever it is called.
 */

type Found = { nothing: WorldFaultName[]; changed: WorldFaultName[] };

/** Calls every fault, one after the other; those that strike change the world for those that follow. */
const callAll = (stage: Stage, found: Found): void => {
  const { kernel } = stage.world;
  const [deployment] = stage.deployments;
  if (deployment === undefined) throw new Error('expected a deployment');
  for (const name of worldFaultNames) {
    const after = vi.spyOn(kernel.scheduler, 'after');
    const changes = kernel.changes();
    const why = worldFaults[name].apply(sceneOf(stage, deployment));
    const acted = kernel.changes() !== changes || after.mock.calls.length > 0;
    after.mockRestore();
    if (why === null) continue;
    found.nothing.push(name);
    if (acted) found.changed.push(name);
  }
};

const played = async (name: string, when: 'start' | 'end'): Promise<Found> => {
  const base = baseNamed(name);
  if (base === undefined) throw new Error(`there is no base ${name}`);
  const found: Found = { nothing: [], changed: [] };
  let staged: Stage | undefined;
  const before = { points: [], losses: {}, problems: [], virtualSeconds: 0, error: undefined };
  await prove(
    base,
    before,
    { kind: 'state', at: 0, state: 'AcquireLease', task: true },
    {
      name: 'every fault',
      description: 'every fault, one after the other',
      mayLose: { causes: [], atMost: 0, because: 'it is not judged' },
      endsAlike: false,
      arm: () => (stage) => {
        staged = stage;
        if (when === 'end') return;
        callAll(stage, found);
        stage.nothingToDo('the rest of the run is not needed');
      },
    },
  );
  if (when === 'end' && staged !== undefined) callAll(staged, found);
  return found;
};

test.each([
  ['canary', 'start'],
  ['first', 'start'],
  ['autoscaled', 'start'],
  ['canary', 'end'],
  ['rollback-sick', 'end'],
] as const)('a fault that finds nothing to strike changes nothing: %s, at its %s', async (base, when) => {
  const { nothing, changed } = await played(base, when);

  expect(nothing.length).toBeGreaterThan(5);
  expect(changed.filter((name) => !staysBegun(name))).toEqual([]);
});
