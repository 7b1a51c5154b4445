import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { eventHandlers } from '../../functions/event-handlers.ts';
import { stepNames } from '../../statemachine/contract.ts';
import { playedDeployments } from '../../verify/failure-model/deployments.ts';
import { readSeen } from '../../verify/failure-model/failure-model.ts';
import { outside } from '../../verify/failure-model/outside.ts';
import { outsidePlays } from '../../verify/failure-model/outside-plays.ts';
import { failureModel } from '../../verify/failure-model/render.ts';
import { rowsAt } from '../../verify/failure-model/rows.ts';
import { safetyOfLambdas } from '../../verify/failure-model/safety-of-lambdas.ts';
import { lifeParts } from '../../verify/failure-model/summary.ts';
import { ends, longestWaitSeconds, states } from '../../verify/failure-model/workflow.ts';

const DOCS = new URL('../../docs/', import.meta.url);
const seen = readSeen();
const pages = failureModel(seen);
const stateNames = states.map(([name]) => name);

describe('the pages of the failure model', () => {
  test.each(pages)('docs/$path is what the state machine, the code and seen.json give', ({ path, text }) => {
    expect(readFileSync(new URL(path, DOCS), 'utf8'), 'run `npm run failure-model -- --render`').toBe(text);
  });

  test('are all that docs/failure-model/ holds, a page for each step and each Lambda that events start', () => {
    const made = pages.slice(1).map(({ path }) => path.replace('failure-model/', ''));
    const titles = pages.map(({ text }) => /^# (.+)$/m.exec(text)?.[1]);

    expect(readdirSync(new URL('failure-model', DOCS)).sort()).toEqual(made.sort());
    expect(titles).toEqual(expect.arrayContaining([...stepNames, ...Object.keys(safetyOfLambdas)]));
  });

  test('have a row or a section for whatever is no step', () => {
    const pageOf = (name: string) =>
      pages.find(({ path }) => path === `failure-model/${name}.md`)?.text ?? '';

    for (const name of stateNames.filter((one) => !(stepNames as string[]).includes(one)))
      expect(pageOf('between-the-steps')).toContain(`| \`${name}\` |`);
    for (const { title } of outside) expect(pageOf('around')).toContain(`\n## ${title}\n`);
  });

  test('begin with one that is read in a few minutes', () => {
    expect(pages[0]?.text.split('\n').length).toBeLessThanOrEqual(45);
  });
});

describe('the sentences that no machine writes', () => {
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

    const never = stateNames.filter((name) => !struck.has(name) && !ends.includes(name));
    expect(never).toEqual([]);
  });

  test('is in the summary, each place once for each deployment', () => {
    const shown = lifeParts.flatMap(({ deployments, places }) =>
      deployments.flatMap((deployment) => places.map((place) => `${deployment}: ${place}`)),
    );
    const rows = new Set(seen.rows.map(({ deployment, place }) => `${deployment}: ${place}`));

    expect([...rows].filter((row) => !shown.includes(row))).toEqual([]);
    expect(shown.filter((one, index) => shown.indexOf(one) !== index)).toEqual([]);
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
    expect(endsOf(again), 'behaviour has changed: run `npm run failure-model` and read the diff').toEqual(
      endsOf(before),
    );
  });
});

test('the waits of a Retry add up as Step Functions counts them', () => {
  const retry = { ErrorEquals: [], IntervalSeconds: 2, MaxAttempts: 6, BackoffRate: 2, MaxDelaySeconds: 30 };

  expect(longestWaitSeconds(retry)).toBe(2 + 4 + 8 + 16 + 30 + 30);
});
