import { describe, expect, test } from 'vitest';
import { MINUTE_MS } from '../../../core/clock.ts';
import type { AnsweredMinute, ColourCount, Spell } from '../../../core/vocabulary/placement.types.ts';
import {
  asksForAnswers,
  type CarryInput,
  carryOf,
  kindsOf,
  learn,
  NO_MEMORY,
  shareOfTasks,
} from '../../../core/weights/carry.ts';
import { alive, baking, GONE, greenAt, minute, rollingBack, START_MS, UNWELL } from './placement-input.ts';

test.each([
  [3, 4, 1],
  [2, 3, 1],
  [2, 4, 0.75],
  [1, 4, 0.375],
  [0, 4, 0],
  [0, 0, 1],
  [1, 1, 1],
  [0, 1, 0],
])('%d of %d tasks answer %d of all requests', (tasks, needed, share) => {
  expect(shareOfTasks(tasks, needed)).toBeCloseTo(share);
});

describe('CloudWatch is asked for money, so only where its answer could change where users belong', () => {
  const asked = {
    policy: 'on',
    loadBalancerKind: 'application',
    blue: alive(2),
    needed: 4,
    memory: NO_MEMORY,
  } as const;

  test.each<[string, Partial<Parameters<typeof asksForAnswers>[0]>, boolean]>([
    ['blue is short', {}, true],
    ['blue is short, and only dead colours are left', { policy: 'deadOnly' }, true],
    ['all of blue fails its checks', { blue: UNWELL }, true],
    ['blue carries everything', { blue: alive(3) }, false],
    [
      'blue has all the tasks it had before a scale-out',
      { needed: 14, memory: { ...NO_MEMORY, shares: { needed: 14, blue: 2, green: 2 } } },
      false,
    ],
    ['blue could not be read', { blue: null }, false],
    ['users are not moved', { policy: 'off' }, false],
    ['a network load balancer has no such metrics', { loadBalancerKind: 'network' }, false],
    ['green is known to answer nobody', { memory: { ...NO_MEMORY, lostGreen: minute(0) } }, false],
  ])('%s', (_, changes, asks) => {
    expect(asksForAnswers({ ...asked, ...changes })).toBe(asks);
  });
});

describe('a colour without a healthy target', () => {
  test.each<[string, ColourCount | null, boolean, string]>([
    ['runs, and fails its checks', UNWELL, false, 'unwell'],
    ['has targets of which ECS counts no task any more', { ...UNWELL, running: 0 }, false, 'gone'],
    ['has tasks of which no target is left', { ...UNWELL, registered: 0 }, false, 'gone'],
    ['was gone, and nothing of it has been healthy since', UNWELL, true, 'gone'],
    ['was gone, and is back', alive(1), true, 'alive'],
    ['could not be read', null, true, 'unread'],
  ])('%s', (_, count, wasGone, kind) => {
    const memory = { ...NO_MEMORY, gone: { blue: wasGone, green: wasGone } };

    expect(kindsOf({ blue: count, green: count, memory })).toEqual({ blue: kind, green: kind });
  });
});

