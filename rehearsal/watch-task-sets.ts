import type { BareSnapshot, SafetySnapshot } from '../core/safety/snapshot.ts';
import type { TaskSetsOfOthers } from '../core/safety/task-sets-of-others.types.ts';
import { USUAL_STALENESS } from '../sim/ecs/view-history.ts';
import type { ApiCall } from '../sim/kernel/call.types.ts';
import type { World } from '../sim/world.ts';

/** Between the observation that lets a colour go and the write nobody sees what somebody else does. */
const UNSEEN_MS = 60_000;

/** The steps that read which task set is PRIMARY and set it right. */
const SETS_PRIMARY = ['PromoteGreen', 'RemoveGreen'];

type Watched = { serviceArn: string; deploymentId: string; blueTaskSetId?: string };

/** What somebody else did to a service's task sets, as far as it has to stand at the end. */
export const watchTaskSets = (
  { ecs, kernel }: Pick<World, 'ecs' | 'kernel'>,
  { serviceArn, deploymentId, blueTaskSetId }: Watched,
) => {
  const sets = () => ecs.taskSetsOf(serviceArn);
  /** Made by somebody else: those with the deployment's label, too, that were there before its plan. */
  const made = new Set(
    sets()
      .filter(({ id, externalId }) => externalId === deploymentId && id !== blueTaskSetId)
      .map(({ id }) => id),
  );
  const scaled = new Map<string, { percent: number; atMs: number }>();
  const deletedAtMs = new Map<string, number>();
  let primary: string | null = null;
  let primaryAtMs = 0;
  /** When each colour began to go: from then on nothing reads whether the other is still there. */
  let retiringAtMs = Number.POSITIVE_INFINITY;
  let removingAtMs = Number.POSITIVE_INFINITY;
  /** Green began to go without a healthy target: with blue deleted there was nobody to stay with. */
  let greenWasNoHelp = false;

  const noteScale = (id: string): void => {
    const set = sets().find((each) => each.id === id);
    if (set !== undefined) scaled.set(id, { percent: set.scalePercent, atMs: kernel.scheduler.nowMs() });
  };
  const byOthers = (operation: string, target: string): void => {
    if (operation === 'CreateTaskSet') {
      const youngest = sets().at(-1);
      if (youngest === undefined) return;
      made.add(youngest.id);
      noteScale(youngest.id);
    }
    if (operation === 'UpdateTaskSet') noteScale(target);
    const deleted = operation === 'DeleteService' ? sets().map(({ id }) => id) : [target];
    if (/^Delete/.test(operation)) for (const id of deleted) deletedAtMs.set(id, kernel.scheduler.nowMs());
    if (operation !== 'UpdateServicePrimaryTaskSet') return;
    primary = target;
    primaryAtMs = kernel.scheduler.nowMs();
  };
  for (const id of made) noteScale(id);

  return {
    /** Others' task sets, whatever label they carry: no deployment's green. */
    isMade: (id: string): boolean => made.has(id),
    /** To be called for each call that was served. */
    read({ by = '', operation }: ApiCall): void {
      if (!SETS_PRIMARY.includes(by) || !/^Describe(Services|TaskSets)$/.test(operation)) return;
      // A read may be older than the write.
      if (kernel.scheduler.nowMs() - primaryAtMs > USUAL_STALENESS.maxMs) primary = null;
    },
    /** For each write to the service, with the task set that it names. */
    wrote({ by, operation }: ApiCall, target: string, { firstDeployment, groups }: BareSnapshot): void {
      const nowMs = kernel.scheduler.nowMs();
      if (by === undefined) {
        byOthers(operation, target);
        return;
      }
      // A first deployment has no blue that would go: from its promotion on it reads green no more.
      if (firstDeployment && by === 'PromoteGreen') retiringAtMs = Math.min(retiringAtMs, nowMs);
      if (by === 'RemoveGreen' && /^(Update|Delete)TaskSet$/.test(operation) && nowMs < removingAtMs) {
        removingAtMs = nowMs;
        greenWasNoHelp = !groups.some(({ colour, healthy }) => colour === 'green' && healthy > 0);
      }
      // What the deployment has written over since is its own again; blue's scale never is.
      if (operation === 'UpdateServicePrimaryTaskSet') primary = null;
      if (operation === 'UpdateTaskSet' && target !== blueTaskSetId && !made.has(target))
        scaled.delete(target);
    },
    checked({ memory, atMs }: SafetySnapshot): void {
      if (memory.retiring) retiringAtMs = Math.min(retiringAtMs, atMs);
    },
    atEnd(start: BareSnapshot): TaskSetsOfOthers {
      const isBlue = (id: string): boolean =>
        start.taskSets.some((set) => set.id === id && set.colour === 'blue');
      // Green is the deployment's for as long as there is a blue to go back to, and blue while there is a green.
      const stands = (id: string, atMs: number): boolean =>
        made.has(id) || isBlue(id) || atMs >= retiringAtMs - UNSEEN_MS;
      const serviceIsGone = !ecs
        .services()
        .some(({ arn, status }) => arn === serviceArn && status === 'ACTIVE');
      const bothAreDeleted = [...deletedAtMs.keys()].some((id) => !isBlue(id) && !made.has(id));
      const blueIsGone = (atMs: number): boolean =>
        bothAreDeleted || greenWasNoHelp || atMs >= removingAtMs - UNSEEN_MS;
      const gone = (id: string, atMs: number): boolean =>
        serviceIsGone || (isBlue(id) ? blueIsGone(atMs) : stands(id, atMs));
      return {
        made,
        scaled: new Map(
          [...scaled].filter(([id, { atMs }]) => stands(id, atMs)).map(([id, { percent }]) => [id, percent]),
        ),
        deleted: new Set([
          ...[...deletedAtMs].filter(([id, atMs]) => gone(id, atMs)).map(([id]) => id),
          ...(serviceIsGone ? start.taskSets.map(({ id }) => id) : []),
        ]),
        primary,
      };
    },
  };
};
