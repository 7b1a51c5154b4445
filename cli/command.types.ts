import type { Host } from './account/host.types.ts';
import type { Arguments, OptionSpecs } from './arguments.ts';
import type { ExitCode } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

/** One verb of the command line; a file each in commands/. */
export type Command = {
  name: string;
  /** One line for the list of commands. */
  summary: string;
  /** What follows the name, e.g. `REQUEST.json [options]`. */
  usage: string;
  options: OptionSpecs;
  /** What it may end with; `--help` lists these. */
  exits: readonly ExitCode[];
  examples: readonly { line: string; description: string }[];
  /** Further sections of `--help`: a title with lines of two columns. */
  sections?: readonly { title: string; rows: readonly { form: string; does: string }[] }[];
  run(args: Arguments, terminal: Terminal, host: Host): Promise<ExitCode>;
};
