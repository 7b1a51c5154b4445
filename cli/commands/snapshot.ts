import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { nameOf } from '../../core/deployment/service-key.ts';
import { word } from '../../core/plan/preflight/commands.ts';
import { loadWorldFile } from '../../sim/load-world.ts';
import { TARGET_USAGE, targetSection } from '../account/target.ts';
import type { Command } from '../command.types.ts';
import { EXIT_OK } from '../exit-codes.ts';
import { exists, writeText } from '../files.ts';
import { inputOptions, liveWorldOf } from '../rehearsal/inputs.ts';
import { assumedText } from '../render/assumed.ts';
import { makePaint } from '../render/paint.ts';
import { hang } from '../render/text.ts';
import { UsageError } from '../usage-error.ts';

const { world: _world, ...options } = inputOptions;

export const snapshotCommand: Command = {
  name: 'snapshot',
  summary:
    'save a service of an account for rehearsals without it; values of environment variables are left out',
  usage: `${TARGET_USAGE} [options]`,
  exits: [0, 1, 8],
  options: {
    output: {
      type: 'string',
      short: 'o',
      value: 'DIRECTORY',
      help: 'where request.json and world.json are written; default: SERVICE-snapshot',
    },
    force: { type: 'boolean', help: 'write over files that are there' },
    ...options,
  },
  examples: [
    { line: 'cutover snapshot production/shop', description: 'reads, and changes nothing' },
    { line: 'cutover rehearse shop-snapshot/request.json', description: 'the same service, offline' },
  ],
  sections: [targetSection],
  run: async (args, terminal, host) => {
    const { target, live } = await liveWorldOf(args, host);
    const directory = args.text('output') ?? `${nameOf(target.service)}-snapshot`;
    const files = { 'request.json': live.request, 'world.json': live.file };
    const taken = Object.keys(files).filter((name) => exists(join(directory, name)));
    if (taken.length > 0 && !args.flag('force')) {
      const are = taken.length === 1 ? 'is' : 'are';
      throw new UsageError(
        `${taken.map((name) => join(directory, name)).join(' and ')} ${are} there already`,
        {
          hint: 'name another directory with --output, or write over it with --force',
        },
      );
    }
    makeDirectory(directory);
    for (const [name, content] of Object.entries(files)) {
      writeText(join(directory, name), `${JSON.stringify(content, null, 2)}\n`, args.flag('force'));
    }

    const paint = makePaint(terminal.colour);
    const read = loadWorldFile(join(directory, 'world.json'), live.file);
    if (!read.ok) throw new UsageError('what was read makes no world', { problems: read.problems });
    terminal.out(assumedText(read.seed.assumed ?? [], terminal.width, paint));
    const { notRead } = live.file.snapshot as { notRead: readonly string[] };
    for (const permission of notRead) {
      terminal.err(
        `${hang(`not read, and not checked in a rehearsal: it needs ${permission}`, 2, terminal.width)}\n`,
      );
    }
    terminal.out(
      `wrote ${join(directory, 'request.json')} and ${join(directory, 'world.json')}: names, ARNs and ` +
        'images are in them, values of environment variables are not\n',
    );
    terminal.out(`next: cutover rehearse ${word(join(directory, 'request.json'))}\n`);
    return EXIT_OK;
  },
};

const makeDirectory = (path: string): void => {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw new UsageError(`${path} cannot be made: ${error instanceof Error ? error.message : error}`);
  }
};
