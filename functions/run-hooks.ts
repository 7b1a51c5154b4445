import { hookWaitSeconds, momentsAhead } from '../core/hooks/runs.ts';
import { standingOrder } from '../core/operator/standing-order.ts';
import type { Decision } from '../core/vocabulary/decision.types.ts';
import type { HookMoment } from '../core/vocabulary/hooks.types.ts';
import type { Plan } from '../core/vocabulary/plan.types.ts';
import type { Hooks, Traffic } from '../core/vocabulary/state.types.ts';
import { movedEarly } from '../core/weights/moved-early.ts';
import { groupsOf, weightsOf } from '../core/weights/weights.ts';
import type { StepState } from '../statemachine/contract.ts';
import { advanceHooks } from './advance-hooks.ts';
import { announcing } from './announcing.ts';
import { heardBy } from './await-signal.ts';
import {
  ecsServices,
  events,
  hookExecutions,
  hookRuns,
  hookTasks,
  leases,
  listener,
  record,
  targets,
} from './deps.ts';
import type { Deps } from './deps.types.ts';
import { forsakenUsers } from './forsaken-users.ts';
import { ifPossible } from './if-possible.ts';
import { lambdaHost } from './lambda-host.ts';
import { readIfThere } from './read-if-there.ts';
import { type Step, toHandler } from './step.ts';

/** Where the deployment continues once all hooks before it have succeeded. */
const wayOn = ({ green, traffic }: Pick<StepState<'RunHooks'>, 'green' | 'traffic'>): Hooks['kind'] => {
  if (green === undefined) return 'launch';
  return traffic === undefined ? 'check' : 'judge';
};

/** A decision that expected the hooks to have succeeded has no time to bake for: it is made again. */
const waitingKind = (traffic: Traffic | undefined, decision: Decision | undefined): Hooks['kind'] => {
  if (traffic === undefined) return 'waiting';
  return decision?.kind === 'runHooks' ? 'bake' : 'judge';
};

type Uses =
  | 'ecsServices'
  | 'targets'
  | 'events'
  | 'hookExecutions'
  | 'hookRuns'
  | 'hookTasks'
  | 'leases'
  | 'listener'
  | 'record';

/**
 * What somebody else wrote to the routes before green's first shift, where this step would wait, for hours perhaps: the
 * steps behind it read them anyway. A read that fails says nothing of the hooks.
 */
const movedMeanwhile = async (plan: Plan, listener: Deps['listener']): Promise<string | null> => {
  if (plan.blue === null) return null;
  const live = await ifPossible(Promise.all(plan.routes.map((route) => readIfThere(listener, route))));
  const routes = (live ?? [])
    .filter((route) => route !== null)
    .map(({ route, forward }) => ({ label: route.label, weights: weightsOf(forward, groupsOf(plan)) }));
  return movedEarly(plan, routes);
};

const failedBy = (reason: string): Hooks => ({ kind: 'failed', waitSeconds: 0, reason });

/** Runs the hooks that the deployment's next write waits for, one moment after the other. */
export const runHooks: Step<'RunHooks', Uses> = async ({ lease, plan, green, traffic, decision }, deps) => {
  const beganAtMs = deps.clock.nowMs();
  const stored = await deps.record.read(lease.deploymentId);
  const heard = heardBy(beganAtMs, stored);
  const commands = stored?.commands ?? [];
  // While users are on green JudgeHealth obeys, and judges meanwhile.
  const order = standingOrder(commands, beganAtMs);
  if (traffic === undefined && order.kind === 'goBack')
    return {
      kind: 'failed',
      waitSeconds: 0,
      reason: order.reason,
      ...(order.command === null ? {} : { aborted: true }),
    };
  const frozen = order.kind === 'hold' && order.command.kind === 'freeze';
  const moved = async () =>
    frozen || traffic !== undefined
      ? null
      : ((await movedMeanwhile(plan, deps.listener)) ?? (await forsakenUsers(lease, plan, deps)));
  if (traffic === undefined && order.kind === 'hold') {
    const by = await moved();
    if (by !== null) return failedBy(by);
    return { kind: 'waiting', waitSeconds: order.waitSeconds, heard, reason: order.reason };
  }

  const deployment = {
    lease,
    plan,
    commands,
    greenTaskSetArn: green?.taskSetArn ?? null,
    greenPct: traffic?.weights.green ?? 0,
  };
  const moments: readonly HookMoment[] = momentsAhead({
    plan,
    ...(green === undefined ? {} : { green }),
    ...(traffic === undefined ? {} : { traffic }),
    ...(decision === undefined ? {} : { decision }),
  });
  for (const moment of moments) {
    const gate = await advanceHooks(deployment, moment, {
      ...deps,
      hookRuns: announcing({ lease, plan }, deps),
    });
    if (gate.kind === 'passed') continue;
    if (gate.kind === 'failed')
      return { kind: traffic === undefined ? 'failed' : 'judge', waitSeconds: 0, reason: gate.reason };
    const by = await moved();
    if (by !== null) return failedBy(by);
    const waitSeconds = hookWaitSeconds(gate.running, deps.clock.nowMs());
    return {
      kind: waitingKind(traffic, decision),
      waitSeconds,
      heard,
      reason: gate.reason,
      ...(gate.running.some(({ kind }) => kind === 'approval') ? { asks: true } : {}),
    };
  }
  return {
    kind: wayOn({ ...(green && { green }), ...(traffic && { traffic }) }),
    waitSeconds: 0,
    reason: 'every hook has succeeded',
  };
};

export const handler = toHandler(
  'RunHooks',
  runHooks,
  { ecsServices, events, hookExecutions, hookRuns, hookTasks, leases, listener, record, targets },
  lambdaHost,
);
