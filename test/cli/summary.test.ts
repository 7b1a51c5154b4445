import { describe, expect, test } from 'vitest';
import { main } from '../../cli/main.ts';
import { exitCodeOfReport } from '../../cli/rehearsal/run-rehearsal.ts';
import { makePaint } from '../../cli/render/paint.ts';
import { summary } from '../../cli/render/summary.ts';
import type { RehearsalReport } from '../../rehearsal/rehearsal.types.ts';
import { aTerminal } from './a-terminal.ts';

const aReport = (changes: Partial<RehearsalReport> = {}): RehearsalReport => ({
  outcome: 'succeeded',
  reason: 'green serves all traffic and blue is gone',
  virtualSeconds: 4_383,
  requests: {
    total: 1_000,
    failed: 0,
    failedBecause: {},
    blue: { requests: 400, failed: 0, failedBecause: {} },
    green: { requests: 600, failed: 0, failedBecause: {} },
  },
  weights: [],
  transitions: 222,
  historyEvents: 895,
  apiCalls: {
    total: 30,
    byOperation: { 'ecs:DescribeServices': 10, 'elbv2:ModifyRule': 2, 'ecs:CreateTaskSet': 18 },
  },
  costUsd: {
    total: 0.0057,
    stepFunctions: 0.0056,
    lambda: 0.0001,
    dynamoDb: 0,
    eventBridge: 0,
    cloudWatch: 0,
  },
  leftovers: [],
  invariantViolations: [],
  path: [],
  decisions: [],
  record: null,
  seed: 1,
  ...changes,
});

const show = (report: RehearsalReport, missedFaults: string[] = [], unseen: string[] = []): string =>
  summary(report, {
    width: 200,
    paint: makePaint(false),
    again: 'npx cutover rehearse',
    missedFaults,
    preflight: { findings: [], unseen },
  });

describe('the summary', () => {
  test('of a success that the account would not have says so in its headline', () => {
    const unseen = ['security-group-shuts-out-load-balancer'];
    const headline =
      'but in the account green would not get healthy (security-group-shuts-out-load-balancer)';

    expect(show(aReport(), [], unseen)).toContain(`SUCCEEDED, ${headline}`);
    expect(show(aReport({ outcome: 'rolledBack' }), [], unseen)).not.toContain(headline);
    expect(show(aReport())).toMatch(/SUCCEEDED\n/);
  });

  test('counts API calls by service', () => {
    expect(show(aReport())).toContain('API calls   30 (ecs 28, elbv2 2)');
  });

  test('counts requests of other services apart', () => {
    const others = { requests: 910, failed: 200, failedBecause: { emptyGroup: 200 } };
    const text = show(aReport({ requests: { ...aReport().requests, others } }));

    expect(text).toContain('requests    1,000 served, 0 failed');
    expect(text).toContain('others      910 requests, 200 failed');
    expect(text).toContain('of other services, not in the rest');
    expect(show(aReport())).not.toContain('others');
  });

  test('says where requests failed, and never rounds a failure to nothing', () => {
    const text = show(
      aReport({
        requests: {
          total: 1_000_000,
          failed: 3,
          failedBecause: { emptyGroup: 1, versionError: 2 },
          blue: { requests: 400, failed: 1, failedBecause: { versionError: 1 } },
          green: { requests: 600, failed: 2, failedBecause: { emptyGroup: 1, versionError: 1 } },
        },
      }),
    );

    expect(text).toContain('999,997 served, 3 failed (0.0003 %)');
    expect(text).toContain('1 met a group without targets (503) (1 green)');
    expect(text).toContain('2 answered 5xx by the version (1 blue, 1 green)');
  });

  test('tells routes apart that took different weights, and who else wrote them', () => {
    const change = (route: string, green: number, by = 'cutover') => ({
      at: 1,
      route,
      green,
      blue: 100 - green,
      by,
    });

    const same = [change('a', 5), change('b', 5), change('a', 100), change('b', 100)];
    const apart = [change('a', 5), change('b', 5), change('a', 0, 'terraform apply')];

    expect(show(aReport({ weights: same }))).toContain('weights     green 5 > 100 % on a and b');
    expect(show(aReport({ weights: apart }))).toContain(
      'weights     green 5 > 0 (terraform apply) % on a; green 5 % on b',
    );
  });

  test('names what is left over, broken rules and faults that never came', () => {
    const text = show(
      aReport({
        leftovers: ['task set ecs-svc/1', 'the lease of production/shop'],
        invariantViolations: [{ invariant: 2, message: 'weight on an empty group', atSeconds: 90 }],
      }),
      ['alarm@shift:9'],
    );

    expect(text).toContain('left over   task set ecs-svc/1; the lease of production/shop');
    expect(text).toContain('BROKEN      safety rule 2 after 1m30s: weight on an empty group');
    expect(text).toContain('the fault alarm@shift:9 never came');
  });
});

describe('the exit code', () => {
  test.each([
    ['succeeded', 0],
    ['rolledBack', 2],
    ['refused', 3],
    ['stuck', 4],
  ] as const)('of a run that %s is %d', (outcome, code) => {
    expect(exitCodeOfReport(aReport({ outcome }))).toBe(code);
  });

  test('of a run that broke a safety rule is 4, whatever it came to', () => {
    const broken = aReport({
      invariantViolations: [{ invariant: 1, message: 'weights sum to 90', atSeconds: 1 }],
    });

    expect(exitCodeOfReport(broken)).toBe(4);
  });

  test('of a defect of ours is 4, with a sentence and no stack', async () => {
    const { terminal, run } = aTerminal();

    const code = await main(['version'], {
      ...terminal,
      out: () => {
        throw new Error('the disk is full');
      },
    });

    expect(run.err).toContain('Cutover itself failed: the disk is full');
    expect(run.err).not.toMatch(/\n\s+at /);
    expect(code).toBe(4);
  });
});
