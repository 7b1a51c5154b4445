import type { StoredDeployment } from '../aws/verbs.ts';
import { SECOND_MS } from '../core/clock.ts';
import { describeCommand } from '../core/operator/commands.ts';
import type { Command } from '../core/vocabulary/command.types.ts';
import type { Decision } from '../core/vocabulary/state.types.ts';
import { executions, record } from './deps.ts';
import { lambdaHost } from './lambda-host.ts';
import { type Step, toHandler } from './step.ts';

/**
 * What the last decision did not see: a command that is not in its evidence, whatever the clocks say, or a signal that
 * came after it began to read. An alarm that went red before it read was seen as red.
 */
const missedBy = ({ evidence }: Decision, stored: StoredDeployment | null): string | null => {
  const seen = (command: Command): boolean =>
    evidence.commands.some(
      ({ kind, by, atMs }) => kind === command.kind && by === command.by && atMs === command.atMs,
    );
  const command = stored?.commands.find((one) => !seen(one));
  if (command !== undefined) return describeCommand(command);

  const signal = stored?.lastSignal ?? null;
  return signal !== null && signal.atMs >= evidence.observedAtMs ? signal.by : null;
};

/**
 * Stores the task token and returns: the state still waits until a signal spends the token or the wait times out.
 * What this function returns is ignored by Step Functions; the signal's output becomes the slice.
 *
 * A signal that came after the last decision, but before there was a token to spend, is found here.
 */
export const bake: Step<'Bake', 'executions' | 'record'> = async (
  { state, taskToken },
  { executions, record, clock },
) => {
  const { lease, decision } = state;
  const expiresAtMs = clock.nowMs() + decision.waitSeconds * SECOND_MS;

  await record.storeTaskToken(lease, taskToken, expiresAtMs);
  const stored = await record.read(lease.deploymentId);
  const missed = missedBy(decision, stored);
  if (missed !== null) await executions.wake(taskToken, missed);
  return { by: 'stored' };
};

export const handler = toHandler('Bake', bake, { executions, record }, lambdaHost);
