import type { GroupHealth } from '../health/group-health.ts';
import { mayRemoveGreen, refuseRaise } from '../safety/invariants.ts';
import type { ApiCall, GroupWeight, Input, Move, MoveObservation } from './adoption.types.ts';
import { notServing } from './disturbance.ts';
import { type MovePlan, removesTargets } from './move-plan.ts';
import { groupOf, isClosing, ours, type Roles, shareIn, usersRoutes } from './roles.ts';

/**
 * The state machine's invariants (core/safety/invariants.ts), asserted right before a write of a move, whatever step
 * decided it: the old service is blue and the new one green.
 */

const healthOf = (observed: MoveObservation, arn: string | null, wanted: number): GroupHealth => {
  const group = groupOf(observed, arn);
  return { healthy: group?.healthy ?? 0, wanted, reasons: [...(group?.reasons ?? [])] };
};

/** Invariant 2a: a share rises only where enough is healthy for it. */
const onRaise = (
  observed: MoveObservation,
  roles: Roles,
  before: readonly GroupWeight[],
  after: readonly GroupWeight[],
): string | null => {
  const share = (groups: readonly GroupWeight[], arn: string | null): number =>
    Math.round(shareIn({ groups }, arn));
  const blue = healthOf(observed, roles.from, observed.old?.desired ?? 0);
  // Of the size that the old service has, which may have grown since.
  const own = observed.twin?.desired ?? 0;
  const wanted = own === 0 ? 0 : Math.max(own, observed.old?.desired ?? 0);
  const green = healthOf(observed, roles.to, wanted);
  return (
    refuseRaise({
      group: 'green',
      from: share(before, roles.to),
      to: share(after, roles.to),
      health: green,
      other: blue,
    }) ??
    refuseRaise({
      group: 'blue',
      from: share(before, roles.from),
      to: share(after, roles.from),
      health: blue,
      other: green,
    })
  );
};

/** Invariant 1: weights sum to 100, and the groups of others keep theirs. */
const onOthers = (
  roles: Roles,
  before: readonly GroupWeight[],
  after: readonly GroupWeight[],
): string | null => {
  const own = [roles.from, roles.to, roles.idle, roles.alternate];
  const others = (groups: readonly GroupWeight[]): string =>
    groups
      .filter(({ targetGroupArn }) => !own.includes(targetGroupArn))
      .map(({ targetGroupArn, weight }) => `${targetGroupArn} ${weight}`)
      .sort()
      .join();
  if (others(before) !== others(after))
    return `expected groups of others to keep their weights, found ${others(after)} instead of ${others(before)}`;
  const sum = after
    .filter(({ targetGroupArn }) => own.includes(targetGroupArn))
    .reduce((all, { weight }) => all + weight, 0);
  return sum === 100 ? null : `expected weights that sum to 100, found ${sum}`;
};

/** Invariant 5: what goes is of this move, or the old service once there is one that takes its place. */
const onOwner = (
  { names }: MovePlan,
  observed: MoveObservation,
  roles: Roles,
  input: Input,
): string | null => {
  const isOld =
    input.service === names.old || [roles.from, roles.alternate].includes(`${input.TargetGroupArn}`);
  const group = groupOf(observed, `${input.TargetGroupArn}`);
  const made = isOld || input.service === names.twin ? observed.twin : group;
  return ours(names, made)
    ? null
    : `expected only what this move has made to go, found ${input.service ?? input.TargetGroupArn}`;
};

/** Invariant 4: the old service loses tasks only once the new one is whole. With none left there is nothing to keep. */
const onLoss = (
  { names }: MovePlan,
  observed: MoveObservation,
  roles: Roles,
  input: Input,
): string | null => {
  if (input.service !== names.old || isClosing(names, observed, roles)) return null;
  const why = notServing(names, observed, roles, 100);
  return why === null
    ? null
    : `expected ${names.twin} to be whole before ${names.old} loses tasks, found ${why}`;
};

/** Invariant 4: nothing that serves goes while a route of the users sends it anything. */
const onRemoval = (plan: MovePlan, observed: MoveObservation, call: ApiCall): string | null => {
  const { names } = plan;
  const roles = plan.roles(observed);
  const input = call.api === 'route' ? {} : call.input;
  const leaves = input.service === names.old ? roles.from : roles.to;
  const gone = input.service === undefined ? `${input.TargetGroupArn}` : leaves;
  return (
    mayRemoveGreen(
      usersRoutes(names, observed, roles).map((route) => {
        const green = Math.round(shareIn(route, gone));
        return { label: route.label, weights: { blue: 100 - green, green } };
      }),
    ) ??
    onOwner(plan, observed, roles, input) ??
    onLoss(plan, observed, roles, input)
  );
};

/** Null, or what the write would break. */
export const refuseWrite = (
  plan: MovePlan,
  observed: MoveObservation,
  move: Extract<Move, { kind: 'call' }>,
): string | null => {
  const { call } = move;
  if (removesTargets(move)) return onRemoval(plan, observed, call);
  if (call.api !== 'route') return null;
  const roles = plan.roles(observed);
  return (
    onRaise(observed, roles, call.route.groups, call.groups) ??
    onOthers(roles, call.route.groups, call.groups)
  );
};