describe('what one observation adds to what is known', () => {
  const spell: Spell = { seenAtMs: START_MS - MINUTE_MS, overAtMs: null, trialAtMs: null, verdict: null };
  const learned = (given: Partial<CarryInput>) => learn(rollingBack(given));

  test('a colour that could not be read stays what it was: gone, and in its spell', () => {
    const memory = { ...NO_MEMORY, gone: { blue: true, green: true }, spell };

    expect(learned({ blue: null, green: null, memory })).toMatchObject({
      gone: { blue: true, green: true },
      spell,
    });
  });

  test.each([
    ['a tenth of as few requests as prove anything', minute(10, 90_000, 50), true],
    ['more than a tenth', minute(10.1), false],
    ['nothing of fewer requests', minute(0, 90_000, 49), false],
  ])('green that answers %s', (_, answers, lost) => {
    expect(learned({ answers: { blue: [], green: [answers] } }).lostGreen !== null).toBe(lost);
  });

  test('the tasks that make a colour whole, also of a service of one task', () => {
    const one = { blue: alive(1, 1), green: alive(0, 1) };

    expect(learned({ ...one, needed: 1 }).shares).toEqual({ needed: 1, blue: 1, green: 1 });
    expect(learned({ ...one, needed: 0 }).shares).toBeUndefined();
  });

  test.each([
    ['is kept for a quarter of an hour', 15 * MINUTE_MS, true],
    ['and no longer', 15 * MINUTE_MS + 1, false],
  ])('a spell that is over %s', (_, agoMs, kept) => {
    const over: Spell = { ...spell, overAtMs: START_MS - agoMs, verdict: 'dead' };
    const memory = { ...NO_MEMORY, spell: over };

    expect(learned({ memory }).spell).toEqual(kept ? over : null);
    expect(learned({ memory, blue: UNWELL }).spell?.verdict).toBe(kept ? 'dead' : null);
  });

  test('a spell is over when a target is healthy again', () => {
    expect(learned({ memory: { ...NO_MEMORY, spell } }).spell).toEqual({ ...spell, overAtMs: START_MS });
  });

  describe('of a blue that has been asked for five minutes', () => {
    const asked: Spell = {
      ...spell,
      seenAtMs: START_MS - 6 * MINUTE_MS,
      trialAtMs: START_MS - 5 * MINUTE_MS,
    };
    const broken = minute(50);

    test.each<[string, Partial<CarryInput>, Spell['verdict']]>([
      ['and has no metrics: it is dead', { answers: { blue: [], green: [broken] } }, 'dead'],
      ['by too few requests', { answers: { blue: [], green: [minute(50, 90_000, 499)] } }, null],
      ['beside a green that became sound', { answers: { blue: [], green: [minute(95)] } }, null],
      ['beside one that is nearly so', { answers: { blue: [], green: [minute(94)] } }, 'dead'],
      [
        'behind a network load balancer',
        { loadBalancerKind: 'network', answers: { blue: [], green: [broken] } },
        null,
      ],
      [
        'beside a green without a healthy target',
        { green: UNWELL, answers: { blue: [], green: [broken] } },
        null,
      ],
      [
        'beside a green that could not be read',
        { green: null, answers: { blue: [], green: [broken] } },
        null,
      ],
      [
        'and answers no worse than a green without metrics, but for the margin',
        { answers: { blue: [minute(80)], green: [] } },
        'answers',
      ],
      [
        'and has its first minute since the health checks could notice',
        { answers: { blue: [minute(0, 5 * MINUTE_MS + 20_000)], green: [broken] } },
        'dead',
      ],
      [
        'and answers in that minute',
        { answers: { blue: [minute(90, 5 * MINUTE_MS + 20_000)], green: [broken] } },
        'answers',
      ],
      [
        'and answered in a minute before that, which is from before the loss',
        { answers: { blue: [minute(90, 5 * MINUTE_MS + 20_001)], green: [broken] } },
        'dead',
      ],
    ])('%s', (_, given, verdict) => {
      const memory = { ...NO_MEMORY, spell: asked };

      expect(learned({ blue: UNWELL, memory, ...given }).spell?.verdict).toBe(verdict);
    });
  });

  test('a blue to which no route gives anybody is not asked: weights that differ give nobody for sure', () => {
    expect(learned({ blue: UNWELL, current: null }).spell).toEqual({ ...spell, seenAtMs: START_MS });
    expect(learned({ blue: UNWELL, current: greenAt(99) }).spell?.trialAtMs).toBe(START_MS);
    expect(learned({ blue: UNWELL, green: UNWELL, current: greenAt(0) }).spell?.trialAtMs).toBeNull();
  });
});

describe('the requests that a trial needs are those of the last minute that either colour has', () => {
  const ago = (minutes: number, requests: number) => minute(50, minutes * MINUTE_MS, requests);

  test.each<[string, AnsweredMinute[], AnsweredMinute[], boolean]>([
    ['both have it', [ago(1, 250)], [ago(1, 250)], true],
    ['blue alone has it', [ago(1, 500)], [], true],
    ['green alone has it', [ago(2, 400)], [ago(1, 500)], true],
    ['it has too few, whatever there was before', [ago(2, 900), ago(1, 99)], [ago(1, 400)], false],
    ['none is known', [], [], false],
  ])('%s', (_, blue, green, trial) => {
    const input = rollingBack({ blue: UNWELL, answers: { blue, green } });

    expect(carryOf({ ...input, memory: learn(input) }).trial).toBe(trial);
  });
});

