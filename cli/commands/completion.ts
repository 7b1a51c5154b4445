import { onlyPositional } from '../arguments.ts';
import type { Command } from '../command.types.ts';
import { EXIT_OK } from '../exit-codes.ts';
import { completionScript, shells } from '../render/completion.ts';
import { readChoice } from '../usage-error.ts';

/**
 * The scripts are made of the commands there are, this one included: commands.ts gives the list, which asks for it at
 * the run.
 */
export const makeCompletionCommand = (commands: () => readonly Command[]): Command => ({
  name: 'completion',
  summary: 'print what makes a shell complete commands and options',
  usage: shells.join('|'),
  exits: [0, 1],
  options: {},
  examples: [
    { line: 'source <(cutover completion bash)', description: 'in ~/.bashrc' },
    { line: 'source <(cutover completion zsh)', description: 'in ~/.zshrc, after compinit' },
    { line: 'cutover completion fish > ~/.config/fish/completions/cutover.fish', description: 'once' },
  ],
  run: async (args, terminal) => {
    const shell = readChoice('completion', onlyPositional(args, 'shell', 'completion'), shells);
    terminal.out(completionScript(shell, commands()));
    return EXIT_OK;
  },
});
