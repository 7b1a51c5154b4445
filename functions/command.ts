import type { AcceptedCommand, CommandMessage } from '../aws/command-function.ts';
import type { LeaseItem } from '../aws/store-verbs.ts';
import { serviceKeyOf } from '../core/deployment/service-key.ts';
import { DeploymentError, isDeploymentError } from '../core/errors.ts';
import { isObject } from '../core/is-object.ts';
import { refuseText, shownText } from '../core/operator/command-limits.ts';
import { refuseCommand } from '../core/operator/refuse-command.ts';
import { commandKinds } from '../core/vocabulary/command.types.ts';
import type { HookRun } from '../core/vocabulary/hooks.types.ts';
import { executions, hookRuns, leases, record } from './deps.ts';
import type { Deps } from './deps.types.ts';
import { lambdaHost } from './lambda-host.ts';
import { type Invocation, type StepDeps, toHandler } from './step.ts';

type Uses = 'executions' | 'hookRuns' | 'leases' | 'record';

/** Letters, digits and `_`: the id becomes part of an attribute's name. */
const COMMAND_ID = /^[A-Za-z0-9_]{1,64}$/;

const isText = (value: unknown): value is string =>
  typeof value === 'string' && value !== '' && value.length <= MAX_ARN;

/** No ARN of a cluster or a service is longer. */
const MAX_ARN = 1_024;

/** The message may be anything: anybody who may invoke the Lambda writes it. */
const check = (message: unknown): Required<CommandMessage> => {
  const { cluster, service, command, by, reason = '', now = false, id } = isObject(message) ? message : {};
  const kind = commandKinds.find((one) => one === command);
  const problems = [
    ...(isText(cluster) ? [] : ['cluster: expected its name or ARN, found nothing']),
    ...(isText(service) ? [] : ['service: expected its name or ARN, found nothing']),
    ...(kind === undefined
      ? [`command: expected one of ${commandKinds.join(', ')}, found ${shownText(command)}`]
      : []),
    ...(by === undefined || by === ''
      ? ['by: expected who sends it, found nothing']
      : [refuseText('by', by)]),
    refuseText('reason', reason),
    ...(now === false || (now === true && kind === 'abort')
      ? []
      : [`now: expected true, and only with abort, found ${shownText(now)} with ${shownText(command)}`]),
    ...(isText(id) && COMMAND_ID.test(id)
      ? []
      : [`id: expected 1 to 64 letters, digits or _, found ${shownText(id)}`]),
  ].filter((problem) => problem !== null);
  if (problems.length > 0) throw new DeploymentError('InvalidRequest', problems.join('\n'));
  return { cluster, service, command, by, reason, now, id } as Required<CommandMessage>;
};

/**
 * Whether the deployment's execution has ended half-way, or is a recovery of one that did. What cannot be known must
 * not keep a person's command away, so then it counts as running: the record's own conditions still hold.
 */
const isRecovering = async (
  { executionArn, recoveries }: LeaseItem,
  executions: Deps['executions'],
): Promise<boolean> => {
  if (recoveries > 0 || executionArn === undefined) return recoveries > 0;
  try {
    return !(await executions.status(executionArn)).running;
  } catch (error) {
    if (isDeploymentError(error)) return false;
    throw error;
  }
};

const asksForApproval = (runs: readonly HookRun[]): boolean =>
  runs.some(({ kind, result }) => kind === 'approval' && result === null);

/**
 * Writes a command into the running deployment's record and wakes it. The record decides: a command is accepted when
 * it is written, and JudgeHealth, CheckGreen and RetireBlue obey what they read there.
 * @throws InvalidRequest, NotFound when nothing is being deployed, Conflict with the reason when it cannot apply.
 */
export const command = async (
  message: unknown,
  deps: StepDeps<Uses>,
  { qualifier }: Invocation = { qualifier: null },
): Promise<AcceptedCommand> => {
  const request = check(message);
  const only = commandKinds.find((kind) => kind === qualifier);
  if (only !== undefined && only !== request.command) {
    throw new DeploymentError(
      'InvalidRequest',
      `expected ${only}, because the function's alias ${only} was invoked, found ${request.command}: each alias ` +
        'takes the command of its name',
    );
  }
  const { leases, record, executions, hookRuns, clock } = deps;
  const serviceKey = serviceKeyOf(request);
  const lease = await leases.read(serviceKey);
  const { holder } = lease;
  if (holder === undefined) {
    throw new DeploymentError(
      'NotFound',
      `expected a deployment of ${serviceKey}, found none running; to go back from the last one: ` +
        `\`cutover rollback ${serviceKey}\``,
    );
  }
  const stored = await record.read(holder);
  if (stored === null) {
    throw new DeploymentError(
      'Conflict',
      `cannot ${request.command} deployment ${holder}: it is only just starting; send it again in a few seconds`,
    );
  }

  const { id, command: kind, by, reason, now } = request;
  // A repeat whose first answer was lost: that one stands, with its time.
  const before = stored.commands.find((one) => one.id === id);
  const accepted = before ?? { id, kind, by, reason, ...(now ? { now } : {}), atMs: clock.nowMs() };
  if (before === undefined) {
    const last = await record.readLastDecision(holder);
    const standing = {
      serviceKey,
      ended: stored.outcome?.reason ?? null,
      commitment: stored.commitment,
      // An abort applies either way, so it waits for no answer.
      recovering: kind !== 'abort' && (await isRecovering(lease, executions)),
      plan: stored.plan,
      position: last?.position ?? null,
      ...(last === null ? {} : { decided: last }),
      commands: stored.commands,
      hookAsks:
        kind === 'approve' && stored.plan?.hooks !== undefined
          ? asksForApproval(await hookRuns.read(holder))
          : false,
    };
    const refusal = refuseCommand(kind, standing, { now });
    if (refusal !== null)
      throw new DeploymentError('Conflict', `cannot ${kind} deployment ${holder}: ${refusal}`);
    if (!(await record.addCommand(holder, accepted))) {
      const why =
        'it has just ended, or has just begun to finish or to roll back, has had as many commands as ' +
        `it takes, or was started by the release before this one; \`cutover status ${serviceKey}\` ` +
        'shows which. Stopping its execution rolls it back in any case';
      throw new DeploymentError('Conflict', `cannot ${kind} deployment ${holder}: ${why}`);
    }
  }
  // Read after the command was written: Bake stores its token first and searches for commands then, so one sees the
  // other.
  const taskToken = (await record.read(holder))?.taskToken ?? null;
  if (taskToken !== null) await executions.wake(taskToken, `${kind} by ${by}`);
  return { deploymentId: holder, command: accepted };
};

export const handler = toHandler('Command', command, { executions, hookRuns, leases, record }, lambdaHost);
