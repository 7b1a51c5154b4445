import { describe, expect, test } from 'vitest';
import { DeploymentError } from '../../../core/errors.ts';
import { baseNamed } from '../../../verify/exhaust/bases.ts';
import { knownProblems } from '../../../verify/exhaust/not-yet-held.ts';
import { prove, undisturbed } from '../../../verify/exhaust/prove.ts';
import { NOTHING } from '../../../verify/faults/fault.types.ts';
import { originalGroups } from '../../../verify/stage/small-balancers.ts';
import { routeArns } from '../../../verify/stage/small-names.ts';
import type { Stage } from '../../../verify/stage/stage.ts';
import { forsaken } from '../../../verify/stage/users-checker.ts';

const split = (blue: number, green: number) => [
  { targetGroupArn: 'blue', weight: blue },
  { targetGroupArn: 'green', weight: green },
];
type Both = [blue: number, green: number];
/** `answer`: as many as are healthy unless said otherwise. */
const healthy =
  (blue: number, green: number, answer: Both = [blue, green]) =>
  (arn: string) => {
    const colour = ['blue', 'green'].indexOf(arn);
    const own = [blue, green][colour] ?? 0;
    const answering = answer[colour] ?? 0;
    return { healthy: own, listening: Math.max(own, answering), answering, wanted: 4 };
  };

describe('users whom a colour cannot serve while the other can', () => {
  test.each([
    ['weight on a colour where nobody listens', split(50, 50), healthy(0, 4), 'blue'],
    ['one weight of a thousand is weight', split(1, 999), healthy(0, 4), 'blue'],
    ['more than twice what a colour carries', split(10, 90), healthy(4, 1), 'green'],
    [
      'a third group that nobody answers for',
      [...split(90, 0), { targetGroupArn: 'c', weight: 10 }],
      healthy(4, 4),
      'c',
    ],
    ['nobody, because every weight is 0', split(0, 0), healthy(4, 0), null],
    [
      'a group that stands alone has all users, whatever its weight',
      [{ targetGroupArn: 'green', weight: 0 }],
      healthy(4, 0),
      'green',
    ],
    ['a green whose checks pass and that answers nobody', split(80, 20), healthy(4, 4, [4, 0]), 'green'],
    [
      'the same beside a blue whose checks fail and that answers',
      split(50, 50),
      healthy(0, 4, [4, 0]),
      'green',
    ],
    ['a dead blue beside a green that answers half', split(80, 20), healthy(0, 4, [0, 2]), 'blue'],
  ])('%s', (_what, groups, counts, expected) => {
    expect(forsaken(groups, ['blue', 'green'], counts)).toMatchObject({ arn: expected });
  });

  test.each([
    ['both serve', split(50, 50), healthy(4, 4)],
    ['every weight is 0, and neither could take all', split(0, 0), healthy(2, 2)],
    ['every weight is 0, and whose checks pass answers nobody', split(0, 0), healthy(4, 0, [0, 0])],
    ['neither could take all', split(50, 50), healthy(0, 2)],
    ['nobody listens, and nobody is sent there', split(0, 100), healthy(0, 4)],
    ['short, and not by half', split(75, 25), healthy(2, 4)],
    ['a blue whose checks fail and that answers', split(100, 0), healthy(0, 4, [4, 4])],
    ['a green that fails half of its requests', split(0, 100), healthy(4, 4, [4, 2])],
    ['a lost green beside a blue that is gone', split(0, 100), healthy(0, 4, [0, 0])],
    ['a dead blue beside a green that answers nobody', split(80, 20), healthy(0, 4, [0, 0])],
    ['nobody answers, whatever the checks show', split(50, 50), healthy(4, 4, [0, 0])],
  ])('none: %s', (_what, groups, counts) => {
    expect(forsaken(groups, ['blue', 'green'], counts)).toBeNull();
  });

  test.each([
    ['health checks show it', split(50, 50), healthy(0, 4), 130],
    ['a read of the route shows it', split(0, 0), healthy(4, 4), 130],
    ['only metrics show it', split(50, 50), healthy(4, 4, [4, 0]), 300],
    ['a tenth of the users asks a blue that appears dead', split(10, 90), healthy(0, 4), 430],
  ])('is to be noticed: %s', (_what, groups, counts, seconds) => {
    expect(forsaken(groups, ['blue', 'green'], counts)?.noticedMs).toBe(seconds * 1_000);
  });
});

/** Green's tasks die and no other starts, and JudgeHealth is never answered again: nobody moves its users. */
const nobodyJudges = (stage: Stage): void => {
  const { ecs, kernel } = stage.world;
  kernel.onEvent(({ kind, data }) => {
    if (kind !== 'step' || data?.state !== 'ShiftTraffic' || data.phase !== 'succeeded') return;
    for (const { id, externalId } of ecs.taskSets()) {
      if (externalId !== stage.deployments[0]?.deploymentId) continue;
      ecs.holdLaunches(id, 3_600_000);
      while (ecs.killTask(id) !== undefined);
    }
  });
  stage.aroundInvoke(
    (invoke) => (step, payload, context) =>
      step === 'JudgeHealth' ? new Promise(() => undefined) : invoke(step, payload, context),
  );
};

