import { setTimeout } from 'node:timers/promises';
import { SECOND_MS } from '../../core/clock.ts';
import type { LocalWorld } from '../../local/local-world.ts';
import type { FailureCause } from '../../sim/parts.types.ts';

/** A task that was killed: the load balancer's addresses of it, and when, in real milliseconds. */
export type Kill = { addresses: readonly string[]; atMs: number };

type Disturbance = (local: LocalWorld, over: () => boolean) => Promise<Kill | undefined>;

export type Phase = {
  name: string;
  /** The version to deploy; undefined: no deployment. */
  version: string | undefined;
  ends: 'succeeded' | 'rolledBack' | undefined;
  /** The only cause that failures of this phase may have. */
  cause?: FailureCause;
  during?: Disturbance;
};

export const TARGET = { cluster: 'production', service: 'shop' };
const KILL_EVERY_MS = 4 * SECOND_MS;
const AWAY_MS = SECOND_MS / 2;
const AWAY_EVERY_MS = 8 * SECOND_MS;
const MOST_TIMES = 10;
const OFTEN_MS = SECOND_MS / 20;

/**
 * At most ten times, and not again before a step has succeeded since the last time: disturbed more often than a step
 * may be tried in a row, a deployment goes back, as it should.
 */
const everySoOften =
  (everyMs: number, disturb: (local: LocalWorld) => Promise<void>): Disturbance =>
  async (local, over) => {
    let succeeded = false;
    const ends = local.world.kernel.onEvent(({ kind, data }) => {
      if (kind === 'step' && data?.phase === 'succeeded') succeeded = true;
    });
    for (let times = 0; times < MOST_TIMES && !over(); times += 1) {
      await setTimeout(everyMs);
      while (!succeeded && !over()) await setTimeout(OFTEN_MS);
      if (!over()) await disturb(local);
      succeeded = false;
    }
    ends();
    return undefined;
  };

const abort: Disturbance = async (local, over) => {
  let shifted = false;
  const ends = local.world.kernel.onEvent(({ kind, data }) => {
    if (kind === 'step' && data?.state === 'ShiftTraffic' && data.phase === 'succeeded') shifted = true;
  });
  while (!shifted && !over()) await setTimeout(OFTEN_MS);
  ends();
  if (over()) return undefined;
  const id = `bench_${Date.now()}`;
  const message = { ...TARGET, command: 'abort', by: 'the bench', reason: 'measured', id };
  await local.handlers.lambda.invoke('Command', message, { executionArn: undefined });
  return undefined;
};

const killTask: Disturbance = async (local) => {
  await setTimeout(2 * SECOND_MS);
  const [task] = local.tasks.running();
  if (task === undefined) return undefined;
  const atMs = Date.now();
  process.kill(task.pid, 'SIGKILL');
  await setTimeout(5 * SECOND_MS);
  return { addresses: task.addresses, atMs };
};

export const phases: readonly Phase[] = [
  { name: 'five shifts', version: '1.42.0', ends: 'succeeded' },
  {
    name: 'five shifts, the handlers’ process killed every 4 s',
    version: '1.44.0',
    ends: 'succeeded',
    during: everySoOften(KILL_EVERY_MS, (local) => local.handlers.kill()),
  },
  {
    name: 'five shifts, AWS’s APIs away for half a second every 8 s',
    version: '1.46.0',
    ends: 'succeeded',
    during: everySoOften(AWAY_EVERY_MS, (local) => local.endpointAway(AWAY_MS)),
  },
  {
    name: 'a version with 20 % 5xx, rolled back',
    version: '1.43.0',
    ends: 'rolledBack',
    cause: 'versionError',
  },
  { name: 'aborted after a shift', version: '1.45.0', ends: 'rolledBack', during: abort },
  { name: 'a task killed', version: undefined, ends: undefined, cause: 'deadTarget', during: killTask },
];
