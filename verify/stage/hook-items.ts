import type { HookResult, HookRun } from '../../core/vocabulary/hooks.types.ts';
import type { World } from '../../sim/world.ts';

export type KeptRun = Pick<HookRun, 'runId' | 'name' | 'stage' | 'step'> & {
  /** The item's key, and its result as text. */
  key: string;
  resultJson: string | null;
  result: HookResult | null;
};

/** What the table has of a deployment's hooks. */
export const keptRuns = (world: World, deploymentId: string): KeptRun[] =>
  world.dynamoDb.partition(`deployment#${deploymentId}`).flatMap(({ sk, runJson, resultJson }) => {
    if (!String(sk).startsWith('hook#') || typeof runJson !== 'string') return [];
    const { runId, name, stage, step } = JSON.parse(runJson) as HookRun;
    const text = typeof resultJson === 'string' ? resultJson : null;
    return {
      key: String(sk),
      runId,
      name,
      stage,
      step,
      resultJson: text,
      result: JSON.parse(text ?? 'null'),
    };
  });
