import { isSettingProblem } from '../aws/settings.ts';
import { didYouMean } from '../core/did-you-mean.ts';
import { DeploymentError } from '../core/errors.ts';
import { oneLine } from '../core/one-line.ts';
import type { Host } from './account/host.types.ts';
import { processHost } from './account/process-host.ts';
import { readArguments } from './arguments.ts';
import type { Command } from './command.types.ts';
import {
  EXIT_OK,
  EXIT_REFUSED,
  EXIT_STUCK,
  EXIT_UNAVAILABLE,
  EXIT_USAGE,
  type ExitCode,
} from './exit-codes.ts';
import { loadCommand } from './load-command.ts';
import { printing } from './printable.ts';
import { commandHelp, overviewHelp } from './render/help.ts';
import { makePaint } from './render/paint.ts';
import { hang } from './render/text.ts';
import type { Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';

/** Runs the command line; every way it can end is an exit code of exit-codes.ts. */
export const main = async (
  argv: string[],
  terminal: Terminal,
  host: Host = processHost,
): Promise<ExitCode> => {
  const shown = printing(terminal);
  try {
    return await dispatch(argv, shown, host);
  } catch (error) {
    return explain(error, shown);
  }
};

const dispatch = async (argv: string[], terminal: Terminal, host: Host): Promise<ExitCode> => {
  const [name, ...rest] = argv;
  if (name === undefined) {
    await showOverview(terminal);
    return EXIT_USAGE;
  }
  if (name === '--version' || name === '-V') return dispatch(['version'], terminal, host);
  if (name === 'help' || name === '--help' || name === '-h') return help(rest, terminal);

  const command = await find(name);
  if (rest.includes('--help') || rest.includes('-h')) return help([name], terminal);
  return command.run(readArguments(rest, command.options, name), terminal, host);
};

const help = async ([name]: string[], terminal: Terminal): Promise<ExitCode> => {
  if (name === undefined) await showOverview(terminal);
  else terminal.out(commandHelp(await find(name), terminal.width, makePaint(terminal.colour)));
  return EXIT_OK;
};

const showOverview = async (terminal: Terminal): Promise<void> => {
  const { groups } = await import('./commands.ts');
  terminal.out(overviewHelp(groups, terminal.width, makePaint(terminal.colour)));
};

const find = async (name: string): Promise<Command> => {
  const command = await loadCommand(name);
  if (command !== undefined) return command;
  const { commands } = await import('./commands.ts');
  const names = [...commands.map((known) => known.name), 'help'];
  const near = didYouMean(name, names);
  throw new UsageError(`unknown command "${name}"${near === undefined ? '' : `; did you mean ${near}?`}`, {
    hint: `the commands are ${names.join(', ')}; cutover help describes them`,
  });
};

/** AWS answered that there is no such thing, or was not asked: the person's to correct, trying again does not help. */
const exitOf = (error: DeploymentError): ExitCode => {
  const { name } = error;
  if (name === 'Conflict' || name === 'PreflightFailed') return EXIT_REFUSED;
  return name === 'NotFound' || isSettingProblem(error) ? EXIT_USAGE : EXIT_UNAVAILABLE;
};

/** These list problems, a line each; whatever else has several lines has them of others. */
const linesOf = ({ name, message }: DeploymentError): string[] =>
  name === 'InvalidRequest' || name === 'PreflightFailed' ? message.split('\n') : [oneLine(message)];

const explain = (error: unknown, terminal: Terminal): ExitCode => {
  const paint = makePaint(terminal.colour);
  const line = (text: string): void => terminal.err(`${hang(text, 2, terminal.width)}\n`);
  if (error instanceof UsageError) {
    // They quote what was typed, and what files hold.
    line(`${paint('red', 'error:')} ${oneLine(error.message)}`);
    for (const problem of error.problems) line(`- ${oneLine(problem)}`);
    if (error.hint !== undefined) line(`${paint('cyan', 'what to do:')} ${oneLine(error.hint)}`);
    return EXIT_USAGE;
  }

  if (error instanceof DeploymentError) {
    for (const [index, part] of linesOf(error).entries()) {
      line(index === 0 ? `${paint('red', 'error:')} ${part}` : part);
    }
    return exitOf(error);
  }

  // Not the person's doing: a defect of ours, which needs its stack only to be reported.
  line(
    `${paint('red', 'error:')} Cutover itself failed: ${error instanceof Error ? error.message : String(error)}`,
  );
  if (process.env.CUTOVER_DEBUG !== undefined) terminal.err(`${error instanceof Error ? error.stack : ''}\n`);
  else line(`${paint('cyan', 'what to do:')} run it again with CUTOVER_DEBUG=1 and report what it prints`);
  return EXIT_STUCK;
};
