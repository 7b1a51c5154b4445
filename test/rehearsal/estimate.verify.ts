import { expect, test } from 'vitest';
import { estimate } from '../../core/estimate/estimate.ts';
import type { Discovery } from '../../core/plan/discovery.ts';
import { PAYLOAD_BUDGET_BYTES, payloadBytes } from '../../core/plan/preflight/payload-budget.ts';
import { parseRequest } from '../../core/request/request.ts';
import type { Plan } from '../../core/vocabulary/plan.types.ts';
import { pick, seededRandom } from '../../sim/kernel/random.ts';
import { contract, stepNames } from '../../statemachine/contract.ts';
import { type Run, requestOf, run, worldOf } from './a-rehearsal.ts';
import { changed } from './worlds/changed.ts';

/** A plan, a world and what goes wrong: anything but throttling and lost calls, whose retries no plan can know. */
const drawn = (seed: number) => {
  const random = seededRandom(seed);
  const delay = pick(random, ['0', '30', '300', '900', '3600']);
  return {
    world: changed(worldOf('shop'), ({ targetGroupAttributes }) => {
      for (const { Attributes } of targetGroupAttributes) {
        for (const attribute of Attributes) {
          if (attribute.Key === 'deregistration_delay.timeout_seconds') attribute.Value = delay;
        }
      }
    }),
    request: {
      shifts: undefined,
      strategy: pick(random, ['AllAtOnce', 'Canary10Percent5Minutes', 'Linear10PercentEvery3Minutes']),
      keepBlue: pick(random, ['1m', '10m', '3h']),
    },
    version: pick(random, ['healthy', 'healthy', 'crash-loop', 'never-healthy', 'errors:30%']),
    inject: pick(random, [[], [], ['kill-task:green@shift:1'], ['abort@shift:1']]),
    seed,
  };
};

/** Rules that forward like the world's own, with conditions as long as these may be, and alarms beside its own. */
const crowded = (routes: number, alarms: number) =>
  changed(worldOf('shop'), ({ rules, metricAlarms, compositeAlarms }) => {
    const [rule] = rules.filter(({ Rule }) => Rule.Priority === '10');
    const [alarm] = metricAlarms;
    if (rule === undefined || alarm === undefined) throw new Error('expected a rule and an alarm');
    compositeAlarms.length = 0;
    for (let index = 0; index < routes; index += 1) {
      const Values = Array.from({ length: 5 }, (_, n) => `/${index}/${n}/`.padEnd(100, 'x'));
      const Rule = structuredClone(rule.Rule);
      const Conditions = [{ Field: 'path-pattern', Values }];
      rules.push({
        ...rule,
        Rule: { ...Rule, RuleArn: `${Rule.RuleArn}${index}`, Priority: `${100 + index}`, Conditions },
      });
    }
    for (let index = 0; index < alarms; index += 1) {
      metricAlarms.push({
        ...structuredClone(alarm),
        AlarmName: nameOf(index),
        AlarmArn: `${alarm.AlarmArn}${index}`,
      });
    }
  });

const nameOf = (index: number): string => `shop-${index}`.padEnd(100, '-');

/** The state at its largest, bytes: the slices as the steps gave them, one over the other. */
const largestState = ({ events }: Run, request: unknown): number => {
  const state: Record<string, unknown> = { request };
  let largest = 0;
  for (const { event } of events) {
    const { state: name, phase, result } = event.data ?? {};
    const step = stepNames.find((known) => known === name);
    if (step === undefined || phase !== 'succeeded') continue;
    state[contract[step].slice] = result;
    largest = Math.max(largest, Buffer.byteLength(JSON.stringify(state)));
  }
  return largest;
};

const planOf = ({ events }: Run): Plan => {
  const planned = events.find(
    ({ event: { data } }) => data?.state === 'PlanDeployment' && data.phase === 'succeeded',
  );
  return planned?.event.data?.result as Plan;
};

