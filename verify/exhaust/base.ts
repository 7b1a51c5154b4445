import { parseRequest } from '../../core/request/request.ts';
import type { OutcomeKind } from '../../core/vocabulary/ending.types.ts';
import { parseBehaviour } from '../../rehearsal/behaviour.ts';
import { publishing } from '../../rehearsal/published.ts';
import type { Behaviour, WorldSeed } from '../../sim/parts.types.ts';
import type { UserFunction } from '../../sim/user-functions.ts';
import type { ProofFault } from '../faults/fault.types.ts';
import { NEIGHBOUR, quick, quickHealthy, type SmallService } from '../stage/small-names.ts';
import { smallRequest, smallWorld } from '../stage/small-world.ts';

/** A deployment that ends by itself the way `ends` says; the proof then disturbs it at every point. */
export type Base = {
  name: string;
  description: string;
  service: SmallService;
  world: WorldSeed;
  request: Record<string, unknown>;
  /** How the new version behaves. */
  version: Behaviour;
  /** How the version before it behaves; absent: well. */
  old?: Behaviour;
  /** The execution's name; one by the seed unless given. */
  execution?: string;
  ends: OutcomeKind;
  /** What its hooks' function does. */
  hook?: UserFunction;
  /** Somebody stops its execution as it enters this state for the first time; a recovery ends it. */
  stoppedAt?: string;
  /** Faults that mean nothing to it, with the reason beside them. */
  without?: readonly string[];
  /** It takes long: only these faults are played, and only at its states. */
  faults?: readonly string[];
};

/** Whether the fault is played on the base. */
export const plays = (base: Base, { name, variantOf, bases }: ProofFault): boolean =>
  (base.faults?.includes(variantOf ?? name) ?? true) &&
  base.without?.includes(name) !== true &&
  (bases?.includes(base.name) ?? true);

/** One observation each: what is proven does not depend on how long nothing happens. */
export const BAKE = '10s';

export const versionOf = (text: string): Behaviour => {
  const parsed = parseBehaviour(text);
  if (!parsed.ok) throw new Error(parsed.message);
  return quick(parsed.behaviour);
};

type BaseInput = Omit<Base, 'service' | 'world' | 'version' | 'ends'> &
  Partial<Pick<Base, 'ends' | 'version'>> & {
    service?: Partial<SmallService>;
    /** Another service behind the same listener, which nobody deploys. */
    neighbour?: true;
  };

export const base = ({
  service: shape,
  ends = 'succeeded',
  version = quickHealthy,
  neighbour,
  ...rest
}: BaseInput): Base => {
  const service: SmallService = { name: 'web', routes: ['default'], sticky: false, first: false, ...shape };
  const other: SmallService = { ...service, name: NEIGHBOUR, routes: ['rule'], behind: service.name };
  const request = { ...smallRequest(service), ...rest.request };
  const parsed = parseRequest(request);
  const world = smallWorld(neighbour === true ? [service, other] : [service]);
  return {
    ...rest,
    service,
    world: publishing(world, parsed.ok ? parsed.request : undefined),
    request,
    version,
    ends,
  };
};

/**
 * What an earlier deployment left: names are free again after 90 days [fact 102], and an externalId is anybody's
 * label [fact 18].
 */
export const named = (input: Base, execution: string): Base => {
  const [service] = input.world.services;
  for (const set of service?.taskSets ?? []) set.externalId = execution;
  return { ...input, execution };
};

/** A part of the users, then all. */
export const twoShifts = (greenPct: number, bake: string): Record<string, unknown> => ({
  shifts: [
    { greenPct, bake },
    { greenPct: 100, bake: BAKE },
  ],
});
