import { readdirSync, readFileSync } from 'node:fs';
import validateDefinition from 'asl-validator';
import { describe, expect, test } from 'vitest';
import { whyRollBack } from '../core/ending/why-roll-back.ts';
import { apiErrors, errorNames, retryableErrorNames } from '../core/errors.ts';
import { LAMBDA_TIMEOUT_SECONDS } from '../core/estimate/lambda-size.ts';
import type { DecisionKind } from '../core/vocabulary/decision.types.ts';
import type { OutcomeKind, Removal, Retirement, RolledBack } from '../core/vocabulary/ending.types.ts';
import type { Hooks, Lease, Ready } from '../core/vocabulary/state.types.ts';
import { eventHandlers } from '../functions/event-handlers.ts';
import { loadDefinition, successors } from '../sim/stepfunctions/load.ts';
import { contract, fileOf, type StepName, stepNames, waitsForToken } from '../statemachine/contract.ts';
import { lambdaDeaths, lambdaOutages, lambdaThrottles } from '../statemachine/lambda-errors.ts';

/** What the state machine, the contract and the code have to agree on. */

type Clause = { ErrorEquals: string[]; ResultPath?: string; Next: string };
type Written = {
  Type: string;
  Comment?: string;
  Next?: string;
  Default?: string;
  Resource?: string;
  ResultPath?: string;
  Parameters?: { FunctionName: string; Payload: Record<string, string> };
  TimeoutSeconds?: number;
  TimeoutSecondsPath?: string;
  Seconds?: number;
  SecondsPath?: string;
  CausePath?: string;
  Retry?: { ErrorEquals: string[]; MaxAttempts: number; MaxDelaySeconds: number; JitterStrategy: string }[];
  Catch?: Clause[];
  Choices?: { Variable: string; StringEquals: string; Next: string }[];
};

const text = readFileSync(new URL('../statemachine/deploy.asl.json', import.meta.url), 'utf8');
const definition = JSON.parse(text) as { StartAt: string; States: Record<string, Written> };
const states = definition.States;
const names = Object.keys(states);
const tasks = names.filter((name) => states[name]?.Type === 'Task') as StepName[];
const waits = tasks.filter(waitsForToken);
const choices = names.filter((name) => states[name]?.Type === 'Choice');
const stateOf = (name: string): Written => states[name] as Written;

const resources = Object.fromEntries(
  stepNames.map((step) => [`${step}Arn`, `arn:aws:lambda:us-east-1:123456789012:function:${step}`]),
);
const machine = loadDefinition(text, resources);
const next = (name: string): string[] => {
  const state = machine.states[name];
  return state === undefined ? [] : successors(state);
};

/** Every state that can follow, the start included, without going through those in `not`. */
const reachable = (from: string, not: string[] = []): Set<string> => {
  const found = new Set<string>();
  const visit = (name: string): void => {
    if (found.has(name) || not.includes(name)) return;
    found.add(name);
    next(name).forEach(visit);
  };
  visit(from);
  return found;
};

const union = <T>(a: Iterable<T>, b: Iterable<T>): Set<T> => new Set([...a, ...b]);
const intersection = <T>(a: Set<T>, b: Set<T>): Set<T> => new Set([...a].filter((one) => b.has(one)));

const stepFunctionName = (step: StepName): string => step[0]?.toLowerCase() + step.slice(1);

