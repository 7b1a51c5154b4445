import { MINUTE_MS } from '../core/clock.ts';
import type { OutcomeKind } from '../core/state.types.ts';
import { installOrchestrator } from '../sim/orchestrator.ts';
import { quickHealthy, type SmallService, smallRequest, smallWorld } from '../sim/proof/small-world.ts';
import { makeWorld } from '../sim/world.ts';

/**
 * Many deployments started at the same instant in one account, within the published API buckets (sim/kernel/buckets.ts).
 * Usage: node bench/scale.ts [COUNT ...]
 */

type Row = {
  deployments: number;
  ended: Partial<Record<OutcomeKind | 'none', number>>;
  throttledTries: number;
  medianMinutes: number;
  slowestMinutes: number;
  reasons: Map<string, number>;
};

const REQUEST = {
  shifts: [5, 25, 50, 75, 100].map((greenPct) => ({ greenPct, bake: '5m' })),
  timeToHealthy: '2h',
};

const measure = async (count: number): Promise<Row> => {
  const services = Array.from(
    { length: count },
    (_, index): SmallService => ({ name: `s${index}`, routes: ['default'], sticky: false, first: false }),
  );
  const seed = smallWorld(services);
  // The account's API is what is measured; a flow of users would only take time.
  const world = makeWorld(
    { ...seed, traffic: { ...seed.traffic, requestsPerSecond: 0 } },
    1,
    () => quickHealthy,
  );
  const { stepFunctions } = installOrchestrator(world);
  const { scheduler } = world.kernel;
  let throttledTries = 0;
  world.kernel.onEvent(({ kind, data }) => {
    if (kind === 'log' && String(data?.error).includes('Throttling')) throttledTries += 1;
  });
  await scheduler.run(() => false, scheduler.nowMs() + 5 * MINUTE_MS);

  const startedAtMs = scheduler.nowMs();
  for (const service of services) {
    stepFunctions.startExecution({ name: service.name, input: { ...smallRequest(service), ...REQUEST } });
  }
  let running = count;
  stepFunctions.onStatusChange(({ status }) => {
    if (status !== 'RUNNING') running -= 1;
  });
  await scheduler.run(() => running === 0);

  const ended: Row['ended'] = {};
  const reasons = new Map<string, number>();
  for (const { error, status, cause } of stepFunctions.executions()) {
    const kind =
      status === 'SUCCEEDED'
        ? 'succeeded'
        : error === 'RolledBack'
          ? 'rolledBack'
          : error === 'Refused'
            ? 'refused'
            : 'stuck';
    ended[kind] = (ended[kind] ?? 0) + 1;
    const reason = (cause ?? '').replace(/s\d+/g, 'sN').slice(0, 140);
    if (reason !== '') reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  const minutes = stepFunctions
    .executions()
    .map(({ endedAtMs = 0 }) => (endedAtMs - startedAtMs) / MINUTE_MS)
    .sort((a, b) => a - b);
  return {
    deployments: count,
    ended,
    throttledTries,
    medianMinutes: minutes[Math.floor(minutes.length / 2)] ?? 0,
    slowestMinutes: minutes.at(-1) ?? 0,
    reasons,
  };
};

const counts = process.argv.slice(2).map(Number);
for (const count of counts.length > 0 ? counts : [1, 30, 100]) {
  const row = await measure(count);
  console.log(
    `${String(row.deployments).padStart(5)} at once: ${JSON.stringify(row.ended)}, ${row.throttledTries} throttled tries, median ${row.medianMinutes.toFixed(0)} min, slowest ${row.slowestMinutes.toFixed(0)} min`,
  );
  for (const [reason, times] of row.reasons) console.log(`        ${times} x ${reason}`);
}
