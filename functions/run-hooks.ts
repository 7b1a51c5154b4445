import { hookWaitSeconds, momentsAhead } from '../core/hooks/runs.ts';
import { standingOrder } from '../core/operator/standing-order.ts';
import type { Decision } from '../core/vocabulary/decision.types.ts';
import type { HookMoment } from '../core/vocabulary/hooks.types.ts';
import type { Hooks, Traffic } from '../core/vocabulary/state.types.ts';
import type { StepState } from '../statemachine/contract.ts';
import { advanceHooks } from './advance-hooks.ts';
import { announcing } from './announcing.ts';
import { heardBy } from './await-signal.ts';
import { events, hookExecutions, hookRuns, hookTasks, leases, record } from './deps.ts';
import { lambdaHost } from './lambda-host.ts';
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

type Uses = 'events' | 'hookExecutions' | 'hookRuns' | 'hookTasks' | 'leases' | 'record';

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
  if (traffic === undefined && order.kind === 'hold')
    return { kind: 'waiting', waitSeconds: order.waitSeconds, heard, reason: order.reason };

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
  { events, hookExecutions, hookRuns, hookTasks, leases, record },
  lambdaHost,
);
