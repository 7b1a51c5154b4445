import { expect, test } from 'vitest';
import { narrateJson } from '../../../cli/rehearsal/narration.ts';
import type { Status } from '../../../rehearsal/rehearsal.types.ts';
import { aTerminal } from '../a-terminal.ts';

const nobody = { healthy: 0, registered: 0, requests: 0, failed: 0 };
const status: Status = { sinceStartMs: 0, greenPctByRoute: {}, blue: nobody, green: nobody };

test('the lines of a rehearsal come in the order of their numbers, also where one event leads to another at once', async () => {
  const { terminal, run } = aTerminal();
  const narration = narrateJson(terminal);

  // Of an event that another one led to the listeners hear first.
  for (const [sequence, atMs] of [
    [4, 10],
    [7, 20],
    [6, 20],
    [5, 20],
    [8, 30],
    [9, 30],
  ] as const)
    narration.onEvent({ sequence, atMs, kind: 'step', what: `${sequence}` }, status);
  await narration.finish();

  const lines = run.out.trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line).sequence)).toEqual([4, 5, 6, 7, 8, 9]);
});
