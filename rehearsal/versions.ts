import type { Behaviour, WorldSeed } from '../sim/parts.types.ts';
import { parseBehaviour } from './behaviour.ts';

/** Whatever runs when the rehearsal begins is the old version, and behaves; everything else is the version rehearsed. */
export const behavioursFor = (
  world: WorldSeed,
  version: string,
): ((taskDefinitionArn: string) => Behaviour) => {
  const old = new Set(
    world.services.flatMap(({ taskSets }) => (taskSets ?? []).map(({ taskDefinition }) => taskDefinition)),
  );
  const [healthy, rehearsed] = ['healthy', version].map((text) => {
    const parsed = parseBehaviour(text);
    if (!parsed.ok) throw new Error(parsed.message);
    return parsed.behaviour;
  });
  return (arn) => (old.has(arn) ? healthy : rehearsed) as Behaviour;
};
