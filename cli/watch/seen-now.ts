import type { Plan } from '../../core/vocabulary/plan.types.ts';
import type { Readiness } from '../../core/vocabulary/readiness.types.ts';
import { readinessOf } from '../../core/weights/readiness.ts';
import { testWeightsAt } from '../../core/weights/test-route.ts';
import { ALL_BLUE } from '../../core/weights/weights.ts';
import type { Slices } from './snapshot.ts';
import type { View } from './view.types.ts';

/** What the steps last read, or wrote after that: routes, both colours, alarms and the way back. */

/** As it was read last, or written after that; before that as the plan found it. */
export const testRouteNow = (
  { traffic, decision, rolledBack }: Slices,
  plan: Plan | null,
): View['testRoute'] => {
  if (plan?.test === undefined) return null;
  const { route, url = null } = plan.test;
  const read = decision?.evidence.test !== undefined && decision.position === traffic?.position;
  const weights =
    traffic === undefined || rolledBack !== undefined
      ? ALL_BLUE
      : read
        ? (decision.evidence.test?.weights ?? null)
        : testWeightsAt(plan, traffic.position);
  return { route: route.label, url, weights };
};

export const routesNow = ({ traffic, decision, plan, rolledBack, attached }: Slices): View['routes'] => {
  if (rolledBack?.kind === 'restored') {
    return rolledBack.routes.map(({ label }) => ({ route: label, weights: { blue: 100, green: 0 } }));
  }
  // A decision saw the routes after the shift; the shift itself read them back.
  const judged = decision !== undefined && decision.evidence.observedAtMs >= (traffic?.shiftedAtMs ?? 0);
  if (judged) return decision.evidence.routes.map(({ label, weights }) => ({ route: label, weights }));
  if (traffic !== undefined) {
    return traffic.routes.map(({ label, after }) => ({ route: label, weights: after }));
  }
  if (attached === undefined) return [];
  return (plan?.routes ?? []).map(({ label }) => ({ route: label, weights: { blue: 100, green: 0 } }));
};

/** As it was last observed; once blue goes, what is left is known without an observation. */
export const readinessNow = (
  { decision, ready, retirement, rolledBack }: Slices,
  { plan, noReturn, ended }: Pick<View, 'noReturn' | 'ended'> & { plan: Plan | null },
): Readiness | null => {
  if (plan === null || ended !== null || rolledBack !== undefined || decision?.kind === 'rollBack')
    return null;
  if (!noReturn) return retirement?.readiness ?? decision?.evidence.readiness ?? null;
  return readinessOf({
    plan,
    blueIsGoing: true,
    blue: null,
    green: null,
    needed: plan.desiredCount,
    greenIsLost: false,
    launchMs: ready?.kind === 'ready' ? (ready.launchMs ?? null) : null,
  });
};

/** RollBack counts again when it is visited once more. */
export const goingNow = (
  phase: View['phase'],
  { removal, retirement, rolledBack }: Slices,
): View['going'] => {
  if (phase === 'rollingBack') return null;
  if (phase === 'removing' || (removal !== undefined && rolledBack !== undefined)) {
    return { colour: 'green', running: removal?.runningCount ?? null };
  }
  const goes = retirement !== undefined && ['draining', 'due', 'retired'].includes(retirement.kind);
  return goes ? { colour: 'blue', running: retirement.runningCount } : null;
};

export const greenNow = ({ decision, ready, rolledBack }: Slices): View['green'] => {
  if (rolledBack?.evidence !== undefined) return rolledBack.evidence.green;
  if (decision !== undefined) return decision.evidence.green;
  return ready === undefined ? null : { healthy: ready.healthyTargets, wanted: ready.wanted };
};

export const alarmsNow = ({ decision }: Slices, names: string[]): View['alarms'] =>
  decision?.evidence.alarms ?? names.map((name) => ({ name, state: 'not read yet' }));
