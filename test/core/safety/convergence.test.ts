import { describe, expect, test } from 'vitest';
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

describe('what is left', () => {
  const whole = world(100);
  const other = (id: string) => ({
    id,
    colour: 'other' as const,
    externalId: null,
    status: 'ACTIVE' as const,
    scalePercent: 50,
  });
  const ended = (start: Partial<BareSnapshot>, end: Partial<BareSnapshot>, more: object = {}) =>
    checkEnd({
      start: { ...whole, ...start },
      end: { ...whole, ...end },
      outcome: 'rolledBack',
      ...more,
    }).map(({ message }) => message);

  test('a task set that nobody else made is named, and one that was there is not', () => {
    const start = [...whole.taskSets, other('ecs-svc/5')];

    expect(
      ended({ taskSets: start }, { taskSets: [...start, other('ecs-svc/8'), other('ecs-svc/9')] }),
    ).toEqual(['left over: ecs-svc/8, ecs-svc/9']);
    expect(ended({ taskSets: start }, { taskSets: whole.taskSets })).toEqual([]);
  });

  test.each([
    ['as it was found', 'a', 'a', undefined, []],
    ['changed by the deployment', 'a', 'b', undefined, ['what scales the service was found a and left b']],
    ['as somebody else wants it', 'a', 'c', 'c', []],
    [
      'changed back from what somebody else wants',
      'a',
      'a',
      'c',
      ['somebody else made what scales the service c, and it was left a'],
    ],
  ])('what scales the service is %s', (_what, start, end, foreignScaling, problems) => {
    const more = foreignScaling === undefined ? {} : { foreignScaling };
    expect(ended({ scaling: start }, { scaling: end }, more)).toEqual(problems);
  });

  test('a deployment that is stuck, or whose record is open, has not converged', () => {
    expect(ended({}, {}, { outcome: 'stuck' })).toEqual(['stuck: the deployment did not converge']);
    expect(ended({}, {}, { outcome: null })).toEqual(['the record was not closed']);
  });

  const at = (arn: string, green: number) => ({
    arn,
    label: arn,
    fingerprint: '',
    groups: GROUPS.map((group, index) => ({ ...group, weight: index === 1 ? green : 100 - green })),
  });
  const groups = (['blue', 'green'] as const).map((colour, index) => ({
    arn: GROUPS[index]?.targetGroupArn ?? '',
    colour,
    healthy: 2,
    registered: 2,
    wanted: 2,
  }));

  test('each route is as it was itself, and one that came since has no green', () => {
    const start = { groups, routes: [at('one', 0), at('two', 40)] };

    expect(ended(start, start)).toEqual([]);
    expect(ended(start, { groups, routes: [...start.routes, at('new', 0)] })).toEqual([]);
    expect(ended(start, { groups, routes: [...start.routes, at('new', 10)] })).toEqual([
      'recorded as rolled back, but new is not as it was',
    ]);
  });

  test('blue is itself, and PRIMARY where somebody else made it so', () => {
    const asPrimary = { others: { ...nobody, primary: BLUE } };
    expect(ended({}, {}, asPrimary)).toEqual([]);
    const impostor = { ...other('ecs-svc/5'), status: 'PRIMARY' as const, scalePercent: 100 };
    const start = { taskSets: [...whole.taskSets, impostor] };
    expect(ended(start, { taskSets: [impostor] })).toEqual([notAsBefore]);
    const active = whole.taskSets.map((set) => ({ ...set, status: 'ACTIVE' as const }));
    expect(ended({ taskSets: active }, { taskSets: active })).toEqual([]);
  });
});

describe('succeeded', () => {
  const green = {
    id: 'g',
    colour: 'green' as const,
    externalId: 'd',
    status: 'PRIMARY' as const,
    scalePercent: 100,
  };
  const incomplete = 'recorded as succeeded, but green is not PRIMARY at full scale';

  test.each<[string, BareSnapshot['taskSets'], Partial<TaskSetsOfOthers>, string[]]>([
    ['and green is PRIMARY at full scale', [green], {}, []],
    ['and green has half of its tasks', [{ ...green, scalePercent: 50 }], {}, [incomplete]],
    ['and green is gone', [], {}, [incomplete]],
    ['and somebody deleted green', [], { deleted: new Set(['g']) }, []],
    ['and somebody deleted blue alone', [], { deleted: new Set([BLUE]) }, [incomplete]],
    [
      'and somebody deleted what he had made himself',
      [],
      { deleted: new Set([MADE]), made: new Set([MADE]) },
      [incomplete],
    ],
  ])('%s', (_what, taskSets, others, problems) => {
    const end = { ...world(null), taskSets };
    const ended = checkEnd({
      start: world(100),
      end,
      outcome: 'succeeded',
      others: { ...nobody, ...others },
    });

    expect(ended.map(({ message }) => message)).toEqual(problems);
  });

  test('beside a set that somebody else had made before the start, a deleted blue is no deleted green', () => {
    const others = { ...nobody, deleted: new Set([BLUE]) };
    const start = withStatus('PRIMARY', 'ACTIVE');

    expect(checkEnd({ start, end: world(null), outcome: 'succeeded', others })).toMatchObject([
      { message: incomplete },
    ]);
  });
});
