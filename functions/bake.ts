import type { StoredDeployment } from '../aws/store-verbs.ts';
import { describeCommand } from '../core/operator/commands.ts';
import type { Command } from '../core/vocabulary/command.types.ts';
import type { Decision } from '../core/vocabulary/decision.types.ts';
import { awaitSignal } from './await-signal.ts';
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
 * Waits for the next observation. A signal that came after the last decision, but before there was a token to spend,
 * is found.
 */
export const bake: Step<'Bake', 'executions' | 'record'> = (
  { state: { lease, decision }, taskToken },
  deps,
) =>
  awaitSignal(
    {
      lease,
      taskToken,
      waitSeconds: decision.waitSeconds,
      missedBy: (stored) => missedBy(decision, stored),
    },
    deps,
  );

export const handler = toHandler('Bake', bake, { executions, record }, lambdaHost);
