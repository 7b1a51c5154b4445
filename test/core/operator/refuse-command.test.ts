import { describe, expect, test } from 'vitest';
import { MINUTE_MS } from '../../../core/clock.ts';
import {
  type CommandPhase,
  commandPhases,
  phaseOf,
  refuseCommand,
  type SteeredDeployment,
} from '../../../core/operator/refuse-command.ts';
import { type Command, type CommandKind, commandKinds } from '../../../core/vocabulary/command.types.ts';
import { aDecision, aPlan, NOW, sent } from '../a-deployment.ts';

const plan = aPlan({
  shifts: [
    { greenPct: 10, bakeMs: MINUTE_MS, approval: true },
    { greenPct: 50, bakeMs: MINUTE_MS },
    { greenPct: 100, bakeMs: MINUTE_MS },
  ],
});
const running: SteeredDeployment = {
  serviceKey: 'main/shop',
  ended: null,
  commitment: null,
  recovering: false,
  plan,
  position: 0,
  decided: aDecision({ kind: 'hold', reason: 'baked 1m of 5m at 10 %' }),
  commands: [],
};
const waiting = (commands: Command[] = []) =>
  aDecision({
    kind: 'awaitOperator',
    reason: '10 % baked healthy and waits for an approval',
    evidence: { ...aDecision().evidence, commands },
  });

const { decided: _none, ...beforeTraffic } = { ...running, position: null };
const situations: Record<CommandPhase, SteeredDeployment> = {
  waitingForGreen: beforeTraffic,
  baking: running,
  awaitingApproval: { ...running, decided: waiting() },
  paused: { ...running, commands: sent('pause') },
  frozen: { ...running, commands: sent('freeze') },
  promoting: { ...running, position: 2, decided: aDecision({ kind: 'promote', position: 2 }) },
  finishing: {
    ...running,
    position: 2,
    decided: aDecision({ kind: 'promote', position: 2 }),
    commitment: {
      to: 'finish',
      reason: 'blue has begun to go and green serves everything',
      atMs: NOW,
    },
  },
  rollingBack: {
    ...running,
    commitment: { to: 'rollBack', reason: 'alarm shop-5xx is in ALARM', atMs: NOW },
  },
  recovering: { ...running, recovering: true },
  ended: { ...running, ended: 'alarm shop-5xx is in ALARM' },
};

const noTraffic =
  'no traffic has been shifted yet, so there is no bake to end and no gate to pass; send it after the first shift';
const notHeld = 'it is neither paused nor frozen';
const bakeIsOver =
  'its bake is over and it waits for an approval: send approve, or promote for all the traffic';
const paused = 'pause by ada (claimed): the banner is wrong; send resume first';
const frozen = 'freeze by ada (claimed): the banner is wrong; send resume first';
const promoted =
  'every shift has baked and blue is about to go; until its tasks stop, abort and freeze still can';
const finishing =
  'blue has begun to go and green serves everything, so it only finishes; once it has ended, `cutover ' +
  'rollback main/shop` deploys the previous version';
const back =
  'it is rolling back already: alarm shop-5xx is in ALARM; users are only moved to where they are ' +
  'answered, and `cutover watch main/shop` shows it';
const again =
  'it is rolling back already: alarm shop-5xx is in ALARM; `cutover abort main/shop --now` takes all ' +
  'users from green as soon as one task of blue is healthy';
const recovering =
  'its execution has ended half-way, and a recovery gives all traffic back to blue, or finishes what ' +
  'was promoted; only abort applies';
const ended = 'it has ended: alarm shop-5xx is in ALARM';

/** Every command in every phase; null where it is taken. */
const table: [CommandPhase, ...(string | null)[]][] = [
  // promote, skip, pause, resume, approve, abort, freeze
  ['waitingForGreen', noTraffic, noTraffic, null, notHeld, noTraffic, null, null],
  ['baking', null, null, null, notHeld, null, null, null],
  ['awaitingApproval', null, bakeIsOver, null, notHeld, null, null, null],
  ['paused', paused, paused, null, null, paused, null, null],
  ['frozen', frozen, frozen, frozen, null, frozen, null, null],
  ['promoting', promoted, promoted, promoted, notHeld, promoted, null, null],
  ['finishing', finishing, finishing, finishing, finishing, finishing, finishing, finishing],
  ['rollingBack', back, back, back, back, back, again, back],
  ['recovering', recovering, recovering, recovering, notHeld, recovering, null, recovering],
  ['ended', ended, ended, ended, ended, ended, ended, ended],
];
const cells = table.flatMap(([phase, ...reasons]) =>
  commandKinds.map((kind, index) => [kind, phase, reasons[index] ?? null] as const),
);

describe('every command in every phase', () => {
  test('has its cell', () => {
    expect(table.map(([phase]) => phase)).toEqual([...commandPhases]);
    expect(cells).toHaveLength(commandPhases.length * commandKinds.length);
  });

  test.each(commandPhases)('%s is what its situation is', (phase) => {
    expect(phaseOf(situations[phase])).toBe(phase);
  });

  test.each(cells)('%s while %s: %s', (kind, phase, reason) => {
    expect(refuseCommand(kind, situations[phase])).toBe(reason);
  });
});

