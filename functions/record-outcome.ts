import type { Holding } from '../aws/verbs.ts';
import { finishedEvent, readableOf } from '../core/deployment/events.ts';
import { outcomeOf, stuckOf } from '../core/ending/outcome.ts';
import { parseRequest } from '../core/request/request.ts';
import type { Outcome } from '../core/vocabulary/state.types.ts';
import type { StepState } from '../statemachine/contract.ts';
import { events, leases, listener, record } from './deps.ts';
import type { Deps } from './deps.types.ts';
import { identify } from './identify.ts';
import { ifPossible } from './if-possible.ts';
import { lambdaHost } from './lambda-host.ts';
import { refuseIfBlueIsServed, refuseIfGreenIsServed } from './refuse-if-served.ts';
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
 * and so is one whose record is closed already: its answer was lost, and what it closed with stands.
 * @throws TrafficDrifted, and RollBack sets the weights right.
 */
const refuseWrongRoutes = async (
  { plan }: StepState<'RecordOutcome'>,
  { kind }: Outcome,
  holding: Holding | null,
  { listener, record }: Pick<Deps, 'listener' | 'record'>,
): Promise<void> => {
  if (plan === undefined) return;
  try {
    if (kind === 'rolledBack') await refuseIfGreenIsServed(plan, listener);
    if (kind === 'succeeded') await refuseIfBlueIsServed(plan, listener);
  } catch (error) {
    if (holding === null || (await record.standing(holding.deploymentId)) !== 'closed') throw error;
  }
};

/** Closes the record with the truth, frees the lease unless somebody still has to finish, and says it once. */
export const recordOutcome: Step<'RecordOutcome', 'events' | 'leases' | 'listener' | 'record'> = async (
  state,
  { events, leases, listener, record, clock },
) => {
  const holding = holdingOf(state);

  const outcome = outcomeOf(state, clock.nowMs());
  await refuseWrongRoutes(state, outcome, holding, { listener, record });
  const groups =
    state.plan === undefined ? [] : [state.plan.green.targetGroupArn, state.plan.blueTargetGroupArn];

  // A stuck deployment keeps lease and record open: whatever comes next must first finish what is half done.
  const ended = outcome.kind !== 'stuck';
  const opened = holding !== null && (await wasOpened(state, holding, record));
  const stands = opened && ended ? await record.close(holding, outcome) : outcome;
  if (opened && !ended) await ifPossible(record.noteStuck(holding, stuckOf(state, state.execution.id)));
  if (holding !== null && ended)
    await leases.release(
      holding,
      groups.filter((group) => group !== null),
    );
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
  { events, leases, listener, record },
  lambdaHost,
);
