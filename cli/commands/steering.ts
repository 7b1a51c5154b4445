import { isDeploymentError } from '../../core/errors.ts';
import { refuseText } from '../../core/operator/command-limits.ts';
import type { CommandKind } from '../../core/vocabulary/command.types.ts';
import { openAccount } from '../account/account.ts';
import { commandId } from '../account/command-id.ts';
import { refuseIfNotThere } from '../account/not-there.ts';
import { TARGET_USAGE, targetOptions, targetSection } from '../account/target.ts';
import { namedTargetOf } from '../account/target-of.ts';
import type { Command } from '../command.types.ts';
import { EXIT_OK, EXIT_REFUSED } from '../exit-codes.ts';
import { makePaint } from '../render/paint.ts';
import { hang } from '../render/text.ts';
import { UsageError } from '../usage-error.ts';
import { iso, writeEvent } from '../watch/json-sink.ts';

const meanings: Record<CommandKind, { summary: string; next: string }> = {
  promote: {
    summary: 'give green all the traffic now; at 100 % already: end the keep-blue window',
    next: 'it goes straight to 100 %, if green is healthy',
  },
  skip: { summary: 'end the present bake now', next: 'the next shift follows, if green is healthy' },
  pause: {
    summary: 'stay at the present weights; alarms still roll back',
    next: 'it stays where it is until resume; alarms still roll back',
  },
  resume: { summary: 'end a pause or a freeze', next: 'the deployment continues' },
  approve: {
    summary: 'approve the shift or the hook that waits for a person',
    next: 'the deployment continues',
  },
  abort: { summary: 'roll back: all traffic to blue, then remove green', next: 'it rolls back' },
  freeze: {
    summary: 'stop all moves, forward and back, until resume or abort',
    next: 'nothing moves until resume or abort; alarms do not roll back either',
  },
};

const exampleReason: Record<CommandKind, string> = {
  promote: 'the fix cannot wait',
  skip: 'watched it long enough',
  pause: 'checking the latency',
  resume: 'latency is fine',
  approve: 'tried it by hand',
  abort: 'the banner is wrong',
  freeze: 'the load balancer is being worked on',
};

/** `cutover promote | skip | ...`: each sends the running deployment one command, through the Command Lambda. */
export const steeringCommands: readonly Command[] = (Object.keys(meanings) as CommandKind[]).map((kind) => ({
  name: kind,
  summary: meanings[kind].summary,
  usage: `${TARGET_USAGE} [--reason TEXT] [options]`,
  exits: [0, 1, 3, 8],
  options: {
    reason: {
      type: 'string',
      short: 'r',
      value: 'TEXT',
      help: 'why; kept in the record and shown to everybody who watches',
    },
    ...(kind === 'abort'
      ? {
          now: {
            type: 'boolean' as const,
            help: 'green does harm: take all users from it as soon as one task of blue is healthy',
          },
        }
      : {}),
    json: { type: 'boolean', help: 'one JSON object' },
    ...targetOptions,
  },
  examples: [
    {
      line: `cutover ${kind} production/shop --reason "${exampleReason[kind]}"`,
      description: meanings[kind].next,
    },
  ],
  sections: [targetSection],
  run: async (args, terminal, host) => {
    const target = namedTargetOf(args, terminal);
    const problem = refuseText('reason', args.text('reason') ?? '');
    if (problem !== null) throw new UsageError(`--${problem}`);
    const account = await openAccount(host, target);
    const verbs = account.verbs();
    const why = {
      by: await verbs.identity(),
      reason: args.text('reason') ?? '',
      id: commandId(host),
      ...(kind === 'abort' && args.flag('now') ? { now: true } : {}),
    };
    try {
      const { deploymentId, command } = await verbs.command(kind, target, why);
      if (args.flag('json')) {
        const { by, reason, atMs } = command;
        writeEvent(terminal, 'accepted', { at: iso(atMs), deploymentId, command: kind, by, reason });
        return EXIT_OK;
      }
      const paint = makePaint(terminal.colour);
      const accepted = `${kind} accepted by deployment ${deploymentId}: ${meanings[kind].next}`;
      terminal.out(
        `${paint('green', '✔')} ${hang(accepted, 2, terminal.width)}\n  cutover watch ${target.words}\n`,
      );
      return EXIT_OK;
    } catch (error) {
      // An answer of the deployment, not a failure of AWS: nothing runs, or it cannot do that now.
      if (!isDeploymentError(error, 'Conflict', 'NotFound', 'InvalidRequest')) throw error;
      if (error.name === 'NotFound') await refuseIfNotThere(account, target);
      if (args.flag('json')) {
        writeEvent(terminal, 'refused', { command: kind, reason: error.message, exitCode: EXIT_REFUSED });
      } else
        terminal.err(
          `${makePaint(terminal.colour)('red', 'refused:')} ${hang(error.message, 2, terminal.width)}\n`,
        );
      return EXIT_REFUSED;
    }
  },
}));