describe('what each colour carries, of all requests', () => {
  const halfBroken = { blue: [], green: [minute(50)] };
  const lost = { ...NO_MEMORY, lostGreen: minute(0) };

  test.each<[string, CarryInput, object]>([
    ['both whole', baking(50), { blue: 1, green: 1, trial: false }],
    [
      'a task of four each',
      baking(50, { blue: alive(1), green: alive(1) }),
      { blue: 0.375, green: 0.375, trial: false },
    ],
    ['blue unread: what it has', baking(30, { blue: null }), { blue: 0.7, green: 1, trial: false }],
    ['green unread: what it has', baking(30, { green: null }), { blue: 1, green: 0.3, trial: false }],
    ['both unread', baking(30, { blue: null, green: null }), { blue: 0.7, green: 0.3, trial: false }],
    ['blue gone', baking(50, { blue: GONE }), { blue: 0, green: 1, trial: false }],
    [
      'dead only: green fails its checks',
      baking(50, { green: UNWELL, policy: 'deadOnly' }),
      { blue: 1, green: 0, trial: false },
    ],
    [
      'a blue in its trial',
      baking(50, { blue: UNWELL, answers: halfBroken }),
      { blue: 0.1, green: 1, trial: true },
    ],
    [
      'one that nobody checks is not asked: it would not be seen to recover',
      baking(50, { blue: { ...UNWELL, unchecked: true }, answers: halfBroken }),
      { blue: 0, green: 1, trial: false },
    ],
    [
      'beside a green that is sound enough it is not asked either',
      baking(50, { blue: UNWELL, answers: { blue: [], green: [minute(95)] } }),
      { blue: 0, green: 1, trial: false },
    ],
    [
      'no more than the plan wants',
      baking(95, { blue: UNWELL, answers: halfBroken }),
      { blue: 0.05, green: 1, trial: true },
    ],
    [
      'green is lost, and a task of blue is healthy',
      baking(50, { blue: alive(1), memory: lost }),
      { blue: 0.375, green: 0, trial: false, instead: greenAt(0) },
    ],
    [
      'green is lost, and blue fails its checks',
      baking(50, { blue: UNWELL, memory: lost, policy: 'deadOnly' }),
      { blue: 0, green: 0, trial: false, instead: greenAt(0) },
    ],
    [
      'green is lost, and no task of blue runs',
      baking(50, { blue: { ...UNWELL, running: 0 }, memory: lost }),
      { blue: 0, green: 0, trial: false, instead: null },
    ],
    [
      'green is lost, and ECS counts no task of blue, whose targets still read as healthy',
      baking(50, { blue: alive(2, 0), memory: lost }),
      { blue: 0, green: 0, trial: false, instead: null },
    ],
    [
      'green is lost, and blue was gone a moment ago',
      baking(50, { blue: UNWELL, memory: { ...lost, gone: { blue: true, green: false } } }),
      { blue: 0, green: 0, trial: false, instead: null },
    ],
    [
      'green is lost, and blue unread',
      baking(50, { blue: null, memory: lost }),
      { blue: 0.5, green: 1, trial: false },
    ],
    [
      'no task is wanted',
      baking(50, { blue: GONE, green: GONE, needed: 0 }),
      { blue: 0, green: 0, trial: false, instead: greenAt(50) },
    ],
    [
      'the one task that is wanted is gone of both',
      baking(50, { blue: GONE, green: GONE, needed: 1 }),
      { blue: 0, green: 0, trial: false, instead: null },
    ],
    [
      'no task is wanted, and both have one',
      baking(50, { blue: alive(1), green: alive(1), needed: 0 }),
      { blue: 1, green: 1, trial: false },
    ],
  ])('%s', (_, input, expected) => {
    expect(carryOf({ ...input, memory: learn(input) })).toEqual(expected);
  });
});

describe('neither colour has a healthy target, and their answers are known', () => {
  const since = (answeredPct: number): AnsweredMinute => ({ ...minute(answeredPct), startMs: START_MS });
  const both = { blue: UNWELL, green: UNWELL };
  const spell: Spell = { seenAtMs: START_MS, overAtMs: null, trialAtMs: null, verdict: null };

  test.each<[string, number | null, number | null, number, number]>([
    ['green answers more, whatever the phase wants', 20, 40, 0, 100],
    ['blue answers more', 90, 20, 100, 0],
    ['green answers a tenth more, which is not enough', 10, 20, 0, 0],
    ['blue answers a little more', 25, 20, 100, 100],
    ['only green is known', null, 90, 0, 0],
    ['only blue is known', 90, null, 100, 100],
  ])('%s', (_, blue, green, want, expected) => {
    const of = (share: number | null) => (share === null ? [] : [since(share)]);
    const input = baking(want, {
      ...both,
      answers: { blue: of(blue), green: of(green) },
      memory: { ...NO_MEMORY, spell },
    });

    expect(carryOf(input).instead).toEqual(greenAt(expected));
  });
});