test('a deployment that leaves users where nobody listens breaks invariant 8', async () => {
  const base = baseNamed('canary');
  if (base === undefined) throw new Error('there is no canary');
  const before = await undisturbed(base);

  const verdict = await prove(base, before, before.points[0] as never, {
    name: 'planted',
    description: 'nobody judges any more',
    mayLose: NOTHING,
    endsAlike: false,
    arm: () => nobodyJudges,
  });

  expect(verdict).toMatchObject({
    kind: 'failed',
    problems: expect.arrayContaining([
      expect.stringMatching(/^invariant 8: .* sent 20 % of its users to green, which carries 0 %, for 130 s/),
    ]),
  });
});

/** Green dies, and each step that could move its users gives up as Unavailable, each time for that reason. */
const allGiveUp =
  (reason: string) =>
  (stage: Stage): void => {
    nobodyJudges(stage);
    stage.aroundInvoke(
      (invoke) => (step, payload, context) =>
        step === 'JudgeHealth' || step === 'RollBack'
          ? Promise.reject(new DeploymentError('Unavailable', reason))
          : invoke(step, payload, context),
    );
  };

test.each([
  [
    'what it read itself',
    'wrote 100 % blue, 0 % green to a route and read back something else: trying again',
    true,
  ],
  ['a call that nobody answers', 'Could not read the routes: no answer for 8 s', false],
])('a step that gives up because of %s', async (_what, reason, convicted) => {
  const base = baseNamed('canary');
  if (base === undefined) throw new Error('there is no canary');
  const before = await undisturbed(base);

  const verdict = await prove(base, before, before.points[0] as never, {
    name: 'planted',
    description: 'each step that could move users gives up',
    mayLose: NOTHING,
    endsAlike: false,
    arm: () => allGiveUp(reason),
  });

  const problems = verdict !== null && 'problems' in verdict ? verdict.problems : [];
  const [first = ''] = problems.filter((problem) => problem.startsWith('invariant 8'));
  const seconds = Number(/for (\d+) s while/.exec(first)?.[1] ?? Number.POSITIVE_INFINITY);
  expect(seconds < 200).toBe(convicted);
});

/** Somebody sends a first deployment's users to the empty group, and JudgeHealth is never answered again. */
const nobodySeesTheReset =
  (state: string) =>
  (stage: Stage): void => {
    const { elbv2, kernel } = stage.world;
    kernel.onEvent(({ kind, data }) => {
      if (kind !== 'step' || data?.state !== state || data.phase !== 'succeeded') return;
      const [deployment] = stage.deployments;
      if (deployment === undefined) return;
      stage.foreignWrite();
      for (const arn of routeArns(deployment.service))
        elbv2.foreignWrite(arn, originalGroups(deployment.service), 'somebody');
    });
    stage.aroundInvoke(
      (invoke) => (step, payload, context) =>
        step === 'JudgeHealth' ? new Promise(() => undefined) : invoke(step, payload, context),
    );
  };

test.each([
  ['count once green has been given to them', 'ShiftTraffic', /^invariant 8: .* to blue, which carries 0 %/],
  ['do not count before anything has served them', 'LaunchGreen', null],
])('users of a first deployment %s', async (_when, state, expected) => {
  const base = baseNamed('first');
  if (base === undefined) throw new Error('there is no first');
  const before = await undisturbed(base);

  const verdict = await prove(base, before, before.points[0] as never, {
    name: 'planted',
    description: 'somebody resets the weights and nobody judges any more',
    mayLose: NOTHING,
    endsAlike: false,
    arm: () => nobodySeesTheReset(state),
  });

  const problems = verdict !== null && 'problems' in verdict ? verdict.problems : [];
  const usersLeft = problems.filter((problem) => problem.startsWith('invariant 8'));
  expect(usersLeft).toEqual(expected === null ? [] : [expect.stringMatching(expected)]);
});

test('what is not held yet explains only the problems it names, of the faults it names', () => {
  const entry = { faults: ['alarm'], problem: /^invariant 8/, because: 'planted' };

  expect(knownProblems({ faults: ['alarm'], at: 'call:3' }, ['invariant 8: users'], [entry])).toEqual([
    entry,
  ]);
  expect(
    knownProblems(
      { faults: ['alarm'], at: 'call:3' },
      ['invariant 8: users', 'invariant 1: weights'],
      [entry],
    ),
  ).toBeNull();
  expect(
    knownProblems({ faults: ['alarm'], at: 'call:3' }, ['invariant 8: users'], [{ ...entry, at: /state/ }]),
  ).toBeNull();
  expect(knownProblems({ faults: ['stopped'], at: 'call:3' }, ['invariant 8: users'], [entry])).toBeNull();
});
