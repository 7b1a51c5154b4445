import { SECOND_MS } from '../core/clock.ts';
import type { Behaviour, TrafficSeed, WorldSeed } from '../sim/parts.types.ts';
import { parseBehaviour } from './behaviour.ts';
import { healthy } from './behaviour-kinds.ts';

/**
 * Whatever runs when the rehearsal begins is the old version, and behaves unless the rehearsed one is described by
 * it; everything else is the version rehearsed.
 */
export const behavioursFor = (
  world: WorldSeed,
  version: string,
): ((taskDefinitionArn: string) => Behaviour) => {
  const old = new Set(
    world.services.flatMap(({ taskSets }) => (taskSets ?? []).map(({ taskDefinition }) => taskDefinition)),
  );
  const parsed = parseBehaviour(version);
  if (!parsed.ok) throw new Error(parsed.message);
  const { behaviour, old: before = healthy } = parsed;
  const [running, rehearsed] = [before, behaviour].map((each) => asMeasured(each, world.traffic));
  return (arn) => (old.has(arn) ? running : rehearsed) as Behaviour;
};

/** What was measured in the account stands where the version says nothing else. */
const asMeasured = (behaviour: Behaviour, { errorShare, startSeconds }: TrafficSeed): Behaviour => ({
  ...behaviour,
  ...(startSeconds !== undefined && behaviour.startMs === healthy.startMs
    ? { startMs: startSeconds * SECOND_MS }
    : {}),
  ...(errorShare !== undefined && behaviour.errorShare === healthy.errorShare
    ? { errorShare: () => errorShare }
    : {}),
});
