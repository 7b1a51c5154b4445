import { beforeAll, describe, expect, test } from 'vitest';
import { eventTypes } from '../../core/vocabulary/events.types.ts';
import {
  always,
  expectConverged,
  type Run,
  type RunOptions,
  run,
  worldOf,
} from '../rehearsal/a-rehearsal.ts';
import { TEST_RULE, withTestRoutes } from '../rehearsal/worlds/with-test-route.ts';
import { type Envelope, problemsOf, validators } from './event-schemas.ts';

const gate = { shifts: [{ greenPct: 10, bake: '2m', approval: true }, { greenPct: 100 }], keepBlue: '2m' };

const lambda = (name: string) => `arn:aws:lambda:us-east-1:123456789012:function:${name}:live`;
const smoke = { name: 'smoke', stages: ['POST_SCALE_UP'], lambda: lambda('smoke'), timeout: '20m' };
const undo = { name: 'undo', stages: ['ROLLBACK'], lambda: lambda('undo') };
const business = {
  name: 'business',
  stages: ['PRE_PRODUCTION_TRAFFIC_SHIFT'],
  steps: [2],
  approval: true,
};

/** Between them every type of event and every way to say something in it. */
const rehearsals: Record<string, RunOptions> = {
  healthy: { request: { startedBy: 'ada' } },
  'rolled back by an alarm': { version: 'errors:20%' },
  aborted: { inject: ['abort@shift:2'] },
  'never healthy': { version: 'crash-loop:137@8s' },
  'paused and resumed': { inject: ['pause@shift:1', 'resume@+100m'] },
  'frozen and aborted': { inject: ['freeze@shift:2', 'abort@+100m'] },
  'approved at its gate': { request: gate, inject: ['approve@+100m'] },
  skipped: { inject: ['skip@+3m', 'promote@+15m'] },
  'moved by somebody else': { inject: ['foreign-weights@shift:3'] },
  'a first deployment': { example: 'first-deployment' },
  'a first deployment that fails': { example: 'first-deployment', version: 'errors:60%' },
  sticky: { example: 'sticky', version: 'errors:20%' },
  'a green that grows with its weight': {
    request: { ...gate, capacity: 'followWeight' },
    inject: ['approve@+30m'],
  },
  'tried before its users': {
    world: withTestRoutes(worldOf('shop')),
    request: { test: { route: TEST_RULE, for: '1m' } },
    inject: ['abort@shift:1'],
  },
  'hooks that pass, and a person approves': { request: { hooks: [smoke, business] } },
  'a hook that fails, and another after the rollback': {
    request: { hooks: [smoke, undo] },
    hooks: ['smoke=fails:the banner is wrong', 'undo=crashes'],
  },
  'refused by preflight': { request: { alarms: ['no-such-alarm'] } },
  'not a request': { request: { cluster: 7, service: undefined, strategy: 'Whatever' } },
  'stopped in the console': { inject: ['stop-execution@shift:2'] },
  stuck: {
    inject: ['alarm@shift:2'],
    onWorld: always('denied', { by: 'RollBack', operation: 'ModifyListener' }),
  },
};

type Published = Envelope & { detail: Record<string, unknown> };
const runs = new Map<string, Run>();
const publishedBy = (name: string): Published[] =>
  (runs.get(name)?.world.eventBridge.published() ?? []).map(({ source, detailType, detail }) => ({
    source,
    'detail-type': detailType,
    detail: detail as Record<string, unknown>,
  }));
const typesOf = (name: string): string[] => publishedBy(name).map((event) => event['detail-type']);
const ofType = (name: string, type: string): Record<string, unknown>[] =>
  publishedBy(name).flatMap((event) => (event['detail-type'] === type ? [event.detail] : []));

beforeAll(async () => {
  for (const [name, options] of Object.entries(rehearsals)) runs.set(name, await run(options));
}, 120_000);

