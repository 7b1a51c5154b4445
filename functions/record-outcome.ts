import type { Holding } from '../aws/store-verbs.ts';
import { finishedEvent, readableOf } from '../core/deployment/finished-event.ts';
import { outcomeOf, stuckOf } from '../core/ending/outcome.ts';
import { DeploymentError, isDeploymentError, retryableErrorNames } from '../core/errors.ts';
import { endFacts } from '../core/history/end.ts';
import { parseRequest } from '../core/request/request.ts';
import { suspends } from '../core/scaling/planned.ts';
import { notRestored } from '../core/scaling/restoration.ts';
import type { Outcome } from '../core/vocabulary/ending.types.ts';
import type { ChainHead } from '../core/vocabulary/history.types.ts';
import type { HookRun } from '../core/vocabulary/hooks.types.ts';
import type { Plan } from '../core/vocabulary/plan.types.ts';
import { isTakenOver } from '../core/weights/taken-over.ts';
import type { StepState } from '../statemachine/contract.ts';
import { ends, events, hookRuns, leases, listener, metrics, record, scaling, writers } from './deps.ts';
import type { Deps } from './deps.types.ts';
import { identify } from './identify.ts';
import { ifPossible } from './if-possible.ts';
import { lambdaHost } from './lambda-host.ts';
import { nameTheWriter } from './name-the-writer.ts';
import { refuseIfBlueIsServed, refuseIfGreenIsServed } from './refuse-if-served.ts';
import { restoreScaling } from './restore-scaling.ts';
import { type Step, toHandler } from './step.ts';

/**
 * The lease to free. When AcquireLease's answer was lost the slice is missing although the lease may be taken; the
 * names follow from the input, and freeing is conditional on this very execution.
 */
const holdingOf = ({ lease, request, execution }: StepState<'RecordOutcome'>): Holding | null => {
  if (lease !== undefined) return lease;
  const parsed = parseRequest(request);
  return parsed.ok ? identify(parsed.request, execution) : null;
};

/**
 * A lost answer of AcquireLease may leave a record that no slice names. Left open, it would resemble a live
 * deployment for as long as records are kept.
 */
const wasOpened = async (
  { lease }: StepState<'RecordOutcome'>,
  { deploymentId }: Holding,
  record: Deps['record'],
): Promise<boolean> =>
  (lease !== undefined && lease.kind !== 'waiting') || (await record.standing(deploymentId)) !== null;

/**
 * The last observation of the routes: nobody reads them after the end. A deployment that gave up is left as it is,
 * and so is one whose record is closed already: its answer was lost, and what it closed with stands. So are the
 * routes that another deployment has.
 * @throws TrafficDrifted, and RollBack sets the weights right.
 */
const refuseWrongRoutes = async (
  { plan, rolledBack }: StepState<'RecordOutcome'>,
  { kind }: Outcome,
  holding: Holding | null,
  { listener, record }: Pick<Deps, 'listener' | 'record'>,
): Promise<void> => {
  if (plan === undefined || rolledBack?.leavesRoutes) return;
  try {
    if (kind === 'rolledBack') await refuseIfGreenIsServed(plan, listener);
    if (kind === 'succeeded') await refuseIfBlueIsServed(plan, listener);
  } catch (error) {
    if (holding === null || (await record.standing(holding.deploymentId)) !== 'closed') throw error;
  }
};

/**
 * Keeps the end in the service's history, once. While the lease is held, so that the next deployment's end comes after
 * it, and what could not be written is tried again before another one may begin.
 */
const keepEnd = async (
  state: StepState<'RecordOutcome'>,
  holding: Holding,
  outcome: Outcome,
  { ends, metrics }: Pick<Deps, 'ends' | 'metrics'>,
): Promise<ChainHead | undefined> => {
  const executionStartedAtMs = Date.parse(state.execution.startedAt);
  const request = readableOf(state.request);
  const facts = endFacts({ ...holding, executionStartedAtMs, request }, state, outcome);
  if (facts === null) return undefined;
  const { head, first } = await ends.append(facts, Math.min(executionStartedAtMs, outcome.endedAtMs));
  // A repeat counts nothing again; the history has the truth, should a Lambda end between the two.
  if (first) metrics.publishEnd(facts);
  return head;
};

/**
 * The end with what became of what scales the service: restored before the record is closed, because nobody reads it
 * later. One that cannot be restored keeps the deployment open, so that the next recovery tries again. A record that
 * is closed already was closed by an earlier try, which has restored it, or by a person, who has not: as long as the
 * lease is this deployment's own, it is nobody else's by now.
 * @throws LeaseLost, Throttled and Unavailable, and the state machine tries again.
 */
