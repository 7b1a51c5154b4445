import { MINUTE_MS } from '../core/clock.ts';
import { deploymentIdOf } from '../core/deployment/deployment-id.ts';
import { sha256 } from '../functions/identify.ts';
import { limits } from '../sim/kernel/buckets.ts';
import { installOrchestrator } from '../sim/orchestrator.ts';
import type { Execution } from '../sim/stepfunctions/execution.types.ts';
import type { Invoke } from '../sim/stepfunctions/task-attempt.ts';
import { makeWorld, type World } from '../sim/world.ts';
import { quickHealthy } from '../verify/stage/small-names.ts';
import { smallRequest } from '../verify/stage/small-world.ts';
import { watchDeployment } from '../verify/stage/watched-deployment.ts';
import { benchOptions, WHOLE_NUMBER } from './options.ts';
import { SERVICES_PER_BALANCER, serviceAt, sharedAccount, sharedRuleArn } from './shared-account.ts';

/**
 * Many deployments started at the same instant in one account, within the published API buckets
 * (sim/kernel/buckets.ts). All have to succeed: no throttle may become a refusal or a rollback. Usage: node
 * bench/scale.ts [--rates 1/N] [COUNT ...]; with a part of the rates COUNT deployments stand for N times as many.
 */

/**
 * Evenly spread, these are held against every invariant and have users; to watch them all would take longer than the
 * runs.
 */
const WATCHED = 5;
const USERS_PER_SECOND = 10;

/**
 * As many as the most generous of the list operations answers: with the simulator's usual five, pages would be
 * measured.
 */
const PAGE_SIZE = 400;

const BAKE = '5m';
const SHIFTS = [5, 25, 50, 75, 100];
const request = { shifts: SHIFTS.map((greenPct) => ({ greenPct, bake: BAKE })) };

type Ending = 'succeeded' | 'rolledBack' | 'refused' | 'stuck';

type Row = {
  count: number;
  ended: Partial<Record<Ending, number>>;
  reasons: Map<string, number>;
  minutes: { median: number; slowest: number };
  throttledTries: number;
  /** Reads of the load balancer that were answered, for each deployment; and those of its observations. */
  reads: { each: number; judging: number };
  mostLambdas: number;
  mostEvents: number;
  users: { requests: number; failed: number };
  violations: string[];
};

const endingOf = ({ status, error }: Execution): Ending => {
  if (status === 'SUCCEEDED') return 'succeeded';
  if (error === 'RolledBack') return 'rolledBack';
  return error === 'Refused' ? 'refused' : 'stuck';
};

/** The reason without what differs from one deployment to the next. */
const reasonOf = ({ cause }: Execution): string =>
  (cause ?? 'no reason')
    .replace(/arn:\S+/g, 'ARN')
    .replace(/\d+/g, 'N')
    .slice(0, 140);

const countBy = <Key>(keys: Key[]): Map<Key, number> =>
  new Map([...Map.groupBy(keys, (key) => key)].map(([key, same]) => [key, same.length]));

/** How many invocations run at the same time, at most: an account may have 1,000. */
const countLambdas = () => {
  let running = 0;
  let most = 0;
  const around =
    (invoke: Invoke): Invoke =>
    (...call) => {
      running += 1;
      most = Math.max(most, running);
      return invoke(...call).finally(() => {
        running -= 1;
      });
    };
  return { around, most: () => most };
};

/** Reads of the load balancer that were answered, of all steps and of JudgeHealth. */
const countReads = ({ kernel }: World) => {
  const answered = { all: 0, judging: 0 };
  kernel.onServed(({ service, operation, by }, ok) => {
    if (!ok || service !== 'elbv2' || !operation.startsWith('Describe')) return;
    answered.all += 1;
    if (by === 'JudgeHealth') answered.judging += 1;
  });
  return answered;
};

/** Ends when no execution runs. */
const untilAllEnded = async ({ kernel }: World, running: () => number): Promise<void> => {
  await kernel.scheduler.run(() => running() === 0);
};

