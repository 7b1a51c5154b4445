import { expect, test } from 'vitest';
import { checkEnd } from '../../../core/safety/convergence.ts';
import type { BareSnapshot } from '../../../core/safety/snapshot.ts';

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

const messages = (end: BareSnapshot, others: { scaled?: boolean; deleted?: boolean }): string[] =>
  checkEnd({
    start: world(100),
    end,
    outcome: 'rolledBack',
    leftToOthers: new Set(others.scaled === true ? [BLUE] : []),
    deletedByOthers: new Set(others.deleted === true ? [BLUE] : []),
  }).map(({ message }) => message);

const notAsBefore = expect.stringContaining('blue is not at its full scale');

test.each([
  ['whole', 100, {}, []],
  ['halved by nobody', 50, {}, [notAsBefore]],
  ['halved by somebody else', 50, { scaled: true }, []],
  ['gone, and nobody else deleted it', null, {}, [notAsBefore]],
  ['gone, although somebody else only scaled it', null, { scaled: true }, [notAsBefore]],
  ['deleted by somebody else', null, { scaled: true, deleted: true }, []],
] as const)('rolled back, and blue is %s', (_what, scalePercent, others, problems) => {
  expect(messages(world(scalePercent), others)).toEqual(problems);
});

const GROUPS = [
  { targetGroupArn: 'a', weight: 100 },
  { targetGroupArn: 'b', weight: 0 },
];

const afterSuccess = (firstDeployment: boolean, testers: number): string[] => {
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
  const base = { ...world(null), firstDeployment, groups: [group('a', 'blue'), group('b', 'green')] };
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

test('testers follow the users in the end; a first deployment leaves them where they were', () => {
  expect(afterSuccess(false, 100)).toEqual([]);
  expect(afterSuccess(false, 0)).toEqual(['recorded as succeeded, but test is not all green']);
  expect(afterSuccess(true, 0)).toEqual([]);
  expect(afterSuccess(true, 50)).toEqual(['recorded as succeeded, but test is not as it was']);
});
