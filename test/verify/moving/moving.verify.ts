import { expect, test } from 'vitest';
import { origins } from '../../../verify/moving/origins.ts';
import { proveMoves } from '../../../verify/moving/prove-all.ts';

/** Every thirtieth read; `npm run verify:moving` takes all of them. */
const EVERY_READ = 30;

test.each(origins)(
  'moved from $name, with a fault at every write: resumed or undone, nobody lost, nothing deleted before the last command',
  async (origin) => {
    const [proof] = await proveMoves([origin], EVERY_READ);

    expect(proof?.problems).toEqual([]);
    expect(proof?.runs).toBeGreaterThan(100);
    expect(proof?.failed).toEqual([]);
  },
  600_000,
);
