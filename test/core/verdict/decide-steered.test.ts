import { describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../core/clock.ts';
import { APPROVAL_LIMIT_MS, OPERATOR_LIMIT_MS, OPERATOR_WAIT_MS } from '../../../core/pace.ts';
import { decide } from '../../../core/verdict/decide.ts';
import type { DecideInput } from '../../../core/verdict/decision.ts';
import type { Observation } from '../../../core/verdict/judge.ts';
import type { Command, CommandKind } from '../../../core/vocabulary/command.types.ts';
import type { Decision } from '../../../core/vocabulary/decision.types.ts';
import type { Plan, Weights } from '../../../core/vocabulary/plan.types.ts';
import { aCommand, anObservation, aPlan, NOW, someHealth, someTraffic } from '../a-deployment.ts';

/** The plan's positions: 10 %, 50 % and 100 %, shifted at NOW. */
const WEIGHTS: Weights[] = [
  { blue: 90, green: 10 },
  { blue: 50, green: 50 },
  { blue: 0, green: 100 },
];
const BAKE_MS = 5 * MINUTE_MS;
const KEEP_BLUE_MS = HOUR_MS;

type Observe = {
  position?: number;
  /** Since the shift. */
  atMs?: number;
  plan?: Plan;
  seen?: Partial<Observation>;
} & Partial<Pick<DecideInput, 'previous'>>;

const observe = (
  commands: Command[],
  { position = 0, atMs = 2 * MINUTE_MS, plan = aPlan(), seen, previous }: Observe = {},
): Decision => {
  const weights = WEIGHTS[position] as Weights;
  return decide({
    plan,
    traffic: someTraffic({ position, weights }),
    previous,
    observed: anObservation({ routes: [{ label: 'HTTPS:443 default', weights }], ...seen }),
    lastAlarm: null,
    commands,
    nowMs: NOW + atMs,
  });
};

const gated = (position: number): Plan => {
  const plan = aPlan();
  return {
    ...plan,
    shifts: plan.shifts.map((shift, at) => (at === position ? { ...shift, approval: true } : shift)),
  };
};

const red: Partial<Observation> = {
  alarms: {
    alarms: [
      { name: 'shop-5xx', kind: 'metric', state: 'ALARM', reason: 'Threshold Crossed', updatedAtMs: NOW },
    ],
    missing: [],
  },
};
const drifted: Partial<Observation> = { routes: [{ label: 'HTTPS:443 default', weights: null }] };
const dead: Partial<Observation> = { green: someHealth(0, 2) };
const unread: Partial<Observation> = { unreadable: ['blue: Throttled'] };
const bad: [string, Partial<Observation>][] = [
  ['a red alarm', red],
  ['drift', drifted],
  ['a dead green', dead],
];

describe('abort', () => {
  const abort = aCommand('abort');

  test.each([
    ['while it bakes', {}],
    ['at the end of a bake', { atMs: BAKE_MS }],
    ['in the keep-blue window', { position: 2 }],
    ['when it would promote', { position: 2, atMs: KEEP_BLUE_MS }],
    ['when nothing can be read', { seen: unread }],
    ['at a gate', { plan: gated(0), atMs: BAKE_MS + 1 }],
    ['at a position that is not in the plan', { plan: aPlan({ shifts: [] }) }],
  ] satisfies [string, Observe][])('rolls back %s', (_, at) => {
    expect(observe([abort], at)).toMatchObject({
      kind: 'rollBack',
      reason: 'abort by ada (claimed): the banner is wrong',
      waitSeconds: 0,
    });
  });

  test('is the last word, whatever was said before or after', () => {
    const around = (['freeze', 'pause', 'promote', 'resume'] as const).flatMap((kind, index) => [
      aCommand(kind, NOW + index, { id: `before-${kind}` }),
      aCommand(kind, NOW + HOUR_MS + index, { id: `after-${kind}` }),
    ]);

    expect(observe([...around, abort]).kind).toBe('rollBack');
  });
});

describe('freeze', () => {
  const freeze = aCommand('freeze');

  test.each(bad)('stops every move, even away from %s', (_, seen) => {
    expect(observe([freeze], { seen })).toMatchObject({
      kind: 'awaitOperator',
      position: 0,
      reason: 'freeze by ada (claimed): the banner is wrong; nothing moves until resume or abort',
      waitSeconds: OPERATOR_WAIT_MS / SECOND_MS,
    });
  });

  test('stops what it was about to do', () => {
    expect(observe([freeze], { atMs: BAKE_MS }).kind).toBe('awaitOperator');
    expect(observe([freeze], { position: 2, atMs: KEEP_BLUE_MS }).kind).toBe('awaitOperator');
    expect(observe([freeze, aCommand('promote'), aCommand('approve')]).kind).toBe('awaitOperator');
  });

  test('lets go at resume: the bake continues where it was', () => {
    const commands = [freeze, aCommand('resume', NOW + 90 * SECOND_MS)];

    expect(observe(commands)).toMatchObject({ kind: 'hold' });
    expect(observe(commands, { atMs: BAKE_MS }).kind).toBe('hold');
    expect(observe(commands, { atMs: BAKE_MS + 30 * SECOND_MS })).toMatchObject({
      kind: 'advance',
      position: 1,
    });
    expect(observe(commands, { seen: red }).kind).toBe('rollBack');
  });

  test('keeps what it read as evidence', () => {
    expect(observe([freeze], { seen: red }).evidence.alarms).toEqual([{ name: 'shop-5xx', state: 'ALARM' }]);
  });

  test('ends after a month in which nobody decided, and not before', () => {
    const sinceFreeze = (ms: number): Decision => observe([freeze], { atMs: MINUTE_MS + ms });

    expect(sinceFreeze(OPERATOR_LIMIT_MS - 1)).toMatchObject({ kind: 'awaitOperator', waitSeconds: 1 });
    expect(sinceFreeze(OPERATOR_LIMIT_MS)).toMatchObject({
      kind: 'rollBack',
      reason: 'freeze by ada (claimed): the banner is wrong; nobody decided within 30d',
    });
  });

  test('a month of observations fits the history that preflight leaves an execution', () => {
    const eventsPerLook = 13;

    expect((OPERATOR_LIMIT_MS / OPERATOR_WAIT_MS) * eventsPerLook).toBeLessThan(10_000);
  });
});

describe('pause', () => {
  const pause = aCommand('pause');

  test.each([
    ['the bake continues', {}],
    ['the bake is over', { atMs: BAKE_MS }],
    ['the keep-blue window is over', { position: 2, atMs: KEEP_BLUE_MS }],
    ['the gate is reached', { plan: gated(0), atMs: BAKE_MS }],
  ] as [string, Observe][])('holds the weights while %s', (_, at) => {
    const decision = observe([pause], at);

    expect(decision).toMatchObject({ kind: 'awaitOperator', position: at.position ?? 0, waitSeconds: 3_600 });
    expect(decision.reason).toMatch(
      /^pause by ada \(claimed\): the banner is wrong; until resume, alarms still roll back; green has 2 of 2/,
    );
  });

  test.each(bad)('rolls back from %s all the same', (_, seen) => {
    expect(observe([pause], { seen }).kind).toBe('rollBack');
  });

  test('tolerates what cannot be read no longer than otherwise', () => {
    const first = observe([pause], { seen: unread });

    expect(first).toMatchObject({ kind: 'hold', unknownSinceMs: NOW + 2 * MINUTE_MS });
    expect(observe([pause], { seen: unread, previous: first, atMs: 5 * MINUTE_MS }).kind).toBe('rollBack');
  });

  test('proves nothing: what was left of the bake is baked after it', () => {
    // A bake of 5 minutes, paused from the first to the fifth.
    const commands = [pause, aCommand('resume', NOW + BAKE_MS)];

    expect(observe(commands, { atMs: BAKE_MS })).toMatchObject({
      kind: 'hold',
      waitSeconds: 60,
      reason: expect.stringMatching(/^baked 1m of 5m at 10 %, and was held for 4m; /),
    });
    expect(observe(commands, { atMs: BAKE_MS + 4 * MINUTE_MS - 6 * SECOND_MS }).kind).toBe('hold');
    expect(observe(commands, { atMs: BAKE_MS + 4 * MINUTE_MS })).toMatchObject({
      kind: 'advance',
      position: 1,
      reason: expect.stringMatching(/^10 % baked healthy for 5m, 50 % next; /),
    });
  });

  test('before the shift took nothing of its bake', () => {
    const before = [aCommand('pause', NOW - HOUR_MS), aCommand('resume', NOW - MINUTE_MS)];

    expect(observe(before, { atMs: BAKE_MS }).kind).toBe('advance');
  });

  test('while it waits for approval gives the approver that time back', () => {
    const commands = [
      aCommand('pause', NOW + HOUR_MS),
      aCommand('resume', NOW + 11 * HOUR_MS, { id: 'later' }),
    ];
    const awaitingApproval = (hours: number): Decision =>
      observe(commands, { plan: gated(0), atMs: BAKE_MS + hours * HOUR_MS });

    expect(observe([], { plan: gated(0), atMs: BAKE_MS + 24 * HOUR_MS }).kind).toBe('rollBack');
    expect(awaitingApproval(33.9).kind).toBe('awaitOperator');
    expect(awaitingApproval(34).kind).toBe('rollBack');
  });

  test('ends after a month in which nobody decided, all pauses and freezes together', () => {
    const again = [
      pause,
      aCommand('resume', NOW + 20 * DAY_MS, { id: 'r' }),
      aCommand('freeze', NOW + 21 * DAY_MS, { id: 'f' }),
    ];

    expect(observe([pause], { atMs: MINUTE_MS + OPERATOR_LIMIT_MS }).kind).toBe('rollBack');
    expect(observe(again, { atMs: 31 * DAY_MS }).kind).toBe('awaitOperator');
    expect(observe(again, { atMs: 31 * DAY_MS + MINUTE_MS }).kind).toBe('rollBack');
  });
});

describe('skip', () => {
  const skip = aCommand('skip', NOW + 30 * SECOND_MS);

  test('ends the present bake, and says who wanted it', () => {
    expect(observe([skip])).toMatchObject({
      kind: 'advance',
      position: 1,
      reason: expect.stringMatching(
        /^10 % baked healthy for 2m, 50 % next; .*; skip by ada \(claimed\): the banner is wrong$/,
      ),
    });
  });

  test('ends the keep-blue window too', () => {
    expect(observe([skip], { position: 2 })).toMatchObject({ kind: 'promote', position: 2 });
  });

  test('ends one bake and not the next', () => {
    const before = aCommand('skip', NOW - 1);

    expect(observe([before], { position: 1 }).kind).toBe('hold');
  });

  test.each(bad)('never continues from %s', (_, seen) => {
    expect(observe([skip], { seen }).kind).toBe('rollBack');
  });

  test('never continues from what cannot be read', () => {
    expect(observe([skip], { seen: unread }).kind).toBe('hold');
  });

  test('passes no gate: that takes an approval', () => {
    expect(observe([skip], { plan: gated(0) })).toMatchObject({ kind: 'awaitOperator' });
  });
});

describe('promote', () => {
  const promote = aCommand('promote', NOW + 30 * SECOND_MS);

  test.each([0, 1])('from position %d goes straight to the last shift', (position) => {
    expect(observe([promote], { position })).toMatchObject({
      kind: 'advance',
      position: 2,
      reason: expect.stringMatching(/, 100 % next; .*; promote by ada \(claimed\): the banner is wrong$/),
    });
  });

  test('at the last shift ends the keep-blue window', () => {
    expect(observe([promote], { position: 2 })).toMatchObject({ kind: 'promote' });
  });

  test('that led to the last shift does not end its keep-blue window as well', () => {
    expect(observe([aCommand('promote', NOW - 1)], { position: 2 }).kind).toBe('hold');
  });

  test('that came while the next shift was on its way is not forgotten', () => {
    expect(observe([aCommand('promote', NOW - 1)], { position: 1 })).toMatchObject({
      kind: 'advance',
      position: 2,
    });
  });

  test('passes a gate, and is named once', () => {
    const { kind, reason } = observe([promote], { plan: gated(0) });

    expect(kind).toBe('advance');
    expect(reason.match(/promote by ada \(claimed\)/g)).toHaveLength(1);
  });

  test.each(bad)('never continues from %s', (_, seen) => {
    expect(observe([promote], { seen }).kind).toBe('rollBack');
  });
});

describe('a gate', () => {
  test('is reached when the bake is over, and waits for a person', () => {
    const at = (atMs: number): Decision => observe([], { plan: gated(0), atMs });

    expect(at(BAKE_MS - 1).kind).toBe('hold');
    expect(at(BAKE_MS)).toMatchObject({
      kind: 'awaitOperator',
      position: 0,
      waitSeconds: 3_600,
      reason: expect.stringMatching(/^10 % baked healthy and waits for an approval; green has/),
    });
  });

  test('opens to an approval, which may come during the bake and does not shorten it', () => {
    const approve = aCommand('approve');

    expect(observe([approve], { plan: gated(0) }).kind).toBe('hold');
    expect(observe([approve], { plan: gated(0), atMs: BAKE_MS })).toMatchObject({
      kind: 'advance',
      position: 1,
      reason: expect.stringMatching(/; approve by ada \(claimed\): the banner is wrong$/),
    });
  });

  test('does not open to the approval of an earlier shift', () => {
    const plan = gated(1);

    expect(observe([aCommand('approve', NOW - 1)], { plan, position: 1, atMs: BAKE_MS }).kind).toBe(
      'awaitOperator',
    );
  });

  test('before the promotion holds blue until somebody approves', () => {
    const at = { plan: gated(2), position: 2, atMs: KEEP_BLUE_MS };

    expect(observe([], at).kind).toBe('awaitOperator');
    expect(observe([aCommand('approve')], at).kind).toBe('promote');
  });

  test('names both, the one who hurried and the one who approved', () => {
    const { kind, reason } = observe([aCommand('skip', NOW + 1, { by: 'bob' }), aCommand('approve')], {
      plan: gated(0),
    });

    expect(kind).toBe('advance');
    expect(reason).toMatch(/; skip by bob \(claimed\): .*; approve by ada \(claimed\): /);
  });

  test.each(bad)('rolls back from %s while it waits', (_, seen) => {
    expect(observe([], { plan: gated(0), atMs: 2 * HOUR_MS, seen }).kind).toBe('rollBack');
  });

  test('waits a day and then goes back', () => {
    const afterGate = (ms: number): Decision => observe([], { plan: gated(0), atMs: BAKE_MS + ms });

    expect(APPROVAL_LIMIT_MS).toBe(DAY_MS);
    expect(afterGate(DAY_MS - 1_500)).toMatchObject({ kind: 'awaitOperator', waitSeconds: 2 });
    expect(afterGate(DAY_MS)).toMatchObject({
      kind: 'rollBack',
      reason: expect.stringMatching(/waits for an approval; .*; nobody decided within 1d$/),
    });
  });
});

describe('the command that a decision obeys', () => {
  const end = { atMs: BAKE_MS };
  test.each([
    ['abort', { kind: 'rollBack' }, {}],
    ['freeze', { kind: 'awaitOperator' }, {}],
    ['pause', { kind: 'awaitOperator' }, {}],
    ['skip', { kind: 'advance' }, {}],
    ['promote', { kind: 'advance' }, {}],
    ['promote', { kind: 'promote' }, { position: 2 }],
    ['approve', { kind: 'advance' }, { ...end, plan: gated(0) }],
  ] as const)('%s is a field of its decision', (kind, decided, at) => {
    const command = aCommand(kind);

    expect(observe([command], at)).toMatchObject({ ...decided, obeyed: { id: command.id, kind, by: 'ada' } });
  });

  test('is the later of two people’s, whichever was read first', () => {
    const skip = aCommand('skip', NOW + 2, { by: 'bob' });
    const approve = aCommand('approve', NOW + 1);

    for (const commands of [
      [skip, approve],
      [approve, skip],
    ]) {
      expect(observe(commands, { plan: gated(0) }).obeyed?.by).toBe('bob');
    }
  });

  test.each([
    ['a bake', [], {}],
    ['a bake that is over', [], end],
    ['a gate', [], { ...end, plan: gated(0) }],
    ['a red alarm while it is paused', [aCommand('pause')], { seen: red }],
    ['a freeze that has used up its month', [aCommand('freeze', NOW)], { atMs: OPERATOR_LIMIT_MS }],
  ] as const)('is absent from %s: Cutover decides by itself', (_, commands, at) => {
    expect(observe([...commands], at)).not.toHaveProperty('obeyed');
  });
});

test('every command that counted or not is in the evidence, so that Bake knows what was seen', () => {
  const commands = [
    aCommand('pause'),
    aCommand('resume', NOW + 61 * SECOND_MS),
    aCommand('skip', NOW - HOUR_MS),
  ];

  expect(observe(commands).evidence.commands).toEqual(
    commands.map(({ kind, by, reason, atMs }) => ({ kind, by, reason, atMs })),
  );
});

test('over every command and every observation, green gains traffic only where all was read as healthy', () => {
  const kinds: (CommandKind | null)[] = [null, 'promote', 'skip', 'pause', 'approve', 'abort', 'freeze'];
  const observations: Partial<Observation>[] = [
    {},
    red,
    drifted,
    dead,
    unread,
    { green: null },
    { green: someHealth(1, 2) },
  ];
  let wentOn = 0;

  for (const first of kinds) {
    for (const second of kinds) {
      const commands = [first, second].flatMap((kind, index) =>
        kind === null ? [] : [aCommand(kind, NOW + index)],
      );
      for (const seen of observations) {
        for (const plan of [aPlan(), gated(0)]) {
          const { kind, waitSeconds } = observe(commands, { seen, plan, atMs: BAKE_MS });
          const forward = kind === 'advance' || kind === 'promote';
          const said = (one: CommandKind): boolean => first === one || second === one;
          const stopped = said('abort') || said('freeze') || said('pause');
          const closed = plan.shifts[0]?.approval === true && !said('approve') && !said('promote');
          expect(forward).toBe(seen === observations[0] && !stopped && !closed);
          expect(waitSeconds > 0).toBe(kind === 'hold' || kind === 'awaitOperator');
          if (forward) wentOn += 1;
        }
      }
    }
  }
  expect(wentOn).toBe(28);
});