describe('one word for each step', () => {
  /** Files in functions/ that are not a step of the state machine. */
  const OTHERS = readdirSync(new URL('../functions', import.meta.url)).filter(
    (file) => !stepNames.some((step) => file === `${fileOf(step)}.ts`),
  );

  test('the Task states are the steps of the contract', () => {
    expect([...tasks].sort()).toEqual([...stepNames].sort());
  });

  test.each(stepNames)('%s has its file, which exports the step and its handler', async (step) => {
    const module = (await import(`../functions/${fileOf(step)}.ts`)) as Record<string, unknown>;

    expect(Object.keys(module)).toEqual(expect.arrayContaining([stepFunctionName(step), 'handler']));
    expect(module[stepFunctionName(step)]).toBeTypeOf('function');
    expect(module.handler).toBeTypeOf('function');
  });

  test('the only other files that make a handler are those of events, each named after its one', () => {
    const handlers = OTHERS.flatMap((file) => {
      const code = readFileSync(new URL(`../functions/${file}`, import.meta.url), 'utf8');
      const name = /export const handler = toHandler\(\s*'(\w+)'/.exec(code)?.[1];
      return name === undefined ? [] : [{ file, name }];
    });

    expect(handlers.map(({ name }) => name).sort()).toEqual(Object.keys(eventHandlers).sort());
    expect(handlers.map(({ file }) => file)).toEqual(
      handlers.map(({ name }) => `${fileOf(name as StepName)}.ts`),
    );
  });

  test.each(stepNames)('%s is wired to its own function, and logs under its own name', (step) => {
    const state = stateOf(step);
    const code = readFileSync(new URL(`../functions/${fileOf(step)}.ts`, import.meta.url), 'utf8');

    const resource = waitsForToken(step) ? state.Parameters?.FunctionName : state.Resource;
    expect(resource).toBe(`\${${step}Arn}`);
    expect(code).toMatch(new RegExp(`toHandler\\(\\s*'${step}'`));
  });

  test.each(waits)('%s waits for a token: its payload is the whole state and the token', (step) => {
    expect(stateOf(step).Resource).toBe('arn:aws:states:::lambda:invoke.waitForTaskToken');
    expect(stateOf(step).Parameters?.Payload).toEqual({ 'state.$': '$', 'taskToken.$': '$$.Task.Token' });
  });
});

describe('slices', () => {
  const sliceOf = (path: string | undefined): string | undefined => path?.split('.')[1];
  const BEGUN = ['request', 'execution'];

  test('Begin makes the slices that no step writes', () => {
    expect(machine.startAt).toBe('Begin');
    expect(Object.keys(stateOf('Begin').Parameters ?? {}).map((key) => key.replace(/\.\$$/, ''))).toEqual(
      BEGUN,
    );
  });

  test.each(tasks)('%s writes its slice and nothing else', (step) => {
    expect(stateOf(step).ResultPath).toBe(`$.${contract[step].slice}`);
  });

  /**
   * What a choice's value vouches for: RollBack says `finishForward` only once green was launched and blue's
   * retirement begun.
   */
  const VOUCHED: Record<string, string[]> = { WaitToFinish: ['green'] };
  /** RetireBlue asks for another judgement only where its execution has shifted. */
  const VOUCHED_ON_THE_WAY: Record<string, string[]> = {
    'BlueRetired? JudgeHealth': ['green', 'traffic'],
    // RunHooks leads back to where it was come from.
    'HooksDone? CheckGreen': ['green'],
    'HooksDone? JudgeHealth': ['green', 'traffic'],
    'HooksDone? Bake': ['green', 'traffic', 'decision'],
  };
  /** What an error vouches for: RecordOutcome reads routes only where there is a plan, whose lease is held. */
  const VOUCHED_BY_ERROR: Record<string, string[]> = {
    'RecordOutcome HooksDue': ['lease', 'plan'],
    'RecordOutcome TrafficDrifted': ['lease', 'plan'],
  };

  /**
   * The slices that are there whenever (`all`) or at least sometimes (not `all`) a state is entered: what each way
   * there has written, found by going round until nothing changes.
   */
  const slicesAtEntry = (always: boolean): Map<string, Set<string>> => {
    const atEntry = new Map<string, Set<string>>([['AcquireLease', new Set(BEGUN)]]);
    const arrive = (name: string, arriving: Set<string>): boolean => {
      const slices = union(arriving, VOUCHED[name] ?? []);
      const before = atEntry.get(name);
      const after =
        before === undefined ? slices : always ? intersection(before, slices) : union(before, slices);
      atEntry.set(name, after);
      return before === undefined || before.size !== after.size;
    };
    for (let changed = true; changed; ) {
      changed = false;
      for (const [name, slices] of [...atEntry]) {
        const state = stateOf(name);
        const written = state.Type === 'Task' ? union(slices, [sliceOf(state.ResultPath) as string]) : slices;
        const caught = (state.Catch ?? []).map(
          ({ ErrorEquals, Next, ResultPath }) =>
            [
              Next,
              union(slices, [
                sliceOf(ResultPath) as string,
                ...(VOUCHED_BY_ERROR[`${name} ${ErrorEquals.join()}`] ?? []),
              ]),
            ] as const,
        );
        const ways = [
          ...caught,
          ...[state.Next, state.Default, ...(state.Choices ?? []).map((choice) => choice.Next)].flatMap(
            (target) =>
              target === undefined
                ? []
                : [[target, union(written, VOUCHED_ON_THE_WAY[`${name} ${target}`] ?? [])] as const],
          ),
        ];
        for (const [target, arriving] of ways) changed = arrive(target, arriving) || changed;
      }
    }
    return atEntry;
  };
  const always = slicesAtEntry(true);
  const sometimes = slicesAtEntry(false);

  test.each(tasks)('%s finds what it needs, whichever way leads to it', (step) => {
    const missing = contract[step].needs.filter((slice) => !always.get(step)?.has(slice));

    expect(missing).toEqual([]);
  });

  test.each(tasks)('%s may read only what some way has written', (step) => {
    const never = contract[step].may.filter((slice) => !sometimes.get(step)?.has(slice));

    expect(never).toEqual([]);
  });

  const looksAtState = (name: string): boolean =>
    ['Choice', 'Wait', 'Fail'].includes(stateOf(name).Type) && stateOf(name).Seconds === undefined;

  test.each(names.filter(looksAtState))('%s reads only slices that are always there', (name) => {
    const { Choices, SecondsPath, CausePath } = stateOf(name);
    const paths = [...(Choices ?? []).map((choice) => choice.Variable), SecondsPath, CausePath];
    const read = paths.flatMap((path) => sliceOf(path) ?? []);

    expect(read.filter((slice) => !always.get(name)?.has(slice))).toEqual([]);
    expect(read.length).toBeGreaterThan(0);
  });
});

describe('errors', () => {
  /** What Lambda and Step Functions themselves raise, and what a Catch may be about [fact 107, 108]. */
  const AWS_ERRORS = [...lambdaOutages, ...lambdaDeaths, ...lambdaThrottles, 'States.Timeout', 'States.ALL'];
  const named = tasks.flatMap((step) => {
    const { Retry, Catch } = stateOf(step);
    return [...(Retry ?? []), ...(Catch ?? [])].flatMap((clause) => clause.ErrorEquals);
  });

  test('clauses name only errors that somebody raises', () => {
    const known: string[] = [...AWS_ERRORS, ...errorNames];

    expect(named.filter((name) => !known.includes(name))).toEqual([]);
  });

  test('every error of ours is raised by a step, and every error a step raises is one of ours', () => {
    const raised = new Set([...apiErrors, ...stepNames.flatMap((step) => [...contract[step].raises])]);

    expect([...raised].sort()).toEqual([...errorNames].sort());
  });

  test.each(tasks)('%s retries what may go away by itself, and of ours nothing else', (step) => {
    const [throttled, retry, ...others] = stateOf(step).Retry ?? [];

    const retried = [...(throttled?.ErrorEquals ?? []), ...(retry?.ErrorEquals ?? [])];
    const ours = retried.filter((name) => errorNames.includes(name as (typeof errorNames)[number]));
    expect(ours).toEqual([...retryableErrorNames]);
    // A rate limit is a queue: it is asked for more often than an outage, and less quickly.
    expect(throttled).toMatchObject({
      ErrorEquals: ['Throttled', ...lambdaThrottles],
      MaxAttempts: 120,
      MaxDelaySeconds: 120,
      JitterStrategy: 'FULL',
    });
    // Every name of Lambda's own, in RollBack too: one that is missing there ends the deployment stuck at once.
    expect(retry?.ErrorEquals).toEqual([
      ...lambdaOutages,
      ...lambdaDeaths,
      'Unavailable',
      ...(waitsForToken(step) ? [] : ['States.Timeout']),
    ]);
    expect(retry).toMatchObject({ JitterStrategy: 'FULL', MaxDelaySeconds: expect.any(Number) });
    expect(others).toEqual([]);
  });

  /** Where States.ALL leads. */
  const refuge = (step: string): string | undefined => {
    const last = stateOf(step).Catch?.at(-1);
    // An EndHooks that fails is no failure of the deployment's.
    const slice = step === 'EndHooks' ? '$.hooks' : '$.failure';
    return last?.ErrorEquals.join() === 'States.ALL' && last.ResultPath === slice ? last.Next : undefined;
  };
  const WAY_BACK = ['RollBack', 'RemoveGreen', 'CheckRemoved', 'EndHooks'];
  /** Going back must not depend on the table: where no token can be stored, it waits without one. */
  const UNWOKEN: Partial<Record<StepName, string>> = {
    WaitForBlue: 'WaitUnwoken',
    LetTrafficLeave: 'LeaveUnwoken',
  };

  test.each(tasks)('%s leaves no error uncaught', (step) => {
    const expected =
      step === 'RecordOutcome'
        ? 'Unrecorded'
        : ['AcquireLease', 'RecallPlan', 'PlanDeployment', ...WAY_BACK].includes(step)
          ? 'RecordOutcome'
          : (UNWOKEN[step] ?? 'RollBack');

    expect(refuge(step)).toBe(expected);
  });

  test('nothing is written before the first state that catches to RollBack', () => {
    expect(next('PlanDeployment')).toEqual(['AttachGreen', 'RecordOutcome']);
    expect(next('RecallPlan')).toEqual(['RollBack', 'RecordOutcome']);
    expect(refuge('AttachGreen')).toBe('RollBack');
  });

  test('HooksDue is caught wherever it is raised, and leads to where hooks run, first of all clauses', () => {
    const raising = tasks.filter((step) => (contract[step].raises as readonly string[]).includes('HooksDue'));

    for (const step of raising) {
      expect(stateOf(step).Catch?.[0]).toEqual({
        ErrorEquals: ['HooksDue'],
        ResultPath: '$.gate',
        Next: step === 'RecordOutcome' ? 'EndHooks' : 'RunHooks',
      });
    }
    expect(raising).toEqual(['AttachGreen', 'ShiftTraffic', 'RecordOutcome']);
  });

  test('what else is caught: the end of a wait, which leads to where a signal does but for one, and drift met while green is removed or at the very end, and hooks that come before a write', () => {
    const others = tasks.flatMap((step) =>
      (stateOf(step).Catch ?? [])
        .filter((clause) => !['States.ALL', 'HooksDue'].includes(clause.ErrorEquals.join()))
        .map(({ ErrorEquals, Next, ResultPath }) => ({ step, ErrorEquals, Next, ResultPath })),
    );

    const drifting = (...steps: StepName[]) =>
      steps.map((step) => ({
        step,
        ErrorEquals: ['TrafficDrifted', ...(step === 'RemoveGreen' ? ['NotEnoughHealthyTargets'] : [])],
        // Weights first, without any wait.
        Next: 'RollBack',
        ResultPath: '$.failure',
      }));
    expect(others).toEqual([
      ...waits.map((step) => ({
        step,
        ErrorEquals: ['States.Timeout'],
        // A signal while traffic leaves green has blue read again; when it has left, green goes.
        Next: step === 'LetTrafficLeave' ? 'RemoveGreen' : stateOf(step).Next,
        ResultPath: stateOf(step).ResultPath,
      })),
      ...drifting('RemoveGreen', 'CheckRemoved'),
      ...drifting('EndHooks'),
      // What only takes time is tried again by the sweep: until then a task of a hook may still run.
      {
        step: 'EndHooks',
        ErrorEquals: (stateOf('EndHooks').Retry ?? []).flatMap(({ ErrorEquals }) => ErrorEquals),
        Next: 'Unrecorded',
        ResultPath: '$.failure',
      },
      ...drifting('RecordOutcome'),
    ]);
  });
});

describe('choices', () => {
  // Records, so that the compiler refuses a kind too many and a kind too few.
  const lease: Record<Lease['kind'], string> = {
    held: 'PlanDeployment',
    waiting: 'WaitForLease',
    recovering: 'WaitOutLastStep',
  };
  const ready: Record<Ready['kind'], string> = {
    ready: 'ShiftTraffic',
    pending: 'WaitForGreen',
    held: 'WaitForOperator',
    failed: 'RollBack',
  };
  const decision: Record<DecisionKind, string> = {
    hold: 'Bake',
    awaitOperator: 'Bake',
    advance: 'ShiftTraffic',
    promote: 'PromoteGreen',
    rollBack: 'RollBack',
    runHooks: 'RunHooks',
  };
  const hooks: Record<Exclude<Hooks['kind'], 'ended'>, string> = {
    waiting: 'AwaitHooks',
    launch: 'AttachGreen',
    check: 'CheckGreen',
    bake: 'Bake',
    judge: 'JudgeHealth',
    failed: 'RollBack',
  };
  const hooksEnded: Record<'waiting' | 'ended', string> = { waiting: 'WaitForHooks', ended: 'RecordOutcome' };
  const retirement: Record<Retirement['kind'], string> = {
    retired: 'RecordOutcome',
    waiting: 'WaitToRetire',
    draining: 'WaitForRetirement',
    due: 'RetireBlue',
    short: 'JudgeHealth',
  };
  const rolledBack: Record<RolledBack['kind'], string> = {
    restored: 'LetTrafficLeave',
    held: 'WaitForBlue',
    finishForward: 'WaitToFinish',
    stuck: 'RecordOutcome',
  };
  const removal: Record<Removal['kind'], string> = {
    removed: 'RecordOutcome',
    removing: 'WaitForRemoval',
    due: 'RemoveGreen',
  };
  const outcome: Record<OutcomeKind, string> = {
    succeeded: 'Succeeded',
    rolledBack: 'RolledBack',
    refused: 'Refused',
    stuck: 'Stuck',
  };

  // What is not understood means less green. After RollBack it means the truth about the end: a Default of RollBack
  // would loop. Before there is a plan nothing was written, so there is nothing to go back from.
  test.each([
    ['HasLease?', 'lease', lease, 'RecordOutcome'],
    ['GreenReady?', 'ready', ready, 'RollBack'],
    ['WhatNext?', 'decision', decision, 'RollBack'],
    ['BlueRetired?', 'retirement', retirement, 'RollBack'],
    ['BlueServes?', 'rolledBack', rolledBack, 'RecordOutcome'],
    ['GreenRemoved?', 'removal', removal, 'RecordOutcome'],
    ['HowDidItEnd?', 'outcome', outcome, 'Stuck'],
    ['HooksDone?', 'hooks', hooks, 'RollBack'],
    ['HooksEnded?', 'hooks', hooksEnded, 'RecordOutcome'],
  ])('%s knows every kind of %s', (name, slice, kinds, otherwise) => {
    const { Choices, Default } = stateOf(name);

    expect(new Set(Choices?.map((choice) => choice.Variable))).toEqual(new Set([`$.${slice}.kind`]));
    expect(Object.fromEntries((Choices ?? []).map((choice) => [choice.StringEquals, choice.Next]))).toEqual(
      kinds,
    );
    expect(Default).toBe(otherwise);
  });

  test('there are no others', () => {
    expect(choices).toHaveLength(9);
  });

  const back = choices.flatMap((name) =>
    (stateOf(name).Choices ?? [])
      .filter(({ Next }) => Next === 'RollBack')
      .map(({ Variable, StringEquals }) => ({
        name,
        slice: Variable.split('.')[1] ?? '',
        kind: StringEquals,
      })),
  );

  test.each(back)('RollBack names the reason when $name finds $slice $kind', ({ slice, kind }) => {
    const state = { [slice]: { kind, reason: 'the reason' } };

    expect(contract.RollBack.may).toContain(slice);
    expect(whyRollBack(state)).toBe('the reason');
  });
});

describe('the way out', () => {
  test('only a recorded success leads to Succeeded', () => {
    const before = names.filter((name) => next(name).includes('Succeeded'));

    expect(before).toEqual(['HowDidItEnd?']);
    expect(names.filter((name) => next(name).includes('HowDidItEnd?'))).toEqual(['RecordOutcome']);
  });

  test('after RollBack nothing goes forward, except to finish the retirement that had begun', () => {
    const after = reachable('RollBack', ['WaitToFinish']);

    expect([...after].sort()).toEqual(
      [
        ...[
          'RollBack',
          'BlueServes?',
          'WaitForBlue',
          'WaitUnwoken',
          'LetTrafficLeave',
          'LeaveUnwoken',
          'RemoveGreen',
          'GreenRemoved?',
          'WaitForRemoval',
          'CheckRemoved',
        ],
        ...['EndHooks', 'HooksEnded?', 'WaitForHooks'],
        ...['RecordOutcome', 'HowDidItEnd?', 'Succeeded', 'RolledBack', 'Refused', 'Stuck', 'Unrecorded'],
      ].sort(),
    );
    expect(next('WaitToFinish')).toEqual(['PromoteGreen']);
  });

  test('every end but one is a Fail that says why', () => {
    const ends = names.filter((name) => next(name).length === 0);

    expect(ends.filter((name) => stateOf(name).Type === 'Succeed')).toEqual(['Succeeded']);
    for (const name of ends.filter((end) => end !== 'Succeeded')) {
      expect(stateOf(name)).toMatchObject({ Type: 'Fail', Error: name, CausePath: expect.any(String) });
    }
  });

  test('every state can be reached, and every state can reach an end', () => {
    expect([...reachable('Begin')].sort()).toEqual([...names].sort());
    expect(names.filter((name) => !reachable(name).has('Unrecorded') && next(name).length > 0)).toEqual([
      'HowDidItEnd?',
    ]);
  });
});

describe('limits', () => {
  test.each(tasks.filter((step) => !waitsForToken(step)))(
    '%s waits longer than its Lambda may take',
    (step) => {
      expect(stateOf(step).TimeoutSeconds).toBeGreaterThan(LAMBDA_TIMEOUT_SECONDS);
    },
  );

  test('a recovery waits out whatever Lambda of the ended execution may still run, before it reads the plan', () => {
    expect(next('WaitOutLastStep')).toEqual(['RecallPlan']);
    expect(stateOf('WaitOutLastStep').Seconds).toBeGreaterThan(LAMBDA_TIMEOUT_SECONDS);
  });

  test('a deployment in line asks for the lease again, and does nothing else', () => {
    expect(next('WaitForLease')).toEqual(['AcquireLease']);
  });

  test.each(waits)(
    "%s waits as long as a slice that it needs says, and never a task token's year",
    (step) => {
      const { timeout, needs } = contract[step];

      expect(stateOf(step).TimeoutSecondsPath).toBe(`$.${timeout}.waitSeconds`);
      expect(needs).toContain(timeout);
    },
  );
});

describe('the file', () => {
  test('has no field that the simulator does not interpret, and uses every function once', () => {
    expect(Object.keys(machine.states)).toEqual(names);
    expect([...text.matchAll(/\$\{(\w+)\}/g)].map((match) => match[1]).sort()).toEqual(
      stepNames.map((step) => `${step}Arn`).sort(),
    );
  });

  test.each(names)('%s says in one sentence what it is for', (name) => {
    expect(stateOf(name).Comment).toMatch(/^[A-Z][^.]{10,140}\.$/);
  });

  test('passes an independent validator', () => {
    // It changes what it is given.
    const copy = JSON.parse(text.replace(/\$\{(\w+)\}/g, (_whole, key: string) => resources[key] as string));

    const result = validateDefinition(copy);

    expect(result.errorsText('\n')).toBe('');
    expect(result.isValid).toBe(true);
  });
});
