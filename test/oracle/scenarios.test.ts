import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { contract, stepNames } from '../../statemachine/contract.ts';
import { runOurs, scenarios } from './run-ours.ts';

/** The scenarios in our own interpreter; scripts/oracle.sh runs them in an independent one as well. */

const definition = JSON.parse(
  readFileSync(new URL('../../statemachine/deploy.asl.json', import.meta.url), 'utf8'),
) as { States: object };
const all = Object.entries(scenarios());

test('there are scenarios of every end', () => {
  const ends = new Set(all.map(([, scenario]) => scenario.ends));

  expect([...ends].sort()).toEqual(['Refused', 'RolledBack', 'Stuck', 'Succeeded', 'Unrecorded']);
});

describe('a scenario ends where it says', () => {
  test.each(all)('%s', async (name, scenario) => {
    const run = await runOurs(name, scenario);

    expect(run.entered.at(-1)?.state).toBe(scenario.ends);
    expect(run.error).toBe(scenario.ends === 'Succeeded' ? null : scenario.ends);
  });
});

test('together they enter every state and invoke every step', async () => {
  const runs = await Promise.all(all.map(([name, scenario]) => runOurs(name, scenario)));

  const invoked = new Set(runs.flatMap((run) => run.calls.map((call) => call.step)));
  expect([...invoked].sort()).toEqual([...stepNames].sort());
  const entered = new Set(runs.flatMap((run) => run.entered.map(({ state }) => state)));
  expect([...entered].sort()).toEqual(Object.keys(definition.States).sort());
  const slices = new Set(runs.flatMap((run) => run.entered.flatMap(({ input }) => Object.keys(input ?? {}))));
  for (const step of stepNames) expect(slices).toContain(contract[step].slice);
});
