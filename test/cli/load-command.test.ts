import { readdirSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { loadCommand } from '../../cli/load-command.ts';

vi.mock('../../cli/commands.ts', () => {
  throw new Error('all commands were loaded');
});

/** One writes scripts about all the others, the other holds seven commands. */
const WITH_ALL = ['completion', 'steering'];

const files = readdirSync(new URL('../../cli/commands', import.meta.url)).map((file) =>
  file.replace('.ts', ''),
);

test.each(files.filter((name) => !WITH_ALL.includes(name)))(
  '%s is loaded without the others',
  async (name) => {
    expect((await loadCommand(name))?.name).toBe(name);
  },
);