describe('where a deployment stands', () => {
  test.each<[string, Partial<SteeredDeployment>, CommandPhase]>([
    ['nothing planned yet', { plan: null, position: null }, 'waitingForGreen'],
    ['paused before any traffic', { position: null, commands: sent('pause') }, 'paused'],
    ['paused and then frozen', { commands: sent('pause', 'freeze') }, 'frozen'],
    ['resumed', { commands: sent('freeze', 'resume') }, 'baking'],
    [
      'frozen while blue is about to go',
      { decided: aDecision({ kind: 'promote' }), commands: sent('freeze') },
      'frozen',
    ],
    ['an abort on its way', { commands: sent('abort') }, 'rollingBack'],
    ['an abort that came in a freeze', { commands: sent('freeze', 'abort') }, 'rollingBack'],
    ['a decision to go back', { decided: aDecision({ kind: 'rollBack' }) }, 'rollingBack'],
    ['a recovery that is bound already', { ...situations.finishing, recovering: true }, 'finishing'],
    ['a recovery of a frozen one', { recovering: true, commands: sent('freeze') }, 'recovering'],
    [
      'resumed a moment ago, where the last observation still saw the pause',
      { decided: waiting(sent('pause')), commands: sent('pause', 'resume') },
      'baking',
    ],
    [
      'resumed a moment ago, where the last observation still saw the freeze',
      { decided: waiting(sent('freeze')), commands: sent('freeze', 'resume') },
      'baking',
    ],
    ['waiting, but at a shift without a gate', { decided: waiting(), position: 1 }, 'baking'],
    ['waiting, but at a position that the plan does not have', { decided: waiting(), position: 9 }, 'baking'],
    ['waiting, but for a plan that is not known', { decided: waiting(), plan: null }, 'baking'],
    [
      'waiting for what the metrics did not show',
      { decided: { ...waiting(), asks: 'evidence' }, position: 1 },
      'awaitingApproval',
    ],
    [
      'held because a rollback would take too long',
      { decided: aDecision({ asks: 'wayBack' }), position: 1 },
      'awaitingApproval',
    ],
    ['held for another reason', { decided: aDecision({ asks: 'evidence' }), position: 1 }, 'baking'],
  ])('%s: %s', (_, changes, phase) => {
    expect(phaseOf({ ...running, ...changes })).toBe(phase);
  });
});

test('approve is refused where the present shift has no gate', () => {
  expect(refuseCommand('approve', { ...running, position: 1 })).toBe(
    'the present shift asks for no approval; `skip` ends its bake',
  );
});

test('approve is taken at the gate of any shift, and at no position beyond the plan', () => {
  const gated = aPlan({ shifts: plan.shifts.toReversed() });

  expect(refuseCommand('approve', { ...running, plan: gated, position: 2 })).toBeNull();
  expect(refuseCommand('approve', { ...running, position: 9 })).toContain('asks for no approval');
  expect(refuseCommand('approve', { ...running, plan: null })).toContain('asks for no approval');
});

test.each<[string, CommandKind, CommandPhase, boolean, string | null]>([
  ['before any traffic', 'approve', 'waitingForGreen', true, null],
  ['at a shift without a gate', 'approve', 'baking', true, null],
  ['nowhere', 'approve', 'waitingForGreen', false, noTraffic],
  ['while it is paused', 'approve', 'paused', true, paused],
  ['while another command is sent', 'promote', 'waitingForGreen', true, noTraffic],
])('a hook asks for an approval %s: %s while %s', (_, kind, phase, hookAsks, reason) => {
  expect(refuseCommand(kind, { ...situations[phase], hookAsks })).toBe(reason);
});

test('what was running is baking until a first decision is known', () => {
  const { decided: _undecided, ...undecided } = running;

  expect(phaseOf(undecided)).toBe('baking');
});

test.each(['freeze', 'pause'] as const)(
  'a deployment that is held by %s, whose execution was stopped, may still be resumed',
  (kind) => {
    expect(refuseCommand('resume', { ...situations.recovering, commands: sent(kind) })).toBeNull();
  },
);

test.each(commandKinds)('%s while it goes back by itself, before the record says so', (kind) => {
  const decided = aDecision({ kind: 'rollBack', reason: 'alarm shop-5xx is in ALARM' });

  expect(refuseCommand(kind, { ...running, decided })).toBe(kind === 'abort' ? again : back);
});

describe('an abort that lets nobody wait', () => {
  const now = { now: true };

  test.each([
    'waitingForGreen',
    'baking',
    'awaitingApproval',
    'paused',
    'frozen',
    'promoting',
    'rollingBack',
    'recovering',
  ] as const)('is taken while %s', (phase) => {
    expect(refuseCommand('abort', situations[phase], now)).toBeNull();
  });

  test('is taken after an abort that waits for blue, and once', () => {
    const aborted = { ...situations.rollingBack, commands: sent('abort') };
    const hurried = { ...aborted, commands: aborted.commands.map((one) => ({ ...one, now: true as const })) };

    expect(refuseCommand('abort', aborted, now)).toBeNull();
    expect(refuseCommand('abort', hurried, now)).toContain('it is rolling back already');
  });

  test.each(['finishing', 'ended'] as const)('is refused while %s, with or without --now', (phase) => {
    expect(refuseCommand('abort', situations[phase], now)).toBe(refuseCommand('abort', situations[phase]));
  });
});

test('what somebody aborted says who did', () => {
  const { commitment } = situations.rollingBack;

  expect(refuseCommand('freeze', { ...running, commitment, commands: sent('abort') })).toBe(
    'it is rolling back already: abort by ada (claimed): the banner is wrong; users are only moved to where they ' +
      'are answered, and `cutover watch main/shop` shows it',
  );
});

test('a first deployment has no previous version to go back to', () => {
  const first = { ...situations.finishing, plan: aPlan({ blue: null }) };

  expect(refuseCommand('abort', first)).toContain('so it only finishes; deploy another version once it has');
  // Of one whose plan is not known it may have: the command says so itself where it has not.
  expect(refuseCommand('abort', { ...first, plan: null })).toBe(finishing);
});
