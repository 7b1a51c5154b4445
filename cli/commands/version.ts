import { readFileSync } from 'node:fs';
import type { Command } from '../command.types.ts';
import { EXIT_OK } from '../exit-codes.ts';

export const versionCommand: Command = {
  name: 'version',
  summary: 'print the version of Cutover and of Node',
  usage: '',
  exits: [0, 1],
  options: {},
  examples: [{ line: 'cutover version', description: 'also cutover --version' }],
  run: async (_args, terminal) => {
    const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
    const { version } = JSON.parse(text) as { version: string };
    terminal.out(`cutover ${version} (Node ${process.versions.node})\n`);
    return EXIT_OK;
  },
};
