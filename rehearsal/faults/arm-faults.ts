import { formatDuration } from '../../core/duration.ts';
import type { CommandKind } from '../../core/vocabulary/command.types.ts';
import type { Traffic } from '../../core/vocabulary/state.types.ts';
import type { ApiCall } from '../../sim/kernel/call.types.ts';
import type { Kernel } from '../../sim/kernel/kernel.ts';
import type { Cancel } from '../../sim/kernel/listeners.ts';
import { callFaults } from './call-faults.ts';
import type { Fault, FaultAction, FaultWhen } from './fault.types.ts';

/** Where faults reach into the simulated services. */
export type FaultHooks = {
  /** Application Auto Scaling setting the service's desired count. */
  setDesiredCount(count: number): void;
  setLoad(factor: number): void;
  setAlarm(name: string, state: 'ALARM' | 'OK', reason: string): void;
  /** A fault of the catalogue, announced before it comes and when there was nothing to do it to. */
  worldFault(name: string, announce: (what: string) => void): void;
  /** An operator's command; a refusal goes to the timeline. */
  command(kind: CommandKind): void;
  /** The alarm that `alarm` without a name means. */
  firstAlarm: string | undefined;
  /** Whether a call is one of the deployment, which faults of calls strike and `call:N` counts. Absent: each is. */
  isOfDeployment?(call: ApiCall): boolean;
};

type Trigger = { fault: Fault; seen: number; fired: boolean };

/**
 * Sets the faults up to come at their time; each that comes adds an event with `data.fault`, its text. A fault
 * of calls is decided as the call reaches the service, the others by an event of their own. Those that have not come
 * when the returned function is called never do.
 */
export const armFaults = (kernel: Kernel, faults: readonly Fault[], hooks: FaultHooks): Cancel => {
  const armed = faults.map((fault) =>
    fault.action.kind === 'call'
      ? armCallFault(kernel, fault, fault.action, hooks)
      : onceAt(kernel, fault.when, hooks, () => act(kernel, fault, hooks)),
  );
  return () => {
    for (const disarm of armed) disarm();
  };
};

const announce = (kernel: Kernel, fault: Fault, what: string): void =>
  kernel.emit({ kind: 'fault', what, why: `injected: ${fault.text}`, data: { fault: fault.text } });

const act = (kernel: Kernel, fault: Fault, hooks: FaultHooks): void => {
  const { action } = fault;
  switch (action.kind) {
    case 'alarm': {
      const name = action.name ?? hooks.firstAlarm;
      if (name === undefined)
        throw new Error(`sim: fault "${fault.text}" names no alarm, and the request has none`);
      announce(kernel, fault, `alarm ${name} is made to go to ALARM`);
      hooks.setAlarm(name, 'ALARM', 'a fault that was injected');
      return;
    }
    case 'scale':
      announce(kernel, fault, `auto scaling sets the desired count to ${action.desiredCount}`);
      hooks.setDesiredCount(action.desiredCount);
      return;
    case 'load':
      announce(kernel, fault, `users send ${action.factor} times as many requests`);
      hooks.setLoad(action.factor);
      return;
    case 'world':
      hooks.worldFault(action.name, (what) => announce(kernel, fault, what));
      return;
    case 'command':
      announce(kernel, fault, `an operator sends ${action.command}`);
      hooks.command(action.command);
      return;
    case 'throttle':
      throttle(kernel, fault, action);
      return;
    case 'unattached':
      unattached(kernel, fault, action);
      return;
    case 'call':
      return;
    default:
      action satisfies never;
  }
};

const unattached = (kernel: Kernel, fault: Fault, { forMs }: { forMs: number }): void => {
  const untilMs = kernel.scheduler.nowMs() + forMs;
  announce(kernel, fault, `ECS sees no load balancer of green's target group for ${formatDuration(forMs)}`);
  kernel.intercept(({ service, operation }) =>
    service === 'ecs' && operation === 'CreateTaskSet' && kernel.scheduler.nowMs() < untilMs
      ? 'unattached'
      : undefined,
  );
};

const throttle = (kernel: Kernel, fault: Fault, action: Extract<FaultAction, { kind: 'throttle' }>): void => {
  const untilMs = kernel.scheduler.nowMs() + action.forMs;
  const calls = action.operation === undefined ? 'every call' : action.operation;
  announce(kernel, fault, `${action.service} throttles ${calls} for ${formatDuration(action.forMs)}`);
  kernel.intercept((call) =>
    call.service === action.service &&
    (action.operation === undefined || call.operation === action.operation) &&
    kernel.scheduler.nowMs() < untilMs
      ? 'throttle'
      : undefined,
  );
};

/** The N-th such call for `call:N`, else the first one after WHEN. */
const armCallFault = (
  kernel: Kernel,
  fault: Fault,
  action: Extract<FaultAction, { kind: 'call' }>,
  hooks: FaultHooks,
): Cancel => {
  const trigger: Trigger = { fault, seen: 0, fired: false };
  let armed = fault.when.kind === 'call';
  const nth = fault.when.kind === 'call' ? fault.when.call : 1;
  const disarm = armed
    ? () => {}
    : onceAt(kernel, fault.when, hooks, () => {
        armed = true;
      });

  const letThrough = kernel.intercept((call) => {
    if (!armed || trigger.fired || call.service !== action.service || call.operation !== action.operation) {
      return undefined;
    }
    if (hooks.isOfDeployment?.(call) === false) return undefined;
    trigger.seen += 1;
    if (trigger.seen < nth) return undefined;
    trigger.fired = true;
    announce(kernel, fault, `${action.service} ${action.operation} ${callFaults[action.fault].description}`);
    return action.fault;
  });
  return () => {
    disarm();
    letThrough();
  };
};

/** Runs `fire` once, as an event of its own, so that the trace keeps cause before effect. */
const onceAt = (kernel: Kernel, when: FaultWhen, hooks: FaultHooks, fire: () => void): Cancel => {
  let fired = false;
  const soon = (): void => {
    if (fired) return;
    fired = true;
    kernel.scheduler.after(0, fire);
  };

  switch (when.kind) {
    case 'after':
      return kernel.scheduler.after(when.ms, fire);
    case 'call': {
      let seen = 0;
      return kernel.intercept((call) => {
        if (hooks.isOfDeployment?.(call) === false) return undefined;
        // Where every call counts, those that another fault has struck do, too.
        seen = hooks.isOfDeployment === undefined ? call.index + 1 : seen + 1;
        if (seen >= when.call) soon();
        return undefined;
      });
    }
    case 'state':
      return kernel.onEvent(({ kind, data }) => {
        if (kind === 'step' && data?.state === when.state && data.phase === 'entered') soon();
      });
    case 'shift': {
      let tested = 0;
      return kernel.onEvent(({ kind, data }) => {
        if (kind !== 'step' || data?.state !== 'ShiftTraffic' || data.phase !== 'succeeded') return;
        const { position, test } = data.result as Traffic;
        // A test before the first shift is the plan's first position, and no shift of users.
        if (position === 0 && test !== undefined) tested = 1;
        if (position === when.shift - 1 + tested) soon();
      });
    }
    default:
      return when satisfies never;
  }
};
