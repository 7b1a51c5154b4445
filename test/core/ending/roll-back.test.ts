import { describe, expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../../core/clock.ts';
import { refuseUnrestored, restoredGroups, sameGroups } from '../../../core/ending/restored-routes.ts';
import { commitmentOf, neverServed } from '../../../core/ending/roll-back.ts';
import { wasAborted, whyRollBack } from '../../../core/ending/why-roll-back.ts';
import type { Command } from '../../../core/vocabulary/command.types.ts';
import type { Carried } from '../../../core/vocabulary/placement.types.ts';
import type { Lease } from '../../../core/vocabulary/state.types.ts';
import {
  aCommand,
  aDecision,
  aFirstDeployment,
  aForward,
  aPlan,
  aRollBack,
  aRoute,
  aStickyForward,
  aTarget,
  aTaskSet,
  BLUE,
  GREEN,
  NOW,
  pairsOf,
  someHealth,
  someTraffic,
  THIRD,
} from '../a-deployment.ts';
import { blueSet, decideOn, type Input } from './decide-on.ts';
import { placedBack } from './placed-back.ts';

const allGreen = [{ route: aRoute('default'), forward: aForward([BLUE, 0], [GREEN, 100]) }];
const allBlue = [{ route: aRoute('default'), forward: aForward([BLUE, 100], [GREEN, 0]) }];

describe('blue gets its weight back', () => {
  test.each([
    ['when it is healthy', {}],
    ['when a task in three is being replaced', { blueHealth: someHealth(2, 3) }],
    ['when it has it already', { routes: allBlue }],
    [
      'when green was never launched',
      { blueHealth: someHealth(1, 2), greenHealth: someHealth(0, 0), green: null },
    ],
    [
      'when a third group took it',
      { routes: [{ route: aRoute('default'), forward: aForward([BLUE, 50], [THIRD, 50]) }] },
    ],
    ['when no route is left', { routes: [] }],
    ['on a first deployment, as the routes were', { plan: aFirstDeployment(), blue: null, blueHealth: null }],
  ] satisfies [string, Partial<Input>][])('%s', (_, changes) => {
    expect(decideOn(changes)).toMatchObject({ kind: 'restore' });
  });
});

test('a network load balancer takes ten minutes to follow, so green stays that long', () => {
  expect(decideOn({ plan: aPlan({ loadBalancerKind: 'network' }) })).toMatchObject({ waitSeconds: 600 });
});

describe('a visit that a signal caused while the last requests leave green', () => {
  const leaving = aRollBack({ kind: 'restored', leavesUntilMs: NOW + MINUTE_MS });
  const allBlue = [{ route: aRoute('default'), forward: aForward([BLUE, 100], [GREEN, 0]) }];
  const visitAfter = (ms: number, changes: Partial<Input> = {}) =>
    decideOn({ previous: leaving, routes: allBlue, nowMs: NOW + ms, ...changes });

  test('lets them leave for the rest of the time, and begins nothing anew', () => {
    expect(visitAfter(20_000)).toMatchObject({
      kind: 'restore',
      waitSeconds: 40,
      leavesUntilMs: NOW + MINUTE_MS,
    });
  });

  test.each<[string, Partial<Input>]>([
    [
      'somebody gave green traffic meanwhile',
      { routes: [{ route: aRoute('default'), forward: aForward([BLUE, 50], [GREEN, 50]) }] },
    ],
    ['blue took back what it could not carry before', { previous: aRollBack({ kind: 'held' }) }],
  ])('begins anew when %s', (_what, changes) => {
    expect(visitAfter(20_000, changes)).toMatchObject({ waitSeconds: 120, leavesUntilMs: NOW + 140_000 });
  });

  test('their time is over: RemoveGreen found something, so another one begins', () => {
    expect(visitAfter(MINUTE_MS)).toMatchObject({ waitSeconds: 120, leavesUntilMs: NOW + 3 * MINUTE_MS });
  });
});

test('who keeps giving green traffic back is answered ever more slowly, and after two days by a person', () => {
  const again = (ms: number) => decideOn({ previous: aRollBack({ kind: 'restored' }), nowMs: NOW + ms });

  expect(again(0)).toMatchObject({ kind: 'restore', waitSeconds: 120 });
  expect(again(HOUR_MS)).toMatchObject({ kind: 'restore', waitSeconds: 300 });
  expect(again(48 * HOUR_MS).kind).toBe('stuck');
});

test('a blue that is whole at last, after two days in which it was not, gets its users', () => {
  expect(decideOn({ previous: aRollBack({ kind: 'held' }), nowMs: NOW + 48 * HOUR_MS }).kind).toBe('restore');
});

describe('a group that no route names is not checked, so its health is no news', () => {
  const blueAlone = [{ route: aRoute('default'), forward: aForward([BLUE, 100]) }];
  const scaledDown = { ...blueSet, scalePercent: 0 };

  test('beyond blue’s return green gets the routes back unchecked: nobody else could serve them', () => {
    const unchecked = { routes: blueAlone, blue: scaledDown, greenHealth: someHealth(0, 2, '2 unused') };

    expect(decideOn(unchecked)).toMatchObject({ kind: 'finishForward', raiseGreen: true });
    expect(decideOn({ ...unchecked, routes: allGreen }).kind).toBe('held');
    expect(decideOn({ ...unchecked, green: aTaskSet({ runningCount: 0 }) }).kind).toBe('held');
  });

  test('beyond blue’s return with every rule deleted nothing is left to raise, and blue still goes', () => {
    const none = { routes: [], blue: scaledDown, greenHealth: someHealth(0, 2, '2 unused') };

    expect(decideOn(none)).toMatchObject({ kind: 'finishForward', raiseGreen: false });
  });
});

test('a first deployment that was PRIMARY with all traffic is finished by its recovery, not undone', () => {
  const first = { plan: aFirstDeployment(), blue: null, blueHealth: null };
  const promoted = { ...first, green: aTaskSet({ status: 'PRIMARY' }), routes: allGreen };

  expect(decideOn({ ...promoted, recovering: true }).kind).toBe('finishForward');
  expect(decideOn(promoted).kind).toBe('restore');
});

describe('a recovery finishes only what was wholly promoted', () => {
  const primary = aTaskSet({ status: 'PRIMARY' });
  const promoted = { green: primary, routes: allGreen, recovering: true };
  const sticky = { route: aRoute('rule'), forward: aForward([BLUE, 50], [GREEN, 50]) };

  test.each<[string, Partial<Input>, string]>([
    ['PRIMARY, with all traffic, healthy', {}, 'finishForward'],
    ['a green that is not PRIMARY', { green: aTaskSet({ status: 'ACTIVE' }) }, 'restore'],
    ['a green that is gone', { green: null }, 'restore'],
    [
      'one of two routes still shared',
      { plan: aPlan({ routes: [aRoute('default'), aRoute('rule')] }), routes: [...allGreen, sticky] },
      'restore',
    ],
    ['a rule that somebody deleted, which no later step may miss', { routes: [] }, 'restore'],
    ['a green of unknown health', { greenHealth: null }, 'restore'],
    ['a green that is too sick to serve', { greenHealth: someHealth(0, 2) }, 'restore'],
  ])('%s', (_, changes, kind) => {
    expect(decideOn({ ...promoted, ...changes }).kind).toBe(kind);
  });
});

test('a first deployment’s green goes only when every route is as it was before', () => {
  const plan = aFirstDeployment();
  const [route] = plan.routes;
  if (route === undefined) throw new Error('the plan has no route');
  const late = { route, forward: aForward([BLUE, 0], [GREEN, 100]) };
  const restored = { route, forward: { ...late.forward, groups: restoredGroups(plan, route, late.forward) } };

  expect(refuseUnrestored(plan, [restored])).toBeNull();
  expect(refuseUnrestored(plan, [late])).toContain(route.label);
});

describe('users are not moved from bad to worse', () => {
  test('a short blue gets what it can carry, green keeps the rest, and the reason says so', () => {
    const decision = decideOn({ blueHealth: someHealth(1, 2, '1 unhealthy (Target.Timeout)') });

    expect(decision).toEqual({
      kind: 'held',
      waitSeconds: 15,
      weights: { blue: 75, green: 25 },
      reason: 'blue has 1 of 2 tasks healthy, green has 2 of 2 tasks healthy: 75 % blue, 25 % green',
    });
  });

  test('when neither has anything blue gets it, and green stays until its time to get healthy is over', () => {
    const neither = { blueHealth: someHealth(0, 2), greenHealth: someHealth(0, 2) };
    const later = {
      ...neither,
      previous: aRollBack(),
      routes: allBlue,
      nowMs: NOW + aPlan().timeToHealthyMs,
    };

    expect(decideOn(neither)).toMatchObject({ kind: 'held', weights: { blue: 100, green: 0 } });
    expect(decideOn({ ...later, nowMs: later.nowMs - 1 })).toMatchObject({ kind: 'held', weights: null });
    expect(decideOn(later)).toMatchObject({ kind: 'restore' });
  });

  test('a blue that dies with all of the traffic gives it to a green that is still there', () => {
    expect(decideOn({ blueHealth: someHealth(0, 2), routes: allBlue })).toMatchObject({
      kind: 'held',
      weights: { blue: 0, green: 100 },
    });
  });

  test('a green that never served gets nobody while any of blue answers', () => {
    const never = { neverServed: true, routes: allBlue };

    expect(decideOn({ ...never, blueHealth: someHealth(1, 4) })).toMatchObject({ kind: 'restore' });
    expect(decideOn({ ...never, blueHealth: someHealth(0, 2) })).toMatchObject({ kind: 'held' });
  });

  test('switched off, everything goes back or nothing does', () => {
    const off = (changes: Partial<Input>) => decideOn({ plan: aPlan({ carry: 'off' }), ...changes });

    expect(off({ blueHealth: someHealth(1, 2) })).toMatchObject({ kind: 'held', weights: null });
    expect(off({ blueHealth: someHealth(1, 2), greenHealth: someHealth(1, 2) }).kind).toBe('restore');
    expect(off({ blueHealth: someHealth(2, 3) }).kind).toBe('restore');
    expect(off({ blueHealth: someHealth(0, 2), routes: allBlue }).kind).toBe('restore');
  });

  test.each([
    ['blue without a single target', { blueHealth: someHealth(0, 2), greenHealth: someHealth(1, 2) }],
    [
      'blue at half its targets, green at three quarters',
      { blueHealth: someHealth(2, 4), greenHealth: someHealth(3, 4) },
    ],
  ])('%s', (_, changes) => {
    expect(decideOn(changes).kind).toBe('held');
  });

  test.each([
    [0, 15],
    [29 * MINUTE_MS, 15],
    [30 * MINUTE_MS, 60],
    [HOUR_MS, 60],
    [3 * HOUR_MS, 180],
    [47 * HOUR_MS, 300],
  ])('after %d ms it reads again in %d s', (elapsedMs, waitSeconds) => {
    const sick = { blueHealth: someHealth(0, 2), previous: aRollBack(), nowMs: NOW + elapsedMs };

    expect(decideOn(sick)).toMatchObject({ kind: 'held', waitSeconds });
  });

  test('where ECS and the load balancer disagree it reads again in 5 s, however long it has been held', () => {
    const late = {
      ...placedBack(2, { blueTargets: [aTarget('healthy'), aTarget('draining')] }),
      countsAreLate: true as const,
    };
    const sick = { blueHealth: someHealth(0, 2), previous: aRollBack(), nowMs: NOW + HOUR_MS };

    expect(decideOn({ ...sick, placed: late })).toMatchObject({ kind: 'held', waitSeconds: 5 });
  });

  test('after two days a person has to decide', () => {
    const sick = { blueHealth: someHealth(0, 2), previous: aRollBack(), nowMs: NOW + 48 * HOUR_MS };

    expect(decideOn(sick)).toMatchObject({ kind: 'stuck', waitSeconds: 0 });
  });

  test('holding ends the moment blue is fit again', () => {
    expect(decideOn({ previous: aRollBack(), nowMs: NOW + HOUR_MS }).kind).toBe('restore');
  });
});

describe('beyond blue’s point of return', () => {
  const gone: [string, Partial<Input>][] = [
    ['scaled to zero', { blue: aTaskSet({ ...blueSet, scalePercent: 0 }) }],
    ['being deleted', { blue: aTaskSet({ ...blueSet, status: 'DRAINING' }) }],
    ['gone', { blue: null }],
  ];

  test.each(gone)('with blue %s green finishes forward', (_, changes) => {
    const decision = decideOn({ ...changes, blueHealth: someHealth(0, 0), routes: allGreen });

    expect(decision).toMatchObject({ kind: 'finishForward', waitSeconds: 15, raiseGreen: false });
  });

  test.each(gone)('with blue %s and weight still on it, green has to be given it first', (_, changes) => {
    const decision = decideOn({ ...changes, blueHealth: someHealth(0, 0) });

    expect(decision).toMatchObject({ kind: 'finishForward', raiseGreen: true });
  });

  test.each(gone)('with blue %s, not even routes that are all blue lead back', (_, changes) => {
    expect(decideOn({ ...changes, routes: allBlue }).kind).toBe('finishForward');
  });

  test.each(gone)('with blue %s and green without a target it holds', (_, changes) => {
    const decision = decideOn({ ...changes, greenHealth: someHealth(0, 2) });

    expect(decision).toMatchObject({ kind: 'held' });
    expect(decision.reason).toContain('green cannot serve yet');
  });

  test('a retirement that fails for two hours needs a person', () => {
    const failing = {
      blue: null,
      routes: allGreen,
      previous: aRollBack({ kind: 'finishForward' }),
    };

    expect(decideOn({ ...failing, nowMs: NOW + 2 * HOUR_MS - 1 }).kind).toBe('finishForward');
    expect(decideOn({ ...failing, nowMs: NOW + 2 * HOUR_MS }).kind).toBe('stuck');
  });

  describe('with blue’s task set deleted by somebody, while green does not become healthy', () => {
    const down: Partial<Input> = {
      blue: null,
      blueHealth: someHealth(0, 0),
      greenHealth: someHealth(0, 4),
      previous: aRollBack(),
      neverServed: true,
      nowMs: NOW + aPlan().timeToHealthyMs,
    };

    test('green gets the time that the plan gives it once more, then it goes', () => {
      expect(decideOn({ ...down, previous: undefined }).kind).toBe('held');
      expect(decideOn({ ...down, nowMs: NOW + aPlan().timeToHealthyMs - 1 }).kind).toBe('held');
      expect(decideOn(down)).toMatchObject({
        kind: 'restore',
        nothingServes: true,
        reason: expect.stringContaining('green, which never had users, did not become healthy'),
      });
    });

    test.each<[string, Partial<Input>]>([
      ['green has had users, and may recover', { neverServed: false }],
      ['blue still drains', { blue: aTaskSet({ ...blueSet, status: 'DRAINING' }) }],
    ])('but where %s it holds', (_, changes) => {
      expect(decideOn({ ...down, ...changes }).kind).toBe('held');
    });

    test('and a green that becomes healthy serves', () => {
      expect(decideOn({ ...down, greenHealth: someHealth(4, 4) }).kind).toBe('finishForward');
    });
  });

  describe('with both task sets deleted by somebody', () => {
    const nobody: Partial<Input> = {
      blue: null,
      green: null,
      blueHealth: someHealth(0, 0),
      greenHealth: someHealth(0, 0),
      previous: aRollBack(),
    };

    test('a first read is not believed: a read may be late', () => {
      expect(decideOn({ ...nobody, previous: undefined }).kind).toBe('held');
      expect(decideOn({ ...nobody, nowMs: NOW + 5 * MINUTE_MS - 1 }).kind).toBe('held');
    });

    test('there is nothing to wait for: the routes get back what they had', () => {
      const decision = decideOn({ ...nobody, nowMs: NOW + 5 * MINUTE_MS });

      expect(decision).toMatchObject({ kind: 'restore', nothingServes: true });
      expect(decision.reason).toContain('somebody deleted the task sets of both colours');
      expect(commitmentOf({ plan: aPlan(), blue: null, nowMs: NOW }, decision, 'the alarm')).toEqual({
        to: 'rollBack',
        reason: 'the alarm',
        atMs: NOW,
      });
    });

    test.each<[string, Partial<Input>]>([
      ['green is there and has no target yet', { green: aTaskSet() }],
      ['blue still drains', { blue: aTaskSet({ ...blueSet, status: 'DRAINING' }) }],
    ])('but while %s it holds', (_, changes) => {
      expect(decideOn({ ...nobody, nowMs: NOW + HOUR_MS, ...changes }).kind).toBe('held');
    });

    test('but while somebody’s own tasks answer in green’s group users stay there', () => {
      const decision = decideOn({ ...nobody, nowMs: NOW + HOUR_MS, greenHealth: someHealth(1, 0) });

      expect(decision.kind).toBe('finishForward');
    });
  });

  test('is tried once even after a long hold', () => {
    const decision = decideOn({
      blue: null,
      routes: allGreen,
      previous: aRollBack(),
      nowMs: NOW + 5 * HOUR_MS,
    });

    expect(decision.kind).toBe('finishForward');
  });
});

describe('what RollBack writes', () => {
  test.each([
    [
      'all weight to blue',
      aForward([BLUE, 50], [GREEN, 50]),
      [
        [BLUE, 100],
        [GREEN, 0],
      ],
    ],
    ['green out of a sticky route', aStickyForward([BLUE, 50], [GREEN, 50]), [[BLUE, 100]]],
    [
      'blue back into a route that lost it',
      aForward([GREEN, 100]),
      [
        [GREEN, 0],
        [BLUE, 100],
      ],
    ],
    [
      'somebody else’s group kept, without weight',
      aForward([BLUE, 1], [THIRD, 9]),
      [
        [BLUE, 100],
        [THIRD, 0],
        [GREEN, 0],
      ],
    ],
  ] as const)('%s', (_, forward, expected) => {
    const written = pairsOf(restoredGroups(aPlan(), aRoute('default'), forward));

    expect(written.toSorted()).toEqual([...expected].toSorted());
  });

  test.each([
    ['one of one', aForward([BLUE, 1], [GREEN, 0]), aForward([BLUE, 50], [GREEN, 50]), { blue: 1, green: 0 }],
    [
      'five hundred',
      aForward([BLUE, 500], [GREEN, 0]),
      aForward([BLUE, 0], [GREEN, 100]),
      { blue: 500, green: 0 },
    ],
    [
      'the most there is',
      aForward([THIRD, 0], [BLUE, 999]),
      aForward([BLUE, 90], [THIRD, 0], [GREEN, 10]),
      { blue: 999, green: 0 },
    ],
    ['blue alone', aForward([BLUE, 1]), aForward([BLUE, 50], [GREEN, 50]), { blue: 1, green: 0 }],
    [
      'blue alone on a sticky route',
      aStickyForward([BLUE, 7]),
      aStickyForward([BLUE, 50], [GREEN, 50]),
      { blue: 7 },
    ],
    [
      'blue alone without a weight',
      aForward([BLUE, 0]),
      aForward([BLUE, 50], [GREEN, 50]),
      { blue: 100, green: 0 },
    ],
    [
      'a split',
      aForward([BLUE, 60], [GREEN, 40]),
      aForward([BLUE, 50], [GREEN, 50]),
      { blue: 100, green: 0 },
    ],
  ] as const)(
    'the weights that the plan found, to the digit: %s',
    (_, original, forward, { blue, ...rest }) => {
      const written = new Map(
        pairsOf(restoredGroups(aPlan(), aRoute('default', original), forward)) as [string, number][],
      );

      expect([written.get(BLUE), written.get(GREEN)]).toEqual([
        blue,
        'green' in rest ? rest.green : undefined,
      ]);
      expect(written.get(THIRD) ?? 0).toBe(0);
    },
  );

  test.each([
    ['green alone', aForward([GREEN, 1]), [[GREEN, 1]]],
    [
      'another group with everything',
      aForward([BLUE, 1], [GREEN, 0]),
      [
        [BLUE, 1],
        [GREEN, 0],
      ],
    ],
    [
      'a third group with everything',
      aForward([THIRD, 1], [GREEN, 0]),
      [
        [THIRD, 1],
        [GREEN, 0],
      ],
    ],
  ] as const)('on a first deployment what the plan found: %s', (_, original, expected) => {
    const now = { ...original, groups: original.groups.map((group) => ({ ...group, weight: 7 })) };
    const written = restoredGroups(aFirstDeployment(), aRoute('default', original), now);

    expect(pairsOf(written)).toEqual(expected);
  });

  test('groups are the same in any order, and not when one is missing or differs', () => {
    const { groups } = aForward([BLUE, 100], [GREEN, 0]);

    expect(sameGroups(groups, aForward([GREEN, 0], [BLUE, 100]).groups)).toBe(true);
    expect(sameGroups(aForward([BLUE, 7]).groups, aForward([BLUE, 100]).groups)).toBe(true);
    expect(sameGroups(aForward([BLUE, 7]).groups, aForward([GREEN, 7]).groups)).toBe(false);
    expect(sameGroups(groups, aForward([BLUE, 100]).groups)).toBe(false);
    expect(sameGroups(aForward([BLUE, 100]).groups, groups)).toBe(false);
    expect(sameGroups(groups, aForward([BLUE, 0], [GREEN, 100]).groups)).toBe(false);
    // One group as it should be does not make the list so.
    expect(sameGroups(groups, aForward([BLUE, 100], [GREEN, 50]).groups)).toBe(false);
    expect(sameGroups(groups, aForward([BLUE, 100], [THIRD, 0]).groups)).toBe(false);
  });
});

describe('a rollback was begun by an abort', () => {
  const abort = aCommand('abort');
  const obeyed = { id: 'a', kind: 'abort' as const, by: 'ada' };
  const failed = { kind: 'failed' as const, healthyTargets: 0, wanted: 2, reason: '' };
  const lease = { kind: 'recovering' } as Lease;

  test.each<[string, Parameters<typeof wasAborted>[0], Command[], boolean]>([
    ['in a bake', { decision: aDecision({ kind: 'rollBack', obeyed }) }, [abort], true],
    ['not by an alarm before it', { decision: aDecision({ kind: 'rollBack' }) }, [abort], false],
    ['while green gets healthy', { ready: { ...failed, aborted: true } }, [abort], true],
    ['not by a green that failed', { ready: failed }, [abort], false],
    ['at a shift', { failure: { Error: 'Aborted', Cause: '' } }, [abort], true],
    ['not by a pause that lasted too long', { failure: { Error: 'Aborted', Cause: '' } }, [], false],
    ['and is recovered', { lease: { ...lease, began: { because: '', aborted: true } } }, [], true],
    ['not by an alarm, and is recovered', { lease: { ...lease, began: { because: '' } } }, [abort], false],
    ['not by anybody that a recovery knows of', { lease }, [abort], false],
    ['while a hook runs', { hooks: { kind: 'failed', aborted: true } as never }, [abort], true],
    ['not by a hook that failed', { hooks: { kind: 'failed' } as never }, [abort], false],
    ['not by a step that failed', { failure: { Error: 'Throttled', Cause: '' } }, [abort], false],
    [
      'not by a pause, which the failing step names like an abort',
      { failure: { Error: 'Aborted', Cause: '' } },
      [aCommand('pause')],
      false,
    ],
    [
      'not by a decision that is none to go back, nor a green or a hook that is well',
      {
        decision: aDecision({ obeyed }),
        ready: { ...failed, kind: 'pending' } as never,
        hooks: { kind: 'passed' } as never,
      },
      [abort],
      false,
    ],
    ['by nothing that is known', {}, [abort], false],
  ])('%s', (_, state, commands, aborted) => {
    expect(wasAborted(state, commands)).toBe(aborted);
  });
});

describe('why a deployment is rolled back', () => {
  const failure = {
    Error: 'NotEnoughHealthyTargets',
    Cause: JSON.stringify({
      errorType: 'NotEnoughHealthyTargets',
      errorMessage: '1 of 2 targets healthy',
      trace: ['at x'],
    }),
  };
  const failed = { kind: 'failed' as const, healthyTargets: 0, wanted: 2, reason: 'green never got healthy' };

  test.each([
    ['the decision', { decision: aDecision({ kind: 'rollBack', reason: 'alarm is red' }) }, 'alarm is red'],
    ['green’s failure', { ready: failed }, 'green never got healthy'],
    [
      'an error, as a sentence',
      { failure, decision: aDecision({ kind: 'advance' }) },
      '1 of 2 targets healthy',
    ],
    ['what was said first', { rolledBack: aRollBack({ because: 'first reason' }), failure }, 'first reason'],
    [
      'what ended the execution that is recovered',
      { lease: { kind: 'recovering', reason: 'its execution was stopped' } as Lease, failure },
      'its execution was stopped',
    ],
    [
      'no lease that is held',
      { lease: { kind: 'held', reason: 'held' } as Lease, ready: failed },
      'green never got healthy',
    ],
    [
      'a hook that failed',
      { hooks: { kind: 'failed', reason: 'smoke said no' } as never, failure },
      'smoke said no',
    ],
    [
      'no green that waits, nor a hook that passed',
      {
        ready: { ...failed, kind: 'pending' } as never,
        hooks: { kind: 'passed', reason: 'fine' } as never,
        failure,
      },
      '1 of 2 targets healthy',
    ],
    ['nothing known', {}, 'the workflow met a state it does not know, which always means going back to blue'],
  ])('%s', (_, state, why) => {
    expect(whyRollBack(state)).toBe(why);
  });
});

describe('no user has met green', () => {
  const plan = aPlan({
    shifts: [
      { greenPct: 0, bakeMs: 1, test: true },
      { greenPct: 100, bakeMs: 1 },
    ],
  });
  const traffic = (position: number) => someTraffic({ position });

  test.each([
    ['before the first shift', { plan }, true],
    ['while the test route is open', { plan, traffic: traffic(0) }, true],
    ['after the first shift', { plan, traffic: traffic(1) }, false],
    ['at the first shift of a plan without a test', { plan: aPlan(), traffic: traffic(0) }, false],
    ['of a plan that is not known', { traffic: traffic(0) }, false],
    ['in an execution that holds its lease', { plan, lease: { kind: 'held' } as Lease }, true],
    [
      'in a recovery, which does not know what was written',
      { plan, lease: { kind: 'recovering' } as Lease },
      false,
    ],
    [
      'in a recovery, while the test route is open',
      { plan, traffic: traffic(0), lease: { kind: 'recovering' } as Lease },
      false,
    ],
  ])('%s: %s', (_when, state, unseen) => {
    expect(neverServed(state, undefined)).toBe(unseen);
  });

  test.each<[string, Partial<Carried>, boolean]>([
    ['were on it a moment ago', { before: { blue: 75, green: 25 } }, false],
    ['are on it', { weights: { blue: 75, green: 25 } }, false],
    ['were on it before that', { totalMs: 1 }, false],
    ['never were', {}, true],
  ])('while the test route is open, and users %s beside the plan', (_when, changes, unseen) => {
    const blue = { blue: 100, green: 0 };
    const carried = {
      shiftedAtMs: 0,
      weights: blue,
      before: blue,
      writtenAtMs: 0,
      sinceMs: null,
      totalMs: 0,
    };

    expect(neverServed({ plan, traffic: traffic(0) }, { carried: { ...carried, ...changes } })).toBe(unseen);
  });
});