const withScaling = async (
  { plan }: StepState<'RecordOutcome'>,
  outcome: Outcome,
  holding: Holding | null,
  { leases, record, scaling }: Pick<Deps, 'leases' | 'record' | 'scaling'>,
): Promise<Outcome> => {
  const suspended = plan?.scaling;
  if (!suspends(suspended) || holding === null || !['succeeded', 'rolledBack'].includes(outcome.kind))
    return outcome;
  const wasClosed = (await record.standing(holding.deploymentId)) === 'closed';
  try {
    const end = await restoreScaling(holding, suspended, { leases, scaling });
    const reason = end.kind === 'leftToOthers' ? `${outcome.reason}; ${end.reason}` : outcome.reason;
    return { ...outcome, reason, scaling: end };
  } catch (error) {
    if (wasClosed && isDeploymentError(error, 'LeaseLost')) return outcome;
    const again: readonly string[] = ['LeaseLost', ...retryableErrorNames];
    if (!isDeploymentError(error) || again.includes(error.name)) throw error;
    return { kind: 'stuck', reason: notRestored(suspended, error.message), endedAtMs: outcome.endedAtMs };
  }
};

/**
 * A deployment that rolled back ends after its hooks, and so does one that found no blue to go back to while one ran. An
 * EndHooks that failed has left its error: then nobody waits.
 * @throws HooksDue, and EndHooks ends them.
 */
const refuseWhileHooksRun = (
  { plan, hooks }: StepState<'RecordOutcome'>,
  runs: readonly HookRun[],
  { kind }: Outcome,
): void => {
  const run = kind === 'succeeded' && runs.some(({ result }) => result === null);
  if (plan?.hooks === undefined || (kind !== 'rolledBack' && !run)) return;
  if (hooks !== undefined && (hooks.kind === 'ended' || 'Error' in hooks)) return;
  throw new DeploymentError('HooksDue', 'the hooks of the deployment are still to be ended');
};

/** What each hook answered; a deployment without hooks reads nothing. */
const hooksOf = (
  { plan }: StepState<'RecordOutcome'>,
  { deploymentId }: Holding,
  hookRuns: Deps['hookRuns'],
): Promise<HookRun[]> => (plan?.hooks === undefined ? Promise.resolve([]) : hookRuns.read(deploymentId));

/** The group of a service whose users were taken over is that service's. */
const groupsOfService = (plan: Plan): (string | null)[] => [
  plan.green.targetGroupArn,
  ...(isTakenOver(plan) ? [] : [plan.blueTargetGroupArn]),
];

/** Closes the record with the truth, frees the lease unless somebody still has to finish, and says it once. */
export const recordOutcome: Step<
  'RecordOutcome',
  'ends' | 'events' | 'hookRuns' | 'leases' | 'listener' | 'metrics' | 'record' | 'scaling' | 'writers'
> = async (state, { ends, events, hookRuns, leases, listener, metrics, record, scaling, writers, clock }) => {
  const holding = holdingOf(state);

  const nowMs = clock.nowMs();
  // Users first: what became of the hooks is read after it.
  await refuseWrongRoutes(state, outcomeOf(state, nowMs), holding, { listener, record });
  const runs = holding === null ? [] : await hooksOf(state, holding, hookRuns);
  const reached = outcomeOf(state, nowMs, runs);
  const restored = await withScaling(state, reached, holding, { leases, record, scaling });
  refuseWhileHooksRun(state, runs, restored);
  const outcome = await nameTheWriter(state, restored, { writers });
  const groups = state.plan === undefined ? [] : groupsOfService(state.plan);

  // A stuck deployment keeps lease and record open: whatever comes next must first finish what is half done.
  const ended = outcome.kind !== 'stuck';
  const opened = holding !== null && (await wasOpened(state, holding, record));
  const closed = opened && ended ? await record.close(holding, outcome) : outcome;
  const stands = closed ?? outcome;
  if (opened && !ended)
    await ifPossible(
      record.noteStuck(holding, {
        ...stuckOf(state, state.execution.id),
        ...(reached.kind === 'stuck' ? {} : { why: outcome.reason }),
      }),
    );
  // Of a deployment that another execution has taken over nobody knows yet how it ends.
  const head =
    holding === null || closed === null
      ? undefined
      : await keepEnd(state, holding, closed, { ends, metrics });
  if (holding !== null && ended) {
    await leases.release(
      holding,
      groups.filter((group) => group !== null),
      head,
    );
  }
  if (holding !== null && !opened) await leases.leaveLine(holding);
  const { lease, plan, decision, execution, request } = state;
  await events.emit(
    finishedEvent(
      {
        lease,
        plan,
        decision,
        executionArn: execution.id,
        deploymentId: holding?.deploymentId ?? null,
        history: head ?? null,
        hookRuns: runs,
        request: readableOf(request),
      },
      stands,
    ),
  );
  return stands;
};

export const handler = toHandler(
  'RecordOutcome',
  recordOutcome,
  { ends, events, hookRuns, leases, listener, metrics, record, scaling, writers },
  lambdaHost,
);
