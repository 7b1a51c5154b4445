import { describe, expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../../core/clock.ts';
import { greenReadiness } from '../../../core/health/green-readiness.ts';
import { OPERATOR_LIMIT_MS } from '../../../core/pace.ts';
import type { Command } from '../../../core/vocabulary/command.types.ts';
import type { Ready } from '../../../core/vocabulary/state.types.ts';
import { aCommand, aPlan, aStoppedTask, aTarget, aTaskSet, NOW } from '../a-deployment.ts';

type Input = Parameters<typeof greenReadiness>[0];

/** Green was launched at NOW and has been healthy since. */
const observe = (commands: Command[], changes: Partial<Input> = {}): Ready =>
  greenReadiness({
    plan: aPlan(),
    green: { taskSetId: 'ecs-svc/2', taskSetArn: 'arn', launchedAtMs: NOW, adopted: false },
    previous: {
      kind: 'pending',
      healthyTargets: 2,
      wanted: 2,
      healthySinceMs: NOW,
      waitSeconds: 5,
      reason: '',
    },
    taskSet: aTaskSet(),
    desiredCount: 2,
    targets: [aTarget('healthy'), { ...aTarget('healthy'), id: '10.0.0.2' }],
    stopped: [],
    detached: [],
    routes: [],
    commands,
    nowMs: NOW + 2 * MINUTE_MS,
    ...changes,
  });

test('nobody says anything: green is ready', () => {
  expect(observe([]).kind).toBe('ready');
});

describe('abort while green starts', () => {
  test.each([
    ['a green that is ready', {}],
    ['a green that is on its way', { targets: [] }],
    ['a green nobody knows yet', { taskSet: null, targets: [], nowMs: NOW }],
  ])('rolls back %s, with the reason that was given', (_, changes) => {
    expect(observe([aCommand('abort')], changes)).toMatchObject({
      kind: 'failed',
      reason: 'abort by ada (claimed): the banner is wrong',
      aborted: true,
    });
  });

  test('counts when it came before the launch, and weighs more than a freeze', () => {
    const commands = [aCommand('abort', NOW - MINUTE_MS), aCommand('freeze')];

    expect(observe(commands).kind).toBe('failed');
  });
});

describe('freeze while green starts', () => {
  const freeze = aCommand('freeze');

  test('keeps green from its first request, however healthy it is', () => {
    expect(observe([freeze])).toEqual({
      kind: 'held',
      healthyTargets: 2,
      wanted: 2,
      healthySinceMs: null,
      waitSeconds: 3_600,
      reason:
        'freeze by ada (claimed): the banner is wrong; nothing moves until resume or abort; 2 of 2 targets healthy',
    });
  });

  test('removes nothing, however hopeless green is', () => {
    const hopeless = { stopped: Array.from({ length: 9 }, () => aStoppedTask('no')), targets: [] };

    expect(observe([], hopeless).kind).toBe('failed');
    expect(observe([freeze], hopeless).kind).toBe('held');
    expect(observe([freeze], { targets: [], nowMs: NOW + HOUR_MS }).kind).toBe('held');
  });

  test('lets go at resume; green proves itself anew before its first request', () => {
    const commands = [freeze, aCommand('resume', NOW + 90_000)];
    const frozen = observe([freeze]);
    const first = observe(commands, { previous: frozen });

    expect(first).toMatchObject({ kind: 'pending', healthySinceMs: NOW + 2 * MINUTE_MS });
    expect(observe(commands, { previous: first, nowMs: NOW + 3 * MINUTE_MS }).kind).toBe('ready');
  });

  test('takes none of the time that green has: a resume gives it all of that again', () => {
    const resume = aCommand('resume', NOW + HOUR_MS);
    const sinceResume = (ms: number): Ready =>
      observe([freeze, resume], { targets: [], previous: undefined, nowMs: resume.atMs + ms });

    expect(sinceResume(0).kind).toBe('pending');
    expect(sinceResume(10 * MINUTE_MS - 1).kind).toBe('pending');
    expect(sinceResume(10 * MINUTE_MS)).toMatchObject({
      kind: 'failed',
      reason: expect.stringMatching(/^green was not healthy within 10m of the resume: /),
    });
  });

  test('counts its time from the last resume, whatever is sent after it', () => {
    const at = (minutes: number) => NOW + minutes * MINUTE_MS;
    const commands = [
      aCommand('freeze', at(1)),
      aCommand('resume', at(2)),
      aCommand('freeze', at(3)),
      aCommand('resume', at(5)),
      aCommand('skip', at(9)),
    ];
    const late = { targets: [], previous: undefined };

    expect(observe(commands, { ...late, nowMs: at(15) - 1 }).kind).toBe('pending');
    expect(observe(commands, { ...late, nowMs: at(15) }).reason).toContain('within 10m of the resume: ');
    expect(observe([aCommand('skip', at(9))], { ...late, nowMs: at(10) }).reason).toContain(
      'within 10m of its launch: ',
    );
  });

  test('ends after a month in which nobody decided', () => {
    const sinceFreeze = (ms: number): Ready => observe([freeze], { nowMs: freeze.atMs + ms });

    expect(sinceFreeze(OPERATOR_LIMIT_MS - 1)).toMatchObject({ kind: 'held', waitSeconds: 1 });
    expect(sinceFreeze(OPERATOR_LIMIT_MS)).toMatchObject({
      kind: 'failed',
      reason: 'freeze by ada (claimed): the banner is wrong; nobody decided within 30d',
    });
  });
});

describe('pause while green starts', () => {
  const pause = aCommand('pause');

  test('keeps a ready green from its first request, and remembers that it was ready', () => {
    expect(observe([pause])).toEqual({
      kind: 'held',
      healthyTargets: 2,
      wanted: 2,
      healthySinceMs: NOW,
      waitSeconds: 3_600,
      reason:
        'pause by ada (claimed): the banner is wrong; green gets no request until resume; 2 of 2 targets healthy',
    });
  });

  test('lets go at resume: a green that was ready is', () => {
    const paused = observe([pause]);
    const commands = [pause, aCommand('resume', NOW + 3 * MINUTE_MS, { id: 'r' })];

    expect(observe(commands, { previous: paused, nowMs: NOW + 3 * MINUTE_MS }).kind).toBe('ready');
  });

  test('does not save a green that is hopeless', () => {
    const hopeless = { stopped: Array.from({ length: 9 }, () => aStoppedTask('no')), targets: [] };

    expect(observe([pause], hopeless).kind).toBe('failed');
  });

  test('takes none of the time that green has', () => {
    const late = { targets: [], previous: undefined, nowMs: NOW + HOUR_MS };

    expect(observe([], late).kind).toBe('failed');
    expect(observe([pause], late).kind).toBe('held');
  });

  test('that came after the deadline keeps a green that was ready just in time', () => {
    const previous: Ready = {
      kind: 'pending',
      healthyTargets: 2,
      wanted: 2,
      healthySinceMs: NOW + 9.9 * MINUTE_MS,
      waitSeconds: 5,
      reason: '',
    };
    const late = aCommand('pause', NOW + 10.2 * MINUTE_MS);

    expect(observe([late], { previous, nowMs: NOW + 14 * MINUTE_MS }).kind).toBe('held');
  });

  test('ends after a month in which nobody decided, which is no abort', () => {
    const ended = observe([pause], { nowMs: pause.atMs + OPERATOR_LIMIT_MS });

    expect(ended).toMatchObject({
      kind: 'failed',
      reason: 'pause by ada (claimed): the banner is wrong; nobody decided within 30d',
    });
    expect(ended).not.toHaveProperty('aborted');
  });
});

test.each(['skip', 'promote', 'approve'] as const)(
  '%s changes nothing while green starts: no traffic has been shifted that it could mean',
  (kind) => {
    expect(observe([aCommand(kind)]).kind).toBe('ready');
    expect(observe([aCommand(kind)], { targets: [] }).kind).toBe('pending');
  },
);

describe("green's target group taken out of the listener while green starts", () => {
  const unused = { targets: [aTarget('unused', 'Target.NotInUse')], detached: ['HTTPS:443 default'] };

  test('is said as what it is, instead of waiting until its time is up', () => {
    expect(observe([], { ...unused, previous: undefined })).toMatchObject({
      kind: 'failed',
      reason:
        "expected green's target group shop-green in the forward action of HTTPS:443 default, where it " +
        'was put before green was launched, found it gone: somebody else changed the listener, and a ' +
        'group in no action gets no health checks',
    });
  });

  test('may be a late answer right after it was put there', () => {
    const early = { ...unused, previous: undefined, nowMs: NOW + MINUTE_MS - 1 };

    expect(observe([], early).kind).toBe('pending');
    expect(observe([], { ...early, nowMs: NOW + MINUTE_MS }).kind).toBe('failed');
  });

  test('does not roll back a frozen deployment', () => {
    expect(observe([aCommand('freeze')], unused).kind).toBe('held');
  });
});
