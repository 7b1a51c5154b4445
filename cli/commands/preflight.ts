import { openForReading } from '../account/account.ts';
import { candidateOf } from '../account/candidate.ts';
import { type CheckedService, checkService } from '../account/check-service.ts';
import { checkRequest, requestFields, requestOptions } from '../account/deployment-request.ts';
import { askedFor } from '../account/revision.ts';
import { TARGET_USAGE, targetOptions, targetSection } from '../account/target.ts';
import { targetOf } from '../account/target-of.ts';
import type { Arguments } from '../arguments.ts';
import type { Command } from '../command.types.ts';
import { EXIT_OK, EXIT_REFUSED, type ExitCode } from '../exit-codes.ts';
import { checkAsIfMoved } from '../rehearsal/check-as-if-moved.ts';
import { assumedText } from '../render/assumed.ts';
import { makePaint } from '../render/paint.ts';
import { planText } from '../render/plan.ts';
import { hang } from '../render/text.ts';
import type { Terminal } from '../terminal.ts';
import { writeEvent } from '../watch/json-sink.ts';

export const preflightCommand: Command = {
  name: 'preflight',
  summary: 'check a service in the account as a deployment would, and show its plan; changes nothing',
  usage: `${TARGET_USAGE} [options]`,
  exits: [0, 1, 3, 8],
  options: {
    'task-definition': {
      type: 'string',
      short: 't',
      value: 'FILE|NAME',
      help:
        'a JSON file that would be registered, or a family, family:revision or ARN; default: ' +
        'cutover.yaml’s, else the running one',
    },
    strict: { type: 'boolean', help: 'warnings are errors' },
    json: { type: 'boolean', help: 'one JSON object: plan, findings, estimate' },
    ...requestOptions,
    ...targetOptions,
  },
  examples: [
    { line: 'cutover preflight production/shop', description: 'everything that is wrong, with what to do' },
    { line: 'cutover preflight shop --env production --strict', description: 'in a pull request' },
  ],
  sections: [targetSection],
  run: async (args, terminal, host) => {
    const target = targetOf(args);
    const { taskDefinition: configured, ...fields } = requestFields(target, args);
    checkRequest({ ...fields, taskDefinition: 'family' });

    const named = args.text('task-definition') ?? (typeof configured === 'string' ? configured : null);
    const moved = await checkAsIfMoved(host, { target, fields, taskDefinition: askedFor(named, args) });
    if (moved !== undefined) return show(moved, moved.assumed, args, terminal);

    const { account, installed } = await openForReading(host, target);
    if (!installed) {
      const note =
        `the installation "${target.installation}" of Cutover was not found or may not be read: only the ` +
        'service is checked';
      terminal.err(`${hang(note, 2, terminal.width)}\n`);
    }
    const candidate = await candidateOf(account, target, args.text('task-definition'), configured);
    const strict = args.flag('strict');
    return show(
      await checkService({ account, installed }, target, fields, candidate, strict),
      [],
      args,
      terminal,
    );
  },
};

const show = (
  { refused, plan, findings, estimate }: CheckedService,
  assumed: readonly string[],
  args: Arguments,
  terminal: Terminal,
): ExitCode => {
  const { width, colour } = terminal;
  const paint = makePaint(colour);
  if (args.flag('json')) {
    writeEvent(terminal, 'preflight', {
      refused,
      plan,
      findings,
      estimate,
      ...(assumed.length > 0 ? { assumed } : {}),
    });
  } else {
    terminal.out(
      assumedText(assumed, width, paint) +
        planText({ plan, findings, estimate }, width, paint, args.flag('strict')),
    );
  }
  return refused ? EXIT_REFUSED : EXIT_OK;
};
