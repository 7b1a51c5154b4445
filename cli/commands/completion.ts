import { onlyPositional } from '../arguments.ts';
import type { Command } from '../command.types.ts';
import { EXIT_OK } from '../exit-codes.ts';
import { commands } from '../main.ts';
import { completionScript, shells } from '../render/completion.ts';
import { readChoice } from '../usage-error.ts';

export const completionCommand: Command = {
  name: 'completion',
  summary: 'print what makes a shell complete commands and options',
  usage: shells.join('|'),
  exits: [0, 1],
  options: {},
  examples: [
    { line: 'source <(cutover completion bash)', says: 'in ~/.bashrc' },
    { line: 'source <(cutover completion zsh)', says: 'in ~/.zshrc, after compinit' },
    { line: 'cutover completion fish > ~/.config/fish/completions/cutover.fish', says: 'once' },
  ],
  run: async (args, terminal) => {
    const shell = readChoice('completion', onlyPositional(args, 'shell', 'completion'), shells);
    terminal.out(completionScript(shell, commands));
    return EXIT_OK;
  },
};
