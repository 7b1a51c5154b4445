import type { BareSnapshot, SafetyWrite } from '../../core/safety/snapshot.ts';
import type { ModelState, ModelTaskSet } from './model.types.ts';
import { BLUE_GROUP, DEPLOYMENT, GREEN_GROUP, isWhole, TEST_RULE, WANTED } from './the-service.ts';

const colourOf = ({ externalId }: ModelTaskSet): 'blue' | 'green' =>
  externalId === DEPLOYMENT ? 'green' : 'blue';

/** How many tasks ECS wants to run in a task set. */
export const wantedOf = ({ scalePercent, status }: ModelTaskSet): number =>
  status === 'DRAINING' ? 0 : Math.ceil((WANTED * scalePercent) / 100);

export const isAttached = ({ routes }: ModelState, groupArn: string): boolean =>
  routes.some(
    ({ deleted, groups }) => !deleted && groups.some(({ targetGroupArn }) => targetGroupArn === groupArn),
  );

/** Targets that the load balancer finds healthy: those of a group that no action names are not checked [fact 86]. */
export const healthyIn = (state: ModelState, groupArn: string): number =>
  isAttached(state, groupArn)
    ? state.taskSets
        .filter((set) => set.targetGroupArn === groupArn && wantedOf(set) > 0)
        .reduce((sum, { health }) => sum + health, 0)
    : 0;

/** The state as core/safety/invariants.ts reads it. */
export const snapshotOf = (state: ModelState, lastWrite: SafetyWrite | null): BareSnapshot => ({
  atMs: state.nowMs,
  routes: state.routes
    .filter(({ deleted }) => !deleted)
    .map(({ arn, groups }) => ({
      arn,
      label: arn,
      groups,
      fingerprint: '',
      ...(arn === TEST_RULE ? { test: true as const } : {}),
    })),
  groups: (['blue', 'green'] as const).map((colour) => {
    const arn = colour === 'blue' ? BLUE_GROUP : GREEN_GROUP;
    const sets = state.taskSets.filter((set) => set.targetGroupArn === arn);
    const wanted = sets.reduce((sum, set) => sum + wantedOf(set), 0);
    return { arn, colour, healthy: healthyIn(state, arn), registered: wanted, wanted };
  }),
  taskSets: state.taskSets
    .filter((set) => !isWhole(set))
    .map((set) => ({
      id: set.id,
      colour: colourOf(set),
      externalId: set.externalId ?? null,
      status: set.status,
      scalePercent: set.scalePercent,
    })),
  ...(state.headroom === undefined ? {} : { headroom: state.headroom }),
  leaseHolder: state.lease.holder ?? null,
  firstDeployment: !state.hadBlue,
  lastWrite,
});
