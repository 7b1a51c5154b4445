import type { Arguments } from '../arguments.ts';
import { hang } from '../render/text.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import type { ConfigEntry } from './config.ts';
import { readConfigFile } from './config-file.ts';
import { namesDirectly, resolveTarget, type Target, wantedOf } from './target.ts';

/** The service that a command which starts a deployment is about: what cutover.yaml says of it has to be right. */
export const targetOf = (args: Arguments): Target =>
  resolveTarget(wantedOf(args), readConfigFile(args.text('config')));

/**
 * The service that a command which reads or steers is about. Somebody who types `cutover abort main/shop` at night
 * must not be held up by a mistake in a file that says nothing about it.
 */
export const namedTargetOf = (
  args: Arguments,
  terminal: Pick<Terminal, 'err' | 'width'>,
  read = readConfigFile,
): Target => {
  const wanted = wantedOf(args);
  let entries: ConfigEntry[] | null = null;
  try {
    entries = read(args.text('config'));
  } catch (error) {
    const needed = args.text('config') !== undefined || !namesDirectly(wanted);
    if (needed || !(error instanceof UsageError)) throw error;
    const warning =
      `warning: ${error.message}, so nothing of it is used: region and installation are those of ` +
      'the options';
    terminal.err(`${hang(warning, 2, terminal.width)}\n`);
  }
  return resolveTarget(wanted, entries);
};
