import { expect, test } from 'vitest';
import { type StateKind, ways } from '../../../core/estimate/ways.ts';
import workflow from '../../../statemachine/deploy.asl.json' with { type: 'json' };

type State = {
  Type: string;
  Resource?: string;
  Next?: string;
  Choices?: { Next: string }[];
  Catch?: { ErrorEquals: string[]; Next: string }[];
};

const states = workflow.States as unknown as Record<string, State>;

const stateNamed = (name: string): State => {
  const state = states[name];
  if (state === undefined) throw new Error(`expected ${name} in deploy.asl.json, found no such state`);
  return state;
};

const kindOf = ({ Type, Resource }: State): StateKind => {
  if (Type !== 'Task') return 'plain';
  return Resource?.endsWith('.waitForTaskToken') === true ? 'token' : 'task';
};

/** A wait that nobody ends early ends by its timeout. */
const nextOf = ({ Next, Choices = [], Catch = [] }: State): string[] => [
  ...(Next === undefined ? [] : [Next]),
  ...Choices.map(({ Next }) => Next),
  ...Catch.filter(({ ErrorEquals }) => ErrorEquals.includes('States.Timeout')).map(({ Next }) => Next),
];

test.each(Object.entries(ways))('the states of %s have the kind they are counted as', (_name, way) => {
  const kinds = Object.keys(way).map((name) => [name, kindOf(stateNamed(name))]);

  expect(Object.fromEntries(kinds)).toEqual(way);
});

const start = [
  'opening',
  'firstGreenRead',
  'greenRead',
  'shift',
  'observation',
  'shift',
  'observation',
] as const;
const retirement = ['retirementWrite', 'retirementRead', 'retirementWrite'] as const;
const removal = ['removalWrite', 'removalRead', 'removalWrite', 'removalRead'] as const;

test.each([
  ['forward', [...start, 'promotion', ...retirement, 'succeeded']],
  ['back from a bake', [...start, 'rollBack', ...removal, 'rolledBack']],
] as const)('%s, each state leads to the next, from the first to an end', (_name, parts) => {
  const path = parts.flatMap((part) => Object.keys(ways[part]));
  const jumps = path.slice(1).filter((to, at) => !nextOf(stateNamed(path[at] ?? '')).includes(to));

  expect(jumps).toEqual([]);
  expect(path[0]).toBe(workflow.StartAt);
  expect(['Succeed', 'Fail']).toContain(stateNamed(path.at(-1) ?? '').Type);
});

test('back from a promotion that failed', () => {
  const last = Object.keys(ways.promotion).at(-1) ?? '';

  expect(stateNamed(last).Catch?.map(({ Next }) => Next)).toContain(Object.keys(ways.rollBack)[0]);
});
