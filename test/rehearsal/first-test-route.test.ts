import { expect, test } from 'vitest';
import type { WorldSeed } from '../../sim/parts.types.ts';
import { expectConverged, type Run, type RunOptions, run, worldOf } from './a-rehearsal.ts';
import { stagesForward } from './hooked-runs.ts';
import { changed } from './worlds/changed.ts';

/** Whole first deployments that try green before anybody else meets it. */

const ELB = 'arn:aws:elasticloadbalancing:us-east-1:111122223333';
const LISTENER = `${ELB}:listener/app/hello/3c5e7092b4d6f801/8f0a2b4c6d8e0f1a`;
const TEST_RULE = `${LISTENER.replace(':listener/', ':listener-rule/')}/aaaaaaaaaaaaaaaa`;
/** The listener gives it all weight, and nothing runs in it; green is to come to the other. */
const EMPTY = `${ELB}:targetgroup/hello-a/5d7f91b3d5f70912`;
const GREEN = `${ELB}:targetgroup/hello-b/9b1d3f5061728394`;

const world: WorldSeed = changed(worldOf('first-deployment'), ({ rules }) => {
  rules.push({
    ListenerArn: LISTENER,
    Rule: {
      RuleArn: TEST_RULE,
      Priority: '5',
      Conditions: [
        { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'X-Hello-Test', Values: ['green'] } },
      ],
      Actions: [{ Type: 'forward', Order: 1, TargetGroupArn: EMPTY }],
    },
  });
});

const hook = (name: string, stages: readonly string[]) => ({
  name,
  stages,
  lambda: `arn:aws:lambda:us-east-1:111122223333:function:${name}:live`,
  timeout: '30m',
});

const trying = (options: Partial<RunOptions> = {}): Promise<Run> =>
  run({
    example: 'first-deployment',
    world,
    ...options,
    request: {
      greenTargetGroup: GREEN,
      analysis: 'off',
      test: { route: TEST_RULE, for: '10m' },
      hooks: [
        hook('asked', stagesForward),
        hook('smoke', ['POST_TEST_TRAFFIC_SHIFT']),
        hook('undo', ['ROLLBACK']),
      ],
      ...options.request,
    },
  });

const isTest = (label: string): boolean => label.includes('X-Hello-Test');

const written = ({ report }: Run) =>
  report.weights
    .filter(({ by }) => by === 'cutover')
    .map(({ route, green }) => `${isTest(route) ? 'testers' : 'users'} ${green}`);

const stagesRun = ({ world }: Run): string[] =>
  world.dynamoDb
    .items()
    .filter(({ sk }) => String(sk).startsWith('hook#'))
    .map(({ runJson }) => JSON.parse(String(runJson)).stage);

const routesOf = ({ world }: Run) => world.elbv2.routes().map(({ arn, groups }) => [arn, groups]);

test('testers meet green alone, leave it before the first user comes, and follow the users', async () => {
  const played = await trying();

  expect(played.report.outcome).toBe('succeeded');
  expect(written(played)).toEqual(['testers 100', 'testers 0', 'users 100', 'testers 100']);
  const [opened, closed] = played.report.weights.filter(({ route }) => isTest(route));
  expect((closed?.at ?? 0) - (opened?.at ?? 0)).toBeGreaterThanOrEqual(600);
  expect([...new Set(stagesRun(played))].sort()).toEqual([...stagesForward].sort());
  expectConverged(played);
});

test.each([
  ['aborted', { inject: ['abort@state:Bake'] }],
  ['stopped in the console', { inject: ['stop-execution@state:Bake'] }],
  ['refused by its smoke test', { hooks: ['smoke=fails:no'] }],
])('%s while it is tried, both routes are as they were and no user has met green', async (_how, options) => {
  const played = await trying(options);

  expect(played.report.outcome).toBe('rolledBack');
  expect(played.report.requests.green.requests).toBe(0);
  expect(routesOf(played)).toEqual(played.before.routes.map(({ arn, groups }) => [arn, groups]));
  expectConverged(played);
});

test('somebody who resets the test route makes the test void', async () => {
  const played = await trying({ inject: ['foreign-weights:100/0@state:Bake'] });

  expect(played.report.outcome).toBe('rolledBack');
  expect(played.report.reason).toContain('what was tried may not have been green');
  expect(played.report.requests.green.requests).toBe(0);
});

test('aborted once users are with green, testers leave after them', async () => {
  const played = await trying({ inject: ['abort@+14m'] });

  expect(played.report.outcome).toBe('rolledBack');
  expect(written(played).slice(-2)).toEqual(['users 0', 'testers 0']);
  expect(routesOf(played)).toEqual(played.before.routes.map(({ arn, groups }) => [arn, groups]));
  expect(stagesRun(played)).toContain('ROLLBACK');
  expectConverged(played);
});
