import type { Holding, LeaseItem } from '../aws/store-verbs.ts';
import { inLineEvent } from '../core/deployment/events.ts';
import { decideLease, type LeaseDecision } from '../core/deployment/lease.ts';
import { isRecovery, parseRecovery, recoveryReason } from '../core/ending/recovery.ts';
import { DeploymentError, isDeploymentError } from '../core/errors.ts';
import { describeProblems } from '../core/request/problem.ts';
import { parseRequest } from '../core/request/request.ts';
import type { DeploymentRequest } from '../core/vocabulary/request.types.ts';
import type { Execution, Lease } from '../core/vocabulary/state.types.ts';
import { events, executions, leases, record } from './deps.ts';
import type { Deps } from './deps.types.ts';
import { identify } from './identify.ts';
import { lambdaHost } from './lambda-host.ts';
import { type Step, type StepDeps, toHandler } from './step.ts';

type Uses = 'leases' | 'record' | 'executions' | 'events';

/** The running deployment gets an abort; whether it read it decides nothing, its lease does. */
const supersede = async (
  holder: string,
  me: string,
  { record, executions, clock }: Pick<Deps, 'record' | 'executions' | 'clock'>,
): Promise<void> => {
  const reason = `superseded by deployment ${me}`;
  const id = `supersede-${me}`.replace(/\W/g, '_');
  await record.addCommand(holder, { id, kind: 'abort', by: `deployment ${me}`, reason, atMs: clock.nowMs() });
  const taskToken = (await record.read(holder))?.taskToken ?? null;
  if (taskToken !== null) await executions.wake(taskToken, reason);
};

const recover = async (
  request: unknown,
  execution: Execution,
  { executions, leases, record, clock }: StepDeps<Uses>,
): Promise<Lease> => {
  const { deploymentId, serviceKey, endedExecutionArn, proof } = parseRecovery(request);
  const ended = await executions.status(endedExecutionArn);
  if (ended.running) {
    throw new DeploymentError(
      'ServiceBusy',
      `expected execution ${endedExecutionArn} to have ended, found it running: nothing to recover`,
    );
  }
  const lease = await leases.read(serviceKey);

  const holding = { deploymentId, serviceKey, executionArn: execution.id };
  if (!(await leases.takeOver(holding, { endedExecutionArn, proof }, lease.recoveries + 1))) {
    throw new DeploymentError(
      'ServiceBusy',
      `expected ${deploymentId} to hold ${serviceKey} by execution ${endedExecutionArn}, found ` +
        `${lease.holder ?? 'nobody'} by ${lease.executionArn ?? 'none'}: it is recovered already, or not ` +
        "by the sweep's word; nothing to do",
    );
  }
  // After the lease, so that a record that nobody can read makes the sweep back off. RecallPlan says what is wrong
  // with it.
  const stored = await record.read(deploymentId).catch((error: unknown) => {
    if (isDeploymentError(error)) return null;
    throw error;
  });
  return {
    ...holding,
    kind: 'recovering',
    acquiredAtMs: lease.acquiredAtMs ?? clock.nowMs(),
    // A record that was never opened has no request either; such a deployment has touched nothing.
    request: stored?.request ?? ({} as DeploymentRequest),
    lastGroups: lease.lastGroups,
    waitSeconds: 0,
    reason: recoveryReason({ executionArn: endedExecutionArn, reason: ended.reason }, stored?.stuck ?? null),
    ...(stored?.stuck?.began == null ? {} : { began: stored.stuck.began }),
  };
};

type Asking = { holding: Holding; request: DeploymentRequest; found: LeaseItem };

const standInLine = async (
  { holding, request, found }: Asking,
  decision: Extract<LeaseDecision, { kind: 'wait' }>,
  waitingSinceMs: number | null,
  deps: StepDeps<Uses>,
): Promise<Lease> => {
  await deps.leases.wait(holding, waitingSinceMs === null);
  if (request.whenBusy === 'supersede' && found.holder !== undefined)
    await supersede(found.holder, holding.deploymentId, deps);

  const waiting: Lease = {
    ...holding,
    request,
    lastGroups: found.lastGroups,
    kind: 'waiting',
    acquiredAtMs: waitingSinceMs ?? deps.clock.nowMs(),
    waitSeconds: decision.waitSeconds,
    reason: decision.reason,
  };
  if (waitingSinceMs === null) await deps.events.emit(inLineEvent(waiting));
  return waiting;
};

/** A lease that was read as free, and was taken by another at the same moment, is read once more. */
const MAX_READS = 2;

/**
 * Checks the request's shape and makes this deployment the only one that may change the service; or stands in line;
 * or, for a recovery, takes over from the execution that ended half-way.
 */
export const acquireLease: Step<'AcquireLease', Uses> = async (
  { request: input, execution, lease: before },
  deps,
) => {
  if (isRecovery(input)) return recover(input, execution, deps);
  const parsed = parseRequest(input);
  if (!parsed.ok) throw new DeploymentError('InvalidRequest', describeProblems(parsed.problems));
  const { request } = parsed;
  const holding = identify(request, execution);
  const { deploymentId: me, serviceKey } = holding;
  const { leases, record, clock } = deps;
  const waitingSinceMs = before?.kind === 'waiting' ? before.acquiredAtMs : null;

  for (let turn = 1; turn <= MAX_READS; turn += 1) {
    const found = await leases.read(serviceKey);
    const { whenBusy } = request;
    const decision = decideLease({
      lease: found,
      me,
      serviceKey,
      whenBusy,
      waitingSinceMs,
      nowMs: clock.nowMs(),
    });
    if (decision.kind === 'refuse') throw new DeploymentError('ServiceBusy', decision.reason);
    if (decision.kind === 'wait')
      return standInLine({ holding, request, found }, decision, waitingSinceMs, deps);

    if (await leases.take(holding, request.alarms.names)) {
      await record.open(holding, request);
      const acquiredAtMs = found.acquiredAtMs ?? clock.nowMs();
      const { lastGroups } = found;
      return { ...holding, request, lastGroups, kind: 'held', acquiredAtMs, waitSeconds: 0, reason: '' };
    }
  }
  throw new DeploymentError(
    'ServiceBusy',
    `expected ${serviceKey} to be free, found that other deployments take it at the same moment: start this one again`,
  );
};

export const handler = toHandler(
  'AcquireLease',
  acquireLease,
  { events, executions, leases, record },
  lambdaHost,
);
