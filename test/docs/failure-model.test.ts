import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { eventHandlers } from '../../functions/event-handlers.ts';
import { stepNames } from '../../statemachine/contract.ts';
import { playedDeployments } from '../../verify/failure-model/deployments.ts';
import { readSeen } from '../../verify/failure-model/failure-model.ts';
import { outside } from '../../verify/failure-model/outside.ts';
import { outsidePlays } from '../../verify/failure-model/outside-plays.ts';
import { failureModel } from '../../verify/failure-model/render.ts';
import { rowsAt } from '../../verify/failure-model/rows.ts';
import {
  safetyOfLambdas,
  safetyOfStates,
  safetyOfSteps,
} from '../../verify/failure-model/safety-of-states.ts';
import { phases } from '../../verify/failure-model/summary.ts';
import { longestWaitSeconds, states } from '../../verify/failure-model/workflow.ts';

const document = readFileSync(new URL('../../docs/failure-model.md', import.meta.url), 'utf8');
const seen = readSeen();
const stateNames = states.map(([name]) => name);
const ends = states.filter(([, { Type }]) => ['Succeed', 'Fail'].includes(Type)).map(([name]) => name);

describe('docs/failure-model.md', () => {
  test('says what the state machine, the code and what was seen say', () => {
    expect(document, 'run `npm run failure-model`').toBe(failureModel(seen));
  });

  test('would be found out if it said something else', () => {
    const lied = document.replace(
      'Before green is PRIMARY it goes back to blue',
      'It always goes back to blue',
    );

    expect(lied).not.toBe(document);
    expect(failureModel(seen)).not.toBe(lied);
  });

  test('has a section for each step, and names every other state', () => {
    const headings = [...document.matchAll(/^### (.+)$/gm)].map(([, heading]) => heading);

    expect(headings).toEqual(expect.arrayContaining([...stepNames, ...outside.map(({ title }) => title)]));
    for (const name of stateNames.filter((one) => !(stepNames as string[]).includes(one)))
      expect(document).toContain(`| \`${name}\` |`);
  });
});

describe('the sentences that no machine writes', () => {
  test('are there for every state of the workflow and for no other', () => {
    expect(Object.keys(safetyOfSteps).sort()).toEqual([...stepNames].sort());
    expect([...Object.keys(safetyOfSteps), ...Object.keys(safetyOfStates)].sort()).toEqual(
      [...stateNames].sort(),
    );
  });

  test('are there for every Lambda that events start', () => {
    const started = Object.keys(eventHandlers).filter((name) => name !== 'Command');

    expect(Object.keys(safetyOfLambdas).sort()).toEqual(started.sort());
  });

  test('name only rehearsals that there are, and leave none out', () => {
    const named = outside.flatMap(({ plays }) => plays.map(({ play }) => play));

    expect(named.sort()).toEqual(Object.keys(outsidePlays).sort());
    expect(Object.keys(seen.outside).sort()).toEqual(named.sort());
  });
});

describe('what is played', () => {
  test('strikes every state that a deployment can be in', () => {
    const struck = new Set(seen.rows.map(({ place }) => place));

    const never = stateNames.filter((name) => !struck.has(name) && !(ends as string[]).includes(name));
    expect(never).toEqual([]);
  });

  test('is told in the summary, each place once for each deployment', () => {
    const told = phases.flatMap(({ deployments, places }) =>
      deployments.flatMap((deployment) => places.map((place) => `${deployment}: ${place}`)),
    );
    const rows = new Set(seen.rows.map(({ deployment, place }) => `${deployment}: ${place}`));

    expect([...rows].filter((row) => !told.includes(row))).toEqual([]);
    expect(told.filter((one, index) => told.indexOf(one) !== index)).toEqual([]);
  });

  test('reaches every place that a deployment is to show', () => {
    const rows = new Set(seen.rows.map(({ deployment, place }) => `${deployment}: ${place}`));
    const missing = playedDeployments.flatMap(({ name, places }) =>
      places.filter((place) => !rows.has(`${name}: ${place}`)).map((place) => `${name}: ${place}`),
    );

    expect(missing).toEqual([]);
  });
});

describe('what was seen is seen again', () => {
  let again: Awaited<ReturnType<typeof rowsAt>>;

  beforeAll(async () => {
    again = await rowsAt({ deployment: 'recovery', place: 'RecallPlan' });
  }, 60_000);

  test('at one step, each fault with the same ends', () => {
    const before = seen.rows.filter(
      ({ deployment, place }) => deployment === 'recovery' && place === 'RecallPlan',
    );
    const endsOf = (rows: typeof again) => Object.fromEntries(rows.map(({ fault, ends }) => [fault, ends]));

    expect(before.length).toBeGreaterThan(10);
    expect(endsOf(again), 'behaviour has changed: run `npm run failure-model` and look at the diff').toEqual(
      endsOf(before),
    );
  });
});

test('the waits of a Retry add up as Step Functions counts them', () => {
  const retry = { ErrorEquals: [], IntervalSeconds: 2, MaxAttempts: 6, BackoffRate: 2, MaxDelaySeconds: 30 };

  expect(longestWaitSeconds(retry)).toBe(2 + 4 + 8 + 16 + 30 + 30);
});
