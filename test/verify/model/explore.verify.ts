import { describe, expect, test, vi } from 'vitest';
import type { Deps } from '../../../functions/deps.types.ts';
import { steps } from '../../../functions/steps.ts';
import { definition } from '../../../sim/orchestrator.ts';
import { bases } from '../../../verify/model/bases.ts';
import { timelineOf } from '../../../verify/model/counterexample.ts';
import { loadMachine, type Steps } from '../../../verify/model/machine.ts';
import type { ModelBase } from '../../../verify/model/model.types.ts';
import { type Exploration, explore } from '../../../verify/model/search.ts';

// On a busy machine a second of exploring takes many.
vi.setConfig({ testTimeout: 120_000 });

/** The deployed definition as text, for defects that are planted in it. */
const asl = JSON.stringify(definition);
const production = steps as Steps;

const baseNamed = (name: string, troubles: number): ModelBase => {
  const base = bases.find((one) => one.name === name);
  if (base === undefined) throw new Error(`there is no base ${name}`);
  return { ...base, troubles };
};

type Planted = { definition?: string; steps?: Partial<Steps>; base?: ModelBase };

const exploring = (planted: Planted = {}, compare = 0): Promise<Exploration> =>
  explore(
    loadMachine(
      JSON.parse(planted.definition ?? asl),
      { ...production, ...planted.steps },
      planted.base ?? baseNamed('two shifts', 1),
    ),
    { compare },
  );

/** A step whose verbs are not quite what they should be. */
const having = (name: keyof Steps, change: (deps: Deps) => Partial<Deps>): Partial<Steps> => ({
  [name]: (input: never, deps: Deps) => production[name](input, { ...deps, ...change(deps) }),
});

const replaced = (from: string, to: string): string => {
  if (asl.split(from).length !== 2) throw new Error(`expected ${from} once in the definition`);
  return asl.replace(from, to);
};

const printed = ({ counterexample }: Exploration): string =>
  counterexample === null ? '' : timelineOf(counterexample);

describe('the production steps and the deployed workflow', () => {
  test.each(['two shifts', 'first deployment', 'sticky route', 'supersedes another'])(
    'always have a way to an end, with one trouble: %s',
    async (name) => {
      // So many of the states that count as met before are read again: they have to go the same ways.
      const found = await exploring({ base: baseNamed(name, 1) }, 1_000);

      expect(printed(found)).toBe('');
      expect(found.states).toBeGreaterThan(3_000);
      expect(found.ends).toBeGreaterThan(20);
      expect(found.compared).toBeGreaterThanOrEqual(500);
    },
  );

  test('always end the run of a hook at the last shift, whatever it answers', async () => {
    const base: ModelBase = { ...baseNamed('asks a hook', 1), hooked: ['POST_PRODUCTION_TRAFFIC_SHIFT'] };

    const found = await exploring({ base }, 1_000);

    expect(printed(found)).toBe('');
    expect(found.states).toBeGreaterThan(3_000);
  });

  test('a recovery that is stopped before it holds the lease is followed by one of another name', async () => {
    const base: ModelBase = { ...baseNamed('two shifts', 2), among: ['stops'] };

    const found = await exploring({ base });

    expect(printed(found)).toBe('');
    expect(found.states).toBeGreaterThan(1_000);
  });

  test('left alone, a deployment comes to one of few ends', async () => {
    const found = await exploring({ base: baseNamed('two shifts', 0) });

    expect(printed(found)).toBe('');
    expect(found.ends).toBeLessThan(5);
  });
});

const healthyTargets = [1, 2].map((index) => ({
  id: `10.0.0.${index}`,
  port: 80,
  state: 'healthy' as const,
}));

describe('a defect is found, and printed as a timeline', () => {
  test.each<[string, Planted, RegExp]>([
    [
      'weight for a green that is not read',
      {
        steps: having('ShiftTraffic', ({ targets }) => ({
          targets: { ...targets, read: async () => healthyTargets },
        })),
      },
      /invariant 2 is broken: green gained weight/,
    ],
    [
      'blue scaled down whatever the routes say',
      {
        steps: {
          RetireBlue: async (input: never, { taskSets }: Deps) => {
            const { plan } = input as { plan: { blue: { id: string } } };
            await taskSets.scaleToZero(plan as never, plan.blue.id);
            return { kind: 'draining', startedAtMs: 0, waitSeconds: 60, runningCount: 2, reason: '' };
          },
        },
      },
      /invariant 4 is broken: UpdateTaskSet on blue/,
    ],
    [
      'an end without removing green',
      {
        base: baseNamed('two shifts', 0),
        definition: replaced(
          '"StringEquals":"restored","Next":"LetTrafficLeave"',
          '"StringEquals":"restored","Next":"RecordOutcome"',
        ),
      },
      /there is no way from here to an end/,
    ],
    [
      'a record that nobody closes',
      {
        base: baseNamed('two shifts', 0),
        steps: having('RecordOutcome', ({ record }) => ({
          record: { ...record, close: async (_id, outcome) => outcome },
        })),
      },
      /the record stays open/,
    ],
    [
      'a rollback that forgets a hook',
      {
        base: { ...baseNamed('asks a hook', 1), hooked: ['POST_PRODUCTION_TRAFFIC_SHIFT'] },
        steps: having('EndHooks', ({ hookRuns }) => ({
          hookRuns: { ...hookRuns, read: async () => [] },
        })),
      },
      /the hook at POST_PRODUCTION_TRAFFIC_SHIFT has no result at the end/,
    ],
    [
      'an execution of a hook that nobody stops',
      {
        base: { ...baseNamed('asks a hook', 1), hooked: ['POST_PRODUCTION_TRAFFIC_SHIFT'] },
        steps: having('EndHooks', ({ hookExecutions }) => ({
          hookExecutions: { ...hookExecutions, stop: async () => {} },
        })),
      },
      /the hook at POST_PRODUCTION_TRAFFIC_SHIFT still runs at the end/,
    ],
    [
      'a recovery that cannot take the lease over',
      {
        steps: having('AcquireLease', ({ leases }) => ({
          leases: { ...leases, takeOver: async () => false },
        })),
      },
      /there is no way from here to an end/,
    ],
    [
      'a recovery that undoes nothing',
      {
        definition: replaced(
          '"StringEquals":"recovering","Next":"WaitOutLastStep"',
          '"StringEquals":"recovering","Next":"RecordOutcome"',
        ),
      },
      /there is no way from here to an end|recorded as/,
    ],
    [
      'a removal whose visits never end',
      {
        base: baseNamed('two shifts', 0),
        steps: {
          CheckRemoved: async () => ({
            kind: 'removing',
            startedAtMs: 0,
            waitSeconds: 60,
            runningCount: 2,
            reason: '',
          }),
        },
      },
      /there is no way from here to an end|goes in circles/,
    ],
    [
      'a mistake in the code',
      { steps: { CheckGreen: async () => (undefined as unknown as { nothing: string }).nothing } },
      /CheckGreen threw/,
    ],
  ])('%s', async (_what, planted, problem) => {
    const found = await exploring(planted);

    expect(found.counterexample?.problem).toMatch(problem);
    expect(printed(found)).toMatch(/^00:00:00 {2}100\/0 %, healthy 2\/0 +the execution starts\n/);
    expect(printed(found).split('\n').length).toBeGreaterThan(2);
  });
});
