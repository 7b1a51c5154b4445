import type { HeldLease } from '../aws/store-verbs.ts';
import { MINUTE_MS } from '../core/clock.ts';
import {
  type RecoveryRequest,
  recoveryDue,
  recoveryNameOf,
  stateMachineOf,
} from '../core/ending/recovery.ts';
import { DeploymentError } from '../core/errors.ts';
import { isObject } from '../core/is-object.ts';
import { executions, leases, metrics, record } from './deps.ts';
import { sha256 } from './identify.ts';
import { ifPossible } from './if-possible.ts';
import { lambdaHost } from './lambda-host.ts';
import { type StepDeps, toHandler } from './step.ts';

type Uses = 'executions' | 'leases' | 'metrics' | 'record';

/** What the sweep found at a lease. */
type Found = 'running' | 'freed' | 'tooSoon' | { started: string };

const recover = async (
  { serviceKey, deploymentId, executionArn, recoveries, recoveredAtMs }: HeldLease,
  { executions, leases, record, clock }: StepDeps<Uses>,
): Promise<Found> => {
  const { running } = await executions.status(executionArn);
  if (running) return 'running';
  // It may have ended properly between the two reads: a deployment frees its lease right before it ends.
  const lease = await leases.read(serviceKey);
  if (lease.holder !== deploymentId || lease.executionArn !== executionArn) return 'freed';
  // What tells a person's command, an alarm, or users seen where nobody answers: after it the next one may succeed.
  const signalAtMs = (await ifPossible(record.read(deploymentId)))?.lastSignal?.atMs ?? null;
  if (!recoveryDue({ recoveries, recoveredAtMs, signalAtMs, nowMs: clock.nowMs() })) return 'tooSoon';

  const proof = await leases.prove({ serviceKey, deploymentId, executionArn }, signalAtMs ?? 0);
  if (proof === null) return 'tooSoon';
  const name = recoveryNameOf(executionArn, proof, sha256);
  const input: RecoveryRequest = {
    mode: 'rollBack',
    deploymentId,
    serviceKey,
    endedExecutionArn: executionArn,
    proof,
  };
  const { kind } = await executions.start(stateMachineOf(executionArn), name, input);
  // Existed: it has ended before it took the lease over, or is somebody else's. The next proof gives another name.
  return kind === 'started' ? { started: name } : 'tooSoon';
};

/**
 * EventBridge's scheduled event, or "Step Functions Execution Status Change" with the execution that ended.
 * @throws InvalidRequest for what is neither.
 */
const endedIn = (event: unknown): string | undefined => {
  const detail = isObject(event) ? (event.detail ?? {}) : null;
  const executionArn = isObject(detail) ? detail.executionArn : null;
  if (executionArn === undefined || typeof executionArn === 'string') return executionArn;
  throw new DeploymentError(
    'InvalidRequest',
    'expected a scheduled event, or one whose detail.executionArn is a text, found something else',
  );
};

/**
 * DescribeExecution is refilled at 15 a second [fact 96], so a Lambda's minute is enough for so many; with more
 * deployments than that, each schedule's turn takes the next ones.
 */
const AT_MOST = 300;
const TURN_MS = MINUTE_MS;

/**
 * An execution's end concerns its own lease: reading all of them would be a thousand reads for each of a thousand
 * ends.
 */
const toSweep = (held: HeldLease[], endedArn: string | undefined, nowMs: number): HeldLease[] => {
  if (endedArn !== undefined) return held.filter(({ executionArn }) => executionArn === endedArn);
  if (held.length <= AT_MOST) return held;
  const from = (Math.floor(nowMs / TURN_MS) * AT_MOST) % held.length;
  return [...held.slice(from), ...held].slice(0, AT_MOST);
};

/**
 * Finds leases whose execution has ended without freeing them and starts a recovery for each. Runs when an execution
 * ends and on a schedule: the status event is best effort, and StopExecution runs no Catch [fact 101, 103].
 */
export const sweep = async (event: unknown, deps: StepDeps<Uses>): Promise<{ started: string[] }> => {
  const held = toSweep(await deps.leases.held(), endedIn(event), deps.clock.nowMs());

  const results = await Promise.allSettled(held.map((lease) => recover(lease, deps)));
  const failed = results.filter((result) => result.status === 'rejected');
  const found = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  // A recovery takes the lease over within seconds, so what is counted again and again is locked for good.
  const endedButHeld = found.filter((one) => one !== 'running' && one !== 'freed').length;
  deps.metrics.publish({ EndedButHeld: endedButHeld, LeasesNotSwept: failed.length });
  if (failed[0] !== undefined) throw failed[0].reason;
  return { started: found.flatMap((one) => (typeof one === 'object' ? [one.started] : [])) };
};

export const handler = toHandler('Sweep', sweep, { executions, leases, metrics, record }, lambdaHost);
