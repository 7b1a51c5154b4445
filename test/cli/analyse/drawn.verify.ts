import { execFileSync, spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { differences, drawnIn } from './drawn-series.ts';

const PROGRAM = new URL('./by_definition.py', import.meta.url).pathname;

const there = spawnSync('python3', ['--version']).status === 0;

test.skipIf(!there).each([2, 3, 4])(
  'seed %i: a hundred series, drawn and computed by another program, to 1e-9',
  { timeout: 600_000 },
  async (seed) => {
    const lines = execFileSync('python3', [PROGRAM, `${seed}`, '100'], {
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    });

    const different: string[] = [];
    for (const [at, each] of drawnIn(lines).entries()) {
      const found = await differences(each);
      if (found.length > 0) different.push(`${at} ${each.series.method}: ${found.join(', ')}`);
    }

    expect(different).toEqual([]);
  },
);
