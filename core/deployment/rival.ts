import { SECOND_MS } from '../clock.ts';
import { formatDuration } from '../duration.ts';
import { LATE_READ_MS } from '../pace.ts';
import type { Commitment } from '../vocabulary/command.types.ts';
import type { RolledBack } from '../vocabulary/ending.types.ts';
import type { ObservedTaskSet } from '../vocabulary/observed.types.ts';
import type { Plan } from '../vocabulary/plan.types.ts';
import type { DeploymentState } from '../vocabulary/state.types.ts';
import { ownTaskSet } from './own-task-set.ts';

type Deployment = { plan: Pick<Plan, 'blue' | 'green'>; deploymentId: string };

/**
 * Task sets of somebody else whose tasks register in green's target group: whatever weight green gets would be theirs,
 * too. Two installations of Cutover do not read each other's lease, so this is how one finds the other.
 */
const rivals = (
  taskSets: readonly ObservedTaskSet[],
  { plan, deploymentId }: Deployment,
): ObservedTaskSet[] =>
  taskSets
    .filter(
      (set) =>
        set.status !== 'DRAINING' &&
        set.id !== plan.blue?.id &&
        [set.targetGroupArn, ...(set.otherTargetGroupArns ?? [])].includes(plan.green.targetGroupArn) &&
        ownTaskSet([set], plan, deploymentId) === null,
    )
    .sort(byAge);

/**
 * Why this deployment leaves the service to another one, or null. Both see the same two task sets, so both come to
 * the same: the older one stays, and of two of one age the one with the smaller id. The one that created the later
 * one reads after that, and sees the other. Without one of its own a deployment always yields.
 */
export const refuseRival = (
  taskSets: readonly ObservedTaskSet[],
  deployment: Deployment & { own: Pick<ObservedTaskSet, 'id' | 'createdAtMs'> | null },
): string | null => {
  const { own } = deployment;
  const rival = rivals(taskSets, deployment).find((set) => own === null || byAge(set, own) < 0);
  if (rival === undefined) return null;
  const maker = rival.externalId === undefined ? 'maker unknown' : `made by ${rival.externalId}`;
  const since = own === null ? '' : `, ${older(rival, own)} this deployment's own`;
  const then = own === null ? 'nothing is launched' : 'what this one launched is removed';
  return (
    `expected no other task set in green's target group, found ${rival.id} (${maker}${since}): another deployment ` +
    `of this service is under way, of another installation of Cutover or of another tool. It continues, and ${then}. ` +
    'Let one installation alone deploy the service, and start again once the other deployment has ended.'
  );
};

/**
 * Whether a rollback that begins leaves the routes to another deployment: one that was first to launch its green, before
 * this one had asked anything of the routes. Its own execution saw that. A recovery asks again, because the execution
 * before it may have ended before it could, and remembers it once its own task set is gone.
 */
export const givesWay = (
  taskSets: readonly ObservedTaskSet[],
  {
    lease,
    plan,
    rolledBack,
    failure,
  }: Pick<DeploymentState, 'lease' | 'plan'> & { rolledBack?: RolledBack; failure?: { Error: string } },
  stored: { commitment: Pick<Commitment, 'leavesRoutes'> | null } | null,
): boolean => {
  if (rolledBack !== undefined) return false;
  if (failure?.Error === 'ServiceBusy') return true;
  if (lease.kind !== 'recovering') return false;
  const { deploymentId } = lease;
  const own = ownTaskSet(taskSets, plan, deploymentId);
  if (own === null && stored?.commitment?.leavesRoutes !== true) return false;
  return refuseRival(taskSets, { plan, deploymentId, own }) !== null;
};

/**
 * Whether a deployment that gave way still leaves the routes to the other one: as long as its task set is there, and a
 * read of the first minute may be older than that.
 */
export const routesAreTheirs = (
  taskSets: readonly ObservedTaskSet[],
  { lease, plan, rolledBack }: Pick<DeploymentState, 'lease' | 'plan'> & { rolledBack?: RolledBack },
  nowMs: number,
): boolean =>
  rolledBack?.leavesRoutes === true &&
  (nowMs - rolledBack.startedAtMs < LATE_READ_MS ||
    rivals(taskSets, { plan, deploymentId: lease.deploymentId }).length > 0);

type Aged = Pick<ObservedTaskSet, 'id' | 'createdAtMs'>;

const byAge = (a: Aged, b: Aged): number => a.createdAtMs - b.createdAtMs || (a.id < b.id ? -1 : 1);

const older = (rival: Aged, own: Aged): string => {
  const ms = own.createdAtMs - rival.createdAtMs;
  return ms < SECOND_MS ? 'created in the same second as' : `created ${formatDuration(ms)} before`;
};
