import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { differences, drawnIn } from './drawn-series.ts';

/** `python3 by_definition.py 1 40`. */
const drawn = drawnIn(readFileSync(new URL('./drawn.jsonl', import.meta.url), 'utf8'));

test.each(drawn.map((each, at) => [at, each.series.method, each] as const))(
  'series %i (%s): cutover analyse prints what the definitions say, to 1e-9',
  async (_at, _method, each) => {
    expect(await differences(each)).toEqual([]);
  },
);