const measure = async (count: number): Promise<Row> => {
  const indexes = Array.from({ length: count }, (_, index) => index);
  const watched = indexes.filter((index) => index % Math.ceil(count / WATCHED) === 0);
  const traffic = {
    requestsPerSecond: USERS_PER_SECOND * watched.length,
    shares: Object.fromEntries(watched.map((index) => [sharedRuleArn(index), 1])),
  };
  const world = makeWorld({ ...sharedAccount(count), traffic }, 1, () => quickHealthy, {
    pageSize: PAGE_SIZE,
  });
  const lambdas = countLambdas();
  const orchestrator = installOrchestrator(world, lambdas.around);
  const { stepFunctions } = orchestrator;
  const { scheduler } = world.kernel;
  const answered = countReads(world);
  let throttledTries = 0;
  world.kernel.onEvent(({ kind, data }) => {
    if (kind === 'log' && String(data?.error).includes('Throttling')) throttledTries += 1;
  });
  await scheduler.run(() => false, scheduler.nowMs() + 5 * MINUTE_MS);

  const watches = watched.map((index) => {
    const service = serviceAt(index);
    const arn = stepFunctions.arnOf(service.name);
    const deploymentId = deploymentIdOf({ arn, startedAtMs: scheduler.nowMs() }, sha256);
    const ignore = () => {};
    return watchDeployment(
      world,
      orchestrator,
      { service, deploymentId },
      { planned: ignore, broken: ignore },
    );
  });
  const startedAtMs = scheduler.nowMs();
  for (const index of indexes) {
    const service = serviceAt(index);
    stepFunctions.startExecution({
      name: service.name,
      input: { ...smallRequest(service), timeToHealthy: undefined, healthyFor: undefined, ...request },
    });
  }
  await untilAllEnded(world, stepFunctions.running);
  for (const watch of watches) watch.finish();

  const executions = stepFunctions.executions();
  const failed = executions.filter((execution) => endingOf(execution) !== 'succeeded');
  const minutes = executions
    .map(({ endedAtMs = 0 }) => (endedAtMs - startedAtMs) / MINUTE_MS)
    .sort((a, b) => a - b);
  const users = world.traffic.totals();
  return {
    count,
    ended: Object.fromEntries(countBy(executions.map(endingOf))),
    reasons: countBy(failed.map(reasonOf)),
    minutes: { median: minutes[Math.floor(minutes.length / 2)] ?? 0, slowest: minutes.at(-1) ?? 0 },
    throttledTries,
    reads: { each: answered.all / count, judging: answered.judging / count },
    mostLambdas: lambdas.most(),
    mostEvents: Math.max(...executions.map(({ historyEvents }) => historyEvents)),
    users: { requests: users.total, failed: users.failed },
    violations: watches.flatMap((watch) => watch.violations().map(({ message }) => message)),
  };
};

const { values, positionals } = benchOptions('node bench/scale.ts [--rates 1/N] [COUNT ...]', {
  options: { rates: { expects: '1/N, a part of the published rates', matches: /^1\/[1-9]\d*$/ } },
  positionals: { ...WHOLE_NUMBER, expects: 'a number of deployments from 1' },
});
const counts = positionals.map(Number);
const { rates = '1/1' } = values;
const part = Number(rates.slice('1/'.length));
for (const limit of Object.values(limits)) {
  limit.burst = Math.max(1, limit.burst / part);
  limit.perSecond /= part;
}
console.log(
  `one account and cluster, ${SERVICES_PER_BALANCER} services a load balancer and listener with a rule ` +
    `each; ${SHIFTS.join(', ')} % with bakes of ${BAKE}, one alarm each`,
);
console.log('published rates: load balancer reads 40 at once and 10 a second, DescribeAlarms 9 a second');
console.log('assumed rates: ECS reads 50 at once and 20 a second, writes of both 20 at once and 5 a second');
console.log(part === 1 ? '' : `of all of them ${rates}\n`);
console.log(
  'deployments  outcomes              minutes: median  slowest  reads each  judging  throttled tries  ' +
    'Lambdas at once  history events  users lost',
);
for (const count of counts.length > 0 ? counts : [1, 30, 100, 300]) {
  const row = await measure(count);
  const cells = [
    String(row.count).padStart(11),
    Object.entries(row.ended)
      .map(([ending, times]) => `${times} ${ending}`)
      .join(', ')
      .padEnd(20),
    row.minutes.median.toFixed(0).padStart(15),
    row.minutes.slowest.toFixed(0).padStart(7),
    row.reads.each.toFixed(0).padStart(10),
    row.reads.judging.toFixed(0).padStart(7),
    String(row.throttledTries).padStart(15),
    String(row.mostLambdas).padStart(15),
    String(row.mostEvents).padStart(14),
    `${row.users.failed} of ${row.users.requests}`.padStart(14),
  ];
  console.log(cells.join('  '));
  for (const [reason, times] of row.reasons) console.log(`        ${times} x ${reason}`);
  for (const violation of new Set(row.violations)) console.log(`        BROKEN ${violation}`);
  const fine = row.ended.succeeded === count && row.users.failed === 0 && row.violations.length === 0;
  if (!fine) process.exitCode = 1;
}
