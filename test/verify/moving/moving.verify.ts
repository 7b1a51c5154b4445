import { expect, test } from 'vitest';
import { origins } from '../../../verify/moving/origins.ts';
import { proveMoves } from '../../../verify/moving/prove-all.ts';

/** Of each origin's runs at reads; `npm run verify:moving` takes all of them. */
const SAMPLE = { reads: 60, seed: 1 };

test.each(origins)(
  'moved from $name, with a fault at every write and at reads that a seed draws: resumed or undone, nobody lost, nothing deleted before the last command',
  async (origin) => {
    const [proof] = await proveMoves([origin], { sample: SAMPLE });

    expect(proof?.problems).toEqual([]);
    expect(proof?.runs).toBeGreaterThan(100);
    expect(proof?.failed).toEqual([]);
  },
  600_000,
);
