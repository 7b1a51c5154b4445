import type { TargetHealthDescription } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { LoadBalancerKind } from '../../core/vocabulary/plan.types.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { RunningApp, TargetId, TargetRegistry } from '../parts.types.ts';
import { FRESH } from './health-check.ts';
import { type Reason, shownHealth } from './shown-health.ts';
import { makeTargetChecks, type Probe, type Target } from './target-checks.ts';
import type { GroupSettings } from './target-groups.ts';

/** What the targets need to know of the routes. */
type GroupUse = {
  /** Some listener or rule forwards to it, or the data plane still does. */
  isInUse(targetGroupArn: string): boolean;
  isAttached(targetGroupArn: string): boolean;
  kindOf(targetGroupArn: string): LoadBalancerKind;
};

export type Targets = {
  registry: TargetRegistry;
  /** Registered and draining targets of a group, in the order they came. */
  of(targetGroupArn: string): Target[];
  /** To be called when a group has come into use or gone out of it. */
  useChanged(targetGroupArn: string): void;
  /** Called with a group when anything of its targets may have changed: their states, who they are, how they answer. */
  onGroupChange(listener: (targetGroupArn: string) => void): void;
  described(targetGroupArn: string, only: TargetId[] | undefined): TargetHealthDescription[];
};

const keyOf = (id: TargetId): string => `${id.id}:${id.port}`;

const unchecked = (group: GroupSettings, id: TargetId, app: RunningApp): Target => ({
  group,
  id,
  app,
  state: 'unused',
  reason: 'Target.NotInUse',
  health: FRESH,
  checksFromMs: 0,
  lastCheckMs: Number.NEGATIVE_INFINITY,
  cancel: undefined,
});

/** Who is registered where, and in which state. */
export const makeTargets = (
  kernel: Kernel,
  groups: Map<string, GroupSettings>,
  use: GroupUse,
  probe: Probe,
): Targets => {
  const { scheduler } = kernel;
  const byGroup = new Map<string, Map<string, Target>>([...groups.keys()].map((arn) => [arn, new Map()]));
  const listeners: Parameters<TargetRegistry['onChange']>[0][] = [];
  const groupListeners: ((targetGroupArn: string) => void)[] = [];
  const groupChanged = (arn: string): void => {
    kernel.noteChange();
    for (const listener of groupListeners) listener(arn);
  };

  const settingsOf = (arn: string): GroupSettings => {
    const settings = groups.get(arn);
    if (settings === undefined) throw new Error(`sim: there is no target group ${arn} in this world`);
    return settings;
  };
  /** A group that was made during the run gets its members with the first of them. */
  const membersOf = (arn: string): Map<string, Target> => {
    const known = byGroup.get(arn);
    if (known !== undefined) return known;
    const members = new Map<string, Target>();
    byGroup.set(settingsOf(arn).arn, members);
    return members;
  };

  const set = (target: Target, state: Target['state'], reason: Reason | undefined): void => {
    const before = target.state;
    target.state = state;
    target.reason = reason;
    groupChanged(target.group.arn);
    if (before === state) return;
    const { group, id, app } = target;
    const shown = reason === undefined ? undefined : shownHealth(reason, target.health.code).Description;
    kernel.emit({
      kind: 'target',
      what: `target ${keyOf(id)} of ${group.name} is ${state}`,
      ...(shown === undefined ? {} : { why: `${reason}: ${shown}` }),
      data: { targetGroupArn: group.arn, id: id.id, port: id.port, state, taskArn: app.taskArn },
      detail: state === 'initial' || state === 'unused',
    });
    for (const listener of listeners) listener(group.arn, id, state, app.taskArn);
  };

  const checks = makeTargetChecks(kernel, set, probe);
  const begin = (target: Target): void => {
    const { arn } = target.group;
    checks.stop(target);
    if (use.isInUse(arn)) checks.begin(target, use.kindOf(arn));
    else set(target, 'unused', 'Target.NotInUse');
  };

  const registry: TargetRegistry = {
    exists: (arn) => groups.has(arn),
    isAttached: (arn) => use.isAttached(arn),
    targetType: (arn) => {
      const type = settingsOf(arn).described.TargetType ?? 'instance';
      if (type === 'instance' || type === 'ip') return type;
      throw new Error(`sim does not model targets of type ${type} (target group ${arn})`);
    },
    register: (arn, id, app, options) => {
      const group = settingsOf(arn);
      const target = unchecked(group, id, app);
      const before = membersOf(arn).get(keyOf(id));
      if (before !== undefined) checks.stop(before);
      membersOf(arn).set(keyOf(id), target);
      if (options?.initiallyHealthy && use.isInUse(arn)) checks.takeOver(target);
      else begin(target);
    },
    deregister: (arn, id, drained) => {
      const members = membersOf(arn);
      const target = members.get(keyOf(id));
      if (target === undefined || target.state === 'draining') {
        scheduler.after(0, drained);
        return;
      }
      checks.stop(target);
      // An unused group has no connections to drain: the target is gone at once.
      const delayMs = target.state === 'unused' ? 0 : target.group.deregistrationDelayMs;
      set(target, 'draining', 'Target.DeregistrationInProgress');
      scheduler.after(delayMs, () => {
        if (members.get(keyOf(id)) === target) members.delete(keyOf(id));
        groupChanged(arn);
        drained();
      });
    },
    state: (arn, id) => membersOf(arn).get(keyOf(id))?.state ?? 'unused',
    appChanged: (arn, id) => {
      groupChanged(arn);
      const target = membersOf(arn).get(keyOf(id));
      if (target !== undefined) checks.wake(target);
    },
    onChange: (listener) => void listeners.push(listener),
    counts: (arn) => {
      const counts = { registered: 0, healthy: 0, draining: 0 };
      for (const { state } of membersOf(arn).values()) {
        if (state === 'draining') counts.draining += 1;
        else counts.registered += 1;
        if (state === 'healthy') counts.healthy += 1;
      }
      return counts;
    },
  };

  return {
    registry,
    of: (arn) => [...membersOf(arn).values()],
    useChanged: (arn) => {
      const inUse = use.isInUse(arn);
      for (const target of membersOf(arn).values()) {
        if (target.state === 'draining' || inUse === (target.state !== 'unused')) continue;
        begin(target);
      }
    },
    onGroupChange: (listener) => void groupListeners.push(listener),
    described: (arn, only) => {
      const members = membersOf(arn);
      const wanted = only ?? [...members.values()].map(({ id }) => id);
      return wanted.map((id) => {
        const target = members.get(keyOf(id));
        const reason = target === undefined ? 'Target.NotRegistered' : target.reason;
        return {
          Target: { Id: id.id, Port: id.port },
          HealthCheckPort: String(id.port),
          TargetHealth: {
            State: target?.state ?? 'unused',
            ...(reason === undefined ? {} : shownHealth(reason, target?.health.code)),
          },
        };
      });
    },
  };
};
