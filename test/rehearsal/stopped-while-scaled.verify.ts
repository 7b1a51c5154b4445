import { describe, expect, test } from 'vitest';
import type { WorldSeed } from '../../sim/parts.types.ts';
import { expectConverged, type Run, run } from './a-rehearsal.ts';
import { busy, counts, cpu, NOTHING, scaledBy, schedule, suspended } from './a-scaled-service.ts';
import { behindNetworkBalancer } from './worlds/behind-network-balancer.ts';
import { changed } from './worlds/changed.ts';

/**
 * Each kind of scaling alone, users that come twice as often in the middle (for the CPU, which both colours halve,
 * four times), and the execution stopped at the last of each step's calls that write: what scales the service is as it
 * was found. `EVERY_CALL=1` stops it at every call; verify:exhaust does, with all three kinds at once.
 */

type Kind = { world: WorldSeed; inject: string; count: number };
const IN_THE_MIDDLE = 'at(2026-01-05T09:16:00)';
const application: Record<string, Kind> = {
  'target tracking': { world: scaledBy([cpu]), inject: 'load:4x@shift:1', count: 20 },
  'step scaling': { world: scaledBy([busy]), inject: 'load:2x@shift:1', count: 14 },
  'a scheduled action': {
    world: scaledBy([], [schedule(IN_THE_MIDDLE, 12)]),
    inject: 'load:2x@shift:1',
    count: 12,
  },
};

const behindNetwork = ({ world, ...kind }: Kind): Kind => ({
  ...kind,
  world: behindNetworkBalancer(
    changed(world, ({ listeners }) => {
      for (const listener of listeners) listener.Port = 443;
    }),
  ),
});

const request = {
  strategy: undefined,
  analysis: 'off',
  alarms: [],
  shifts: [
    { greenPct: 50, bake: '8m' },
    { greenPct: 100, bake: '1m' },
  ],
};

/** Runs it; stopped at that call of the execution, if one is given. */
const play = async ({ world, inject }: Kind, stopAt?: number) => {
  const calls: string[] = [];
  const played = await run({
    example: 'canary',
    world,
    request,
    inject: [inject],
    drive: ({ world: { kernel }, orchestrator: { stepFunctions }, executionArn, over, untilMs }) => {
      kernel.intercept((call) => {
        if (call.executionArn !== executionArn) return undefined;
        if (calls.length === stopAt) stepFunctions.stopExecution(executionArn, 'stopped in the console');
        calls.push(`${call.by} ${call.operation}`);
        return undefined;
      });
      return kernel.scheduler.run(over, untilMs);
    },
  });
  return { ...played, calls };
};

const places = (calls: string[]): number[] =>
  process.env.EVERY_CALL === undefined
    ? [...new Set(calls.filter((name) => !/ (Describe|Get|Query|List|Put)/.test(name)))].map((name) =>
        calls.lastIndexOf(name),
      )
    : calls.map((_, index) => index);

const problemsOf = (played: Run): string[] => {
  const { outcome, leftovers, invariantViolations } = played.report;
  // Stopped before it had a plan: nothing was touched.
  if (outcome === 'refused') expect([...leftovers, ...invariantViolations]).toEqual([]);
  else expectConverged(played);
  const left = suspended(played);
  return [
    ...(JSON.stringify(left) === JSON.stringify(NOTHING) ? [] : [`left ${JSON.stringify(left)}`]),
    ...(played.report.requests.failed === 0 ? [] : [`lost ${played.report.requests.failed} requests`]),
  ];
};

describe('the execution is stopped while load grows, and what scales the service is as found', () => {
  const kinds: [string, Kind][] = [
    ...Object.entries(application),
    // Not by steps: their alarm is on requests, which such a load balancer does not count.
    ...['target tracking', 'a scheduled action'].map((name): [string, Kind] => [
      `${name}, behind a network load balancer`,
      behindNetwork(application[name] as Kind),
    ]),
  ];

  test.each(kinds)('%s', { timeout: 600_000 }, async (_name, kind) => {
    const whole = await play(kind);
    expect(counts(whole)).toEqual([kind.count]);
    expect(problemsOf(whole)).toEqual([]);

    const ends = new Map<string, number>();
    for (const at of places(whole.calls)) {
      const played = await play(kind, at);
      expect(problemsOf(played), `stopped at call ${at}, ${whole.calls[at]}`).toEqual([]);
      ends.set(played.report.outcome, (ends.get(played.report.outcome) ?? 0) + 1);
    }
    expect([...ends.keys()]).toEqual(expect.arrayContaining(['rolledBack', 'succeeded']));
  });
});
