import { shownHooks } from '../../core/hooks/evidence.ts';
import type { HookRun, ShownHook } from '../../core/vocabulary/hooks.types.ts';
import type { World } from '../../sim/world.ts';

/** What the simulated table has of a deployment's hooks. */
export const shownRuns = ({ dynamoDb }: World, deploymentId: string): ShownHook[] => {
  const items = dynamoDb.partition(`deployment#${deploymentId}`);
  const runs = items.flatMap(({ sk, runJson, resultJson }): HookRun[] =>
    String(sk).startsWith('hook#')
      ? [{ ...JSON.parse(String(runJson)), result: JSON.parse(String(resultJson ?? 'null')) }]
      : [],
  );
  return shownHooks(runs);
};
