import { expect, test } from 'vitest';
import { checkEnd } from '../../../core/safety/convergence.ts';
import type { BareSnapshot } from '../../../core/safety/snapshot.ts';
import type { TaskSetsOfOthers } from '../../../core/safety/task-sets-of-others.types.ts';

const BLUE = 'ecs-svc/1';

const world = (scalePercent: number | null): BareSnapshot => ({
  atMs: 0,
  routes: [],
  groups: [],
  taskSets:
    scalePercent === null
      ? []
      : [{ id: BLUE, colour: 'blue', externalId: null, status: 'PRIMARY', scalePercent }],
  leaseHolder: null,
  abortNow: false,
  firstDeployment: false,
  lastWrite: null,
});

const nobody: TaskSetsOfOthers = { made: new Set(), scaled: new Map(), deleted: new Set(), primary: null };
const MADE = 'ecs-svc/7';

const messages = (end: BareSnapshot, others: Partial<TaskSetsOfOthers>): string[] =>
  checkEnd({ start: world(100), end, outcome: 'rolledBack', others: { ...nobody, ...others } }).map(
    ({ message }) => message,
  );

const notAsBefore = expect.stringContaining('blue is not at its full scale');
const scaledTo = (percent: number) => ({ scaled: new Map([[BLUE, percent]]) });

test.each([
  ['whole', 100, {}, []],
  ['halved by nobody', 50, {}, [notAsBefore]],
  ['halved by somebody else', 50, scaledTo(50), []],
  ['halved, although somebody else gave it another scale', 50, scaledTo(30), [notAsBefore]],
  ['whole, although somebody else halved it', 100, scaledTo(50), [notAsBefore]],
  ['gone, and nobody else deleted it', null, {}, [notAsBefore]],
  ['gone, although somebody else only scaled it', null, scaledTo(50), [notAsBefore]],
  ['deleted by somebody else', null, { ...scaledTo(50), deleted: new Set([BLUE]) }, []],
] as const)('rolled back, and blue is %s', (_what, scalePercent, others, problems) => {
  expect(messages(world(scalePercent), others)).toEqual(problems);
});

test('rolled back, and a blue that drained before the start is gone', () => {
  const { taskSets, ...start } = world(100);
  const draining = taskSets.map((set) => ({ ...set, status: 'DRAINING' as const }));
  const end = world(null);

  expect(
    checkEnd({ start: { ...start, taskSets: draining }, end, outcome: 'rolledBack', others: nobody }),
  ).toEqual([]);
});

const withStatus = (blue: 'PRIMARY' | 'ACTIVE', made: 'PRIMARY' | 'ACTIVE'): BareSnapshot => {
  const whole = world(100);
  return {
    ...whole,
    taskSets: [
      ...whole.taskSets.map((set) => ({ ...set, status: blue })),
      { id: MADE, colour: 'other', externalId: null, status: made, scalePercent: 50 },
    ],
  };
};
const byOthers = { made: new Set([MADE]) };

test.each([
  ['there, and blue PRIMARY', withStatus('PRIMARY', 'ACTIVE'), byOthers, []],
  ['PRIMARY, as its maker wants it', withStatus('ACTIVE', 'PRIMARY'), { ...byOthers, primary: MADE }, []],
  ['PRIMARY, which nobody wants any more', withStatus('ACTIVE', 'PRIMARY'), byOthers, [notAsBefore]],
  ['not PRIMARY any more', withStatus('PRIMARY', 'ACTIVE'), { ...byOthers, primary: MADE }, [notAsBefore]],
] as const)('rolled back, and the task set that somebody else made is %s', (_what, end, others, problems) => {
  expect(messages(end, others)).toEqual(problems);
});

const GROUPS = [
  { targetGroupArn: 'a', weight: 100 },
  { targetGroupArn: 'b', weight: 0 },
];

const afterSuccess = (testers: number): string[] => {
  const route = (arn: string, green: number) => ({
    arn,
    label: arn,
    fingerprint: '',
    groups: GROUPS.map((group, index) => ({ ...group, weight: index === 1 ? green : 100 - green })),
    ...(arn === 'test' ? { test: true as const } : {}),
  });
  const group = (arn: string, colour: 'blue' | 'green') => ({
    arn,
    colour,
    healthy: 2,
    registered: 2,
    answering: 2,
    wanted: 2,
  });
  const base = { ...world(null), groups: [group('a', 'blue'), group('b', 'green')] };
  return checkEnd({
    start: { ...base, routes: [route('users', 0), route('test', 0)] },
    end: {
      ...base,
      routes: [route('users', 100), route('test', testers)],
      taskSets: [{ id: 'g', colour: 'green', externalId: 'd', status: 'PRIMARY', scalePercent: 100 }],
    },
    outcome: 'succeeded',
  }).map(({ message }) => message);
};

test('testers follow the users in the end', () => {
  expect(afterSuccess(100)).toEqual([]);
  expect(afterSuccess(0)).toEqual(['recorded as succeeded, but test is not all green']);
});
