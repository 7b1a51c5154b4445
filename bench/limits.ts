import { readFileSync } from 'node:fs';
import { rehearse } from '../rehearsal/rehearse.ts';
import { classOf, limits } from '../sim/kernel/buckets.ts';
import type { ApiCall } from '../sim/kernel/call.types.ts';
import { loadWorld } from '../sim/load-world.ts';
import { isStep } from '../statemachine/contract.ts';

/**
 * What bounds many deployments at once: the calls of one, measured, divided by the rate at which each API answers all
 * of an account's. Prints the tables of docs/scale.md. Usage: node bench/limits.ts
 */

const COUNTS = [100, 1_000, 10_000];
/** As in bench/scale.ts, and as canaries usually have. */
const BAKES = ['5m', '1h'] as const;

/** An invocation of a step, warm (core/estimate/estimate.ts). */
const STEP_SECONDS = 0.2;

/** Calls a second in a large Region; those of sim/kernel/buckets.ts, and what has no bucket there. */
const RATES: Record<string, { perSecond: number; from: string }> = {
  'elbv2 read': { perSecond: limits['elbv2 read']?.perSecond ?? 0, from: 'fact 92' },
  'elbv2 write': { perSecond: limits['elbv2 write']?.perSecond ?? 0, from: 'assumed' },
  'ecs read': { perSecond: limits['ecs read']?.perSecond ?? 0, from: 'assumed' },
  'ecs write': { perSecond: limits['ecs write']?.perSecond ?? 0, from: 'assumed' },
  DescribeAlarms: { perSecond: limits['cloudwatch read']?.perSecond ?? 0, from: 'fact 112' },
  GetMetricData: { perSecond: 50, from: 'fact 121' },
  'sfn StartExecution': { perSecond: limits['sfn StartExecution']?.perSecond ?? 0, from: 'fact 96' },
  'state transitions': { perSecond: 1_500, from: 'fact 96' },
  'Lambda, 1,000 at once': { perSecond: 1_000 / STEP_SECONDS, from: 'fact 174' },
  'Lambda, 10 at once': { perSecond: 10 / STEP_SECONDS, from: 'a new account, fact 174' },
  'writes of leases': { perSecond: 1_000, from: 'fact 176' },
  'reads of leases': { perSecond: 3_000, from: 'fact 176' },
  'EventBridge PutEvents': { perSecond: 10_000, from: 'fact 175' },
};

const kindOf = ({ service, operation, input }: ApiCall): string | undefined => {
  const { Key, Item } = input as { Key?: { pk?: { S?: string } }; Item?: { pk?: { S?: string } } };
  if (service === 'dynamodb') {
    if ((Key ?? Item)?.pk?.S !== 'leases') return undefined;
    return operation === 'GetItem' ? 'reads of leases' : 'writes of leases';
  }
  if (service === 'cloudwatch') return operation;
  if (service === 'eventbridge') return 'EventBridge PutEvents';
  const name = classOf(service, operation);
  return name in RATES ? name : undefined;
};

const loaded = loadWorld('examples/shop/world');
if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
const world = loaded.seed;
const request = JSON.parse(readFileSync('examples/shop/request.json', 'utf8'));

/** What every deployment asks for within its first seconds. */
const OPENING = ['AcquireLease', 'PlanDeployment', 'AttachGreen', 'LaunchGreen'];

type Measured = { minutes: number; calls: Map<string, number>; opening: Map<string, number> };

const measure = async (bake: string): Promise<Measured> => {
  const calls = new Map<string, number>();
  const opening = new Map<string, number>();
  const add = (to: Map<string, number>, kind: string, more = 1): void =>
    void to.set(kind, (to.get(kind) ?? 0) + more);
  const report = await rehearse({
    request: { ...request, shifts: request.shifts.map((shift: object) => ({ ...shift, bake })) },
    world,
    version: 'healthy',
    inject: [],
    seed: 1,
    onWorld: ({ kernel }) => {
      kernel.onServed((call) => {
        const kind = kindOf(call);
        if (call.executionArn === undefined || kind === undefined) return;
        add(calls, kind);
        if (OPENING.includes(call.by ?? '')) add(opening, kind);
      });
    },
  });
  if (report.outcome !== 'succeeded') throw new Error(`expected a success, found ${report.outcome}`);
  for (const to of [calls, opening]) add(to, 'sfn StartExecution');
  add(calls, 'state transitions', report.transitions);
  add(opening, 'state transitions', OPENING.length + 2);
  for (const name of Object.keys(RATES).filter((api) => api.startsWith('Lambda'))) {
    add(calls, name, report.path.filter(isStep).length);
    add(opening, name, OPENING.length);
  }
  return { minutes: report.virtualSeconds / 60, calls, opening };
};

const duration = (count: number, calls: number, perSecond: number): string => {
  const seconds = (count * calls) / perSecond;
  return seconds < 60 ? `${Math.ceil(seconds)} s` : `${Math.round(seconds / 60).toLocaleString('en')} min`;
};
const row = (cells: string[]): string => `| ${cells.join(' | ')} |`;
const head = (cells: string[]): string => `${row(cells)}\n${row(cells.map(() => '---'))}`;
const whole = (value: number): string => Math.floor(value).toLocaleString('en');

const [short, long] = [await measure(BAKES[0]), await measure(BAKES[1])];
const times = COUNTS.map((count) => count.toLocaleString('en'));
const [shortBake, longBake] = [short, long].map(
  ({ minutes }, index) => `bakes of ${BAKES[index]}, ${Math.round(minutes)} min`,
);
console.log(
  head([
    'API',
    'a second',
    `${shortBake}: calls`,
    'fit',
    `${longBake}: calls`,
    'fit',
    ...times.map((n) => `${n} x ${BAKES[0]}`),
  ]),
);
for (const [api, { perSecond, from }] of Object.entries(RATES)) {
  const [calls, longCalls] = [short.calls.get(api) ?? 0, long.calls.get(api) ?? 0];
  const mostAtOnce = ({ minutes }: Measured, of: number) =>
    of === 0 ? 'any' : whole((perSecond * minutes * 60) / of);
  const rate = `${whole(perSecond)} (${from})`;
  const needed = COUNTS.map((count) => duration(count, calls, perSecond));
  console.log(
    row([
      api,
      rate,
      String(calls),
      mostAtOnce(short, calls),
      String(longCalls),
      mostAtOnce(long, longCalls),
      ...needed,
    ]),
  );
}
console.log(`\n${head(['until green is launched', 'calls', ...times])}`);
for (const [api, { perSecond }] of Object.entries(RATES)) {
  const calls = short.opening.get(api) ?? 0;
  if (calls > 0)
    console.log(row([api, String(calls), ...COUNTS.map((count) => duration(count, calls, perSecond))]));
}