test.each(Array.from({ length: 24 }, (_, seed) => seed))(
  'an execution takes no more history and time than its plan promised, seed %i',
  async (seed) => {
    const done = await run(drawn(seed));
    const { historyEvents, longestMs } = estimate(planOf(done));

    expect(done.report.historyEvents).toBeLessThanOrEqual(historyEvents.max);
    expect(done.report.virtualSeconds * 1_000).toBeLessThanOrEqual(longestMs);
  },
);

const everywhere = {
  name: 'smoke',
  stages: [
    'PRE_SCALE_UP',
    'POST_SCALE_UP',
    'POST_TEST_TRAFFIC_SHIFT',
    'PRE_PRODUCTION_TRAFFIC_SHIFT',
    'POST_PRODUCTION_TRAFFIC_SHIFT',
    'ROLLBACK',
  ],
  lambda: 'arn:aws:lambda:us-east-1:123456789012:function:smoke:live',
  timeout: '20m',
};

test.each([
  ['passes', {}],
  ['in-progress:30', {}],
  ['flaky:3', {}],
  ['times-out', { onTimeout: 'continue' }],
  ['hangs', { onFailure: 'continue' }],
  ['late', { onTimeout: 'continue' }],
  ['fails', {}],
])('nor with hooks at every stage that %s', async (behaviour, policy) => {
  const request = {
    analysis: 'off',
    shifts: [20, 50, 100].map((greenPct) => ({ greenPct, bake: '3m' })),
    hooks: [{ ...everywhere, ...policy }],
  };
  let own: number[] = [];
  const done = await run({
    request,
    hooks: [`smoke=${behaviour}`],
    inject: ['abort@shift:3'],
    drive: async ({ world, orchestrator, over, untilMs }) => {
      await world.kernel.scheduler.run(over, untilMs);
      own = orchestrator.stepFunctions.executions().map((one) => one.historyEvents);
    },
  });
  const { historyEvents, longestMs, transitions, costUsd } = estimate(planOf(done));

  expect(done.report.hooks?.length).toBeGreaterThan(0);
  expect(Math.max(...own)).toBeLessThanOrEqual(historyEvents.max);
  expect(done.report.transitions).toBeLessThanOrEqual(transitions.max);
  expect(done.report.virtualSeconds * 1_000).toBeLessThanOrEqual(longestMs);
  expect(done.report.costUsd.total).toBeLessThanOrEqual(costUsd.max);
});

test.each([
  { routes: 0, alarms: 1 },
  { routes: 24, alarms: 20 },
])(
  '$routes more routes and $alarms alarms make no larger a state than preflight allowed for',
  async ({ routes, alarms }) => {
    const names = Array.from({ length: alarms }, (_, index) => nameOf(index));
    const request = {
      shifts: undefined,
      strategy: 'Canary10Percent5Minutes',
      keepBlue: '10m',
      alarms: names,
    };
    const done = await run({ world: crowded(routes, alarms), request, inject: ['foreign-weights@shift:1'] });
    const plan = planOf(done);
    const read = parseRequest({ ...requestOf('shop'), ...request });
    if (!read.ok) throw new Error('expected a request');
    const found = { routes: plan.routes } as Discovery;
    const allowed = payloadBytes({ request: read.request, found }, plan.warnings);

    expect(done.report).toMatchObject({ outcome: 'rolledBack', invariantViolations: [] });
    expect(largestState(done, { ...requestOf('shop'), ...request })).toBeLessThanOrEqual(allowed);
    expect(allowed).toBeLessThanOrEqual(PAYLOAD_BUDGET_BYTES);
  },
);

test('an hour of draining is not read every ten seconds', async () => {
  const world = drawn(0).world;
  for (const { Attributes } of world.targetGroupAttributes) {
    for (const attribute of Attributes) {
      if (attribute.Key === 'deregistration_delay.timeout_seconds') attribute.Value = '3600';
    }
  }
  const { report } = await run({
    world,
    request: { shifts: undefined, strategy: 'AllAtOnce', keepBlue: '1m' },
  });

  expect(report).toMatchObject({ outcome: 'succeeded' });
  expect(report.historyEvents).toBeLessThan(1_200);
});