describe('what EventBridge gets', () => {
  test.each(Object.keys(rehearsals))('is as docs/events says it: %s', (name) => {
    const problems = publishedBy(name).flatMap((event) =>
      problemsOf(event).map((problem) => `${event['detail-type']}: ${problem}`),
    );

    expect(typesOf(name).length).toBeGreaterThan(0);
    expect(problems).toEqual([]);
  });

  test('has a schema for each type of event, and each is published by some rehearsal', () => {
    const published = new Set(Object.keys(rehearsals).flatMap(typesOf));

    expect([...validators.keys()].sort()).toEqual([...eventTypes].sort());
    expect([...published].sort()).toEqual([...eventTypes].sort());
  });

  test.each(Object.keys(rehearsals))('ends with the outcome that the record has: %s', (name) => {
    const last = publishedBy(name).at(-1);

    expect(last?.['detail-type']).toBe('Cutover Deployment Finished');
    expect(last?.detail).toMatchObject({
      outcome: runs.get(name)?.report.outcome,
      reason: runs.get(name)?.report.reason,
    });
  });
});

describe('a deployment as its events show it', () => {
  test('starts with who, from what and to what; every shift of the plan follows in order', () => {
    const [started] = ofType('healthy', 'Cutover Deployment Started');
    const shifts = ofType('healthy', 'Cutover Traffic Shifted');

    expect(started).toMatchObject({
      actor: 'ada',
      cluster: 'production',
      service: 'shop',
      fromRevision: 'shop:41',
      toRevision: 'shop:42',
      routes: ['HTTPS:443 default', 'HTTPS:443 path /api/*'],
      link: expect.stringContaining(`/executions/details/${started?.executionArn}`),
    });
    expect(shifts.map(({ shift, greenPct }) => [shift, greenPct])).toEqual([
      [1, 5],
      [2, 20],
      [3, 50],
      [4, 80],
      [5, 100],
    ]);
    expect(new Set(publishedBy('healthy').map(({ detail }) => detail.deploymentId)).size).toBe(1);
  });

  test('each decision is an event with its evidence', () => {
    const { report } = runs.get('healthy') as Run;

    const published = ofType('healthy', 'Cutover Decision Made').map(({ reason, decision }) => ({
      reason,
      kind: (decision as { kind: string }).kind,
      evidence: (decision as { evidence: unknown }).evidence,
    }));

    expect(published).toEqual(
      report.decisions.map(({ kind, reason, evidence: { commands: _commands, ...evidence } }) => ({
        kind,
        reason,
        evidence,
      })),
    );
  });

  test('a rollback says when users are back where they were', () => {
    const shifts = ofType('rolled back by an alarm', 'Cutover Traffic Shifted');

    expect(shifts.at(-1)).toMatchObject({
      shift: 0,
      greenPct: 0,
      routes: [
        { before: { blue: 95, green: 5 }, after: { blue: 100, green: 0 } },
        { before: { blue: 95, green: 5 }, after: { blue: 100, green: 0 } },
      ],
    });
  });

  test('a hook that begins and ends is news, with its reason and a link to its own execution', () => {
    const changes = ofType('hooks that pass, and a person approves', 'Cutover Hook Changed');

    expect(changes.map(({ hook, reason }) => [(hook as { status: string }).status, reason])).toEqual([
      ['RUNNING', 'hook smoke (POST_SCALE_UP) runs'],
      ['SUCCEEDED', 'hook smoke (POST_SCALE_UP) succeeded: rehearsed'],
      ['RUNNING', 'hook business (PRE_PRODUCTION_TRAFFIC_SHIFT 2) runs'],
      [
        'SUCCEEDED',
        expect.stringMatching(/^hook business \(PRE_PRODUCTION_TRAFFIC_SHIFT 2\) succeeded: approve by/),
      ],
    ]);
    const [first] = changes.map(({ hook }) => hook as { runId: string; link: string });
    expect(first?.link).toContain(`:${first?.runId}`);
  });

  test('a hook that waits for an approval asks for it', () => {
    const waits = ofType('hooks that pass, and a person approves', 'Cutover Deployment Waiting');

    expect(waits).toMatchObject([
      {
        waitingFor: 'approval',
        decision: null,
        reason: 'hook business (PRE_PRODUCTION_TRAFFIC_SHIFT 2) waits for an approval',
      },
    ]);
  });

  test('the end names the hook that failed after the rollback, beside the one that began it', () => {
    const [end] = ofType('a hook that fails, and another after the rollback', 'Cutover Deployment Finished');

    expect(end?.reason).toMatch(/the banner is wrong.*after the rollback hook undo \(ROLLBACK\) failed: /);
    expect(end?.hooks).toMatchObject([
      { name: 'smoke', status: 'FAILED', reason: 'the banner is wrong' },
      { name: 'undo', status: 'FAILED', reason: expect.stringContaining('TypeError') },
    ]);
  });

  test.each([
    ['paused and resumed', 'operator'],
    ['frozen and aborted', 'operator'],
    ['approved at its gate', 'approval'],
  ])('%s: the wait is published once, however often it observes meanwhile', (name, waitingFor) => {
    const { report } = runs.get(name) as Run;
    const decisions = report.decisions.filter(({ kind }) => kind === 'awaitOperator');

    const waits = ofType(name, 'Cutover Deployment Waiting');
    expect(waits).toHaveLength(1);
    expect(waits[0]).toMatchObject({ waitingFor });
    expect(decisions.length).toBeGreaterThan(1);
  });

  test.each([
    ['aborted', 'rollBack', 'operator'],
    ['skipped', 'advance', 'operator'],
    ['approved at its gate', 'advance', 'operator'],
    ['rolled back by an alarm', 'rollBack', 'cutover'],
  ])('%s: the actor of %s is %s', (name, kind, actor) => {
    const published = ofType(name, 'Cutover Decision Made').find(
      ({ decision }) => (decision as { kind: string }).kind === kind,
    );

    expect(published).toMatchObject({ actor });
  });

  test('an abort ends with the name of the sender', () => {
    expect(ofType('aborted', 'Cutover Deployment Finished')).toMatchObject([
      { outcome: 'rolledBack', actor: 'operator' },
    ]);
  });

  test('what was refused is published with what could be read of it', () => {
    expect(publishedBy('refused by preflight')).toMatchObject([
      { detail: { outcome: 'refused', service: 'shop', toRevision: 'shop:42', fromRevision: null } },
    ]);
    expect(publishedBy('not a request')).toMatchObject([
      { detail: { outcome: 'refused', deploymentId: null, cluster: null, durationSeconds: null } },
    ]);
  });
});

describe('a bus that takes nothing', () => {
  test.each(['denied', 'serverError', 'throttle', 'lost'] as const)(
    'because its calls are %s changes neither the way nor the end of a deployment',
    async (fault) => {
      const onWorld = always(fault, { operation: 'PutEvents' });

      const [healthy, sick] = [await run({ onWorld }), await run({ version: 'errors:20%', onWorld })];

      expectConverged(healthy);
      expectConverged(sick);
      expect(healthy.report).toMatchObject({ outcome: 'succeeded', requests: { failed: 0 } });
      expect(healthy.report.path.filter((state) => state !== 'Bake' && state !== 'CheckGreen')).not.toContain(
        'RollBack',
      );
      expect(sick.report).toMatchObject({ outcome: 'rolledBack' });
      expect(sick.report.reason).toBe(runs.get('rolled back by an alarm')?.report.reason);
    },
  );
});

test('testers hear that the test route is open, and that it is closed before the first user', () => {
  const shifts = ofType('tried before its users', 'Cutover Traffic Shifted');

  expect(
    shifts.map(({ greenPct, test }) => [greenPct, (test as { open: boolean } | undefined)?.open]),
  ).toEqual([
    [0, true],
    [5, false],
    [0, undefined],
  ]);
});
