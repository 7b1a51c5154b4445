import type { HookMoment } from '../vocabulary/hooks.types.ts';

/**
 * Names a run: the same moment of the same deployment gives the same id, so that a step which runs twice starts one
 * run. It has the form of a UUID of version 8 (RFC 9562: made by a rule of the application's own), because functions
 * use native ECS's `executionId` as one.
 *
 * @param digest a hash in lower-case hex of at least 32 digits
 */
export const runIdOf = (
  deploymentId: string,
  name: string,
  { stage, step }: Pick<HookMoment, 'stage' | 'step'>,
  digest: (text: string) => string,
): string => {
  const hex = digest(JSON.stringify([deploymentId, stage, step, name]));
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(12, 15)}`, `a${hex.slice(15, 18)}`];
  return [...parts, hex.slice(18, 30)].join('-');
};
