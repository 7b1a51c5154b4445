import { SECOND_MS } from '../clock.ts';
import { enoughHealthy, type GroupHealth } from '../health/group-health.ts';
import type { Decision } from '../vocabulary/decision.types.ts';
import type { ObservedAlarms } from '../vocabulary/observed.types.ts';
import type { Carried } from '../vocabulary/placement.types.ts';
import type { Plan, Weights } from '../vocabulary/plan.types.ts';
import { describeWeights, sameWeights, weightsAt } from '../weights/weights.ts';
import { judgeAlarms } from './alarms.ts';

/**
 * What the watch reads of a deployment that bakes. What cannot be read is left out: the bake's own steps judge that.
 */
export type WatchedBake = {
  alarms?: ObservedAlarms;
  /** Weights null: gone, or no split between our two groups. */
  routes: { label: string; weights: Weights | null }[];
  green: GroupHealth | null;
};

/** The part of the last decision that news is compared with. */
type Last = Pick<Decision, 'position' | 'ignoredUntilOk' | 'evidence'>;

/**
 * Why a deployment that bakes should observe now and not hours later: something has changed since its last
 * observation that may end the bake. A sentence, or null. What that observation has seen already is no news, so a
 * deployment that somebody froze is not woken each minute.
 */
export const newsOfBake = (
  plan: Plan,
  last: Last,
  seen: WatchedBake,
  carried: Pick<Carried, 'weights' | 'sinceMs'> | null,
): string | null =>
  newsOfAlarms(plan, last, seen) ?? newsOfRoutes(plan, last, seen, carried) ?? newsOfGreen(last, seen);

const newsOfAlarms = ({ alarms: policy }: Plan, last: Last, { alarms }: WatchedBake): string | null => {
  if (alarms === undefined) return null;
  const { verdict, reason, ignoredUntilOk } = judgeAlarms(alarms, policy, last.ignoredUntilOk);
  const redBefore = new Set(
    last.evidence.alarms.filter(({ state }) => state === 'ALARM').map(({ name }) => name),
  );
  const red = alarms.alarms.filter(
    ({ name, state }) => state === 'ALARM' && !ignoredUntilOk.includes(name) && !redBefore.has(name),
  );
  if (verdict === 'unhealthy' && red.length > 0) return reason;
  // From now on it counts, and only an observation can keep that.
  const recovered = last.ignoredUntilOk.filter((name) => !ignoredUntilOk.includes(name));
  return recovered.length === 0 ? null : `OK for the first time: ${recovered.join(', ')}`;
};

const newsOfRoutes = (
  plan: Plan,
  { position, evidence }: Last,
  { routes }: WatchedBake,
  carried: Pick<Carried, 'weights' | 'sinceMs'> | null,
): string | null => {
  // Users who are where the plan wants them are there by this shift, whatever was written beside an earlier one.
  const expected = carried?.sinceMs == null ? weightsAt(plan, position) : carried.weights;
  const seenBefore = new Map(evidence.routes.map((route) => [route.label, route.weights]));
  const changed = routes.find(({ label, weights }) => {
    const before = seenBefore.get(label) ?? null;
    const asBefore = before === null ? weights === null : sameWeights(weights, before);
    return !asBefore && !sameWeights(weights, expected);
  });
  return changed === undefined
    ? null
    : `expected ${describeWeights(expected)} on ${changed.label}, found ${describeWeights(changed.weights)}`;
};

const newsOfGreen = ({ evidence }: Last, { green }: WatchedBake): string | null => {
  if (green === null || enoughHealthy(green) || evidence.green.healthy < evidence.green.wanted) return null;
  return `green has ${green.healthy} of ${green.wanted} targets healthy`;
};

/** The watch comes each minute: a deployment that observes as often finds everything itself. */
const OBSERVES_ITSELF_SECONDS = 60;
/** An observation that is so late may not come: its Lambda, or its execution, is in trouble. */
const LATE_MS = 15 * SECOND_MS;

type Waits = Pick<Decision, 'waitSeconds' | 'evidence'>;

/** When a deployment that waits begins its next observation. */
export const observesAtMs = ({ waitSeconds, evidence }: Waits): number =>
  evidence.observedAtMs + waitSeconds * SECOND_MS;

/** Whether the deployment's own next observation comes before the watch does again, so that it reads no more than metrics. */
export const observesItself = (last: Waits, nowMs: number): boolean =>
  last.waitSeconds <= OBSERVES_ITSELF_SECONDS && nowMs < observesAtMs(last) + LATE_MS;
