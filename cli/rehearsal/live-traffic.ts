import { readLiveTraffic, readStartMs } from '../../aws/live-measures.ts';
import type { WorldReads } from '../../aws/world-reads.ts';
import { SECOND_MS } from '../../core/clock.ts';
import { formatDuration } from '../../core/duration.ts';
import { isDeploymentError } from '../../core/errors.ts';
import { groupsNamedBy } from '../../rehearsal/as-if-external.ts';
import { DEFAULT_TRAFFIC } from '../../sim/load-world.ts';
import type { TrafficSeed } from '../../sim/parts.types.ts';
import { makeAccountCall } from '../account/account.ts';
import type { Host } from '../account/host.types.ts';
import type { Target } from '../account/target.ts';

/** A shared load balancer has a hundred target groups, whose attributes are read one by one. */
export const READING_MS = 300 * SECOND_MS;

const METRICS = 'cloudwatch:GetMetricData';

type Measured = { seed: TrafficSeed; assumed: string[]; notRead: string[] };

/** The traffic of a service as CloudWatch and its tasks show it, and what had to be assumed in its place. */
export const readTraffic = async (
  host: Host,
  { target, atPeak }: { target: Target; atPeak: boolean },
  world: WorldReads,
): Promise<Measured> => {
  const clients = host.clients(target.region);
  const call = makeAccountCall(host, READING_MS);
  const notRead: string[] = [];
  const reading = async <Value>(permission: string, read: () => Promise<Value>): Promise<Value | null> => {
    try {
      return await read();
    } catch (error) {
      if (!isDeploymentError(error)) throw error;
      notRead.push(permission);
      return null;
    }
  };
  const [balancer] = world.loadBalancers;
  const application = balancer?.Type === 'application';
  const serving = world.from ?? world.service;
  const targetGroupArns = groupsNamedBy(serving);
  const traffic = application
    ? await reading(METRICS, () =>
        readLiveTraffic(clients.cloudWatch, call, {
          loadBalancerArn: balancer.LoadBalancerArn ?? '',
          targetGroupArns,
        }),
      )
    : null;
  const startMs = await reading('ecs:ListTasks and ecs:DescribeTasks', () =>
    readStartMs(clients.ecs, call, { ...target, service: serving.serviceName ?? target.service }),
  );
  return {
    seed: {
      requestsPerSecond:
        (atPeak ? traffic?.peakPerSecond : traffic?.requestsPerSecond) ?? DEFAULT_TRAFFIC.requestsPerSecond,
      ...(traffic === null || traffic.errorShare === 0 ? {} : { errorShare: traffic.errorShare }),
      ...(startMs === null ? {} : { startSeconds: Math.round(startMs / SECOND_MS) }),
    },
    assumed: [
      ...(traffic === null
        ? [
            `users send ${DEFAULT_TRAFFIC.requestsPerSecond} requests a second: ${whyNotCounted(balancer, notRead)}`,
          ]
        : ['users come in equal parts by all routes of the service: CloudWatch counts by target group']),
      ...startAssumed(startMs),
    ],
    notRead,
  };
};

const whyNotCounted = (
  balancer: WorldReads['loadBalancers'][number] | undefined,
  notRead: readonly string[],
): string => {
  if (balancer === undefined) return 'no load balancer sends any to its target groups';
  if (balancer.Type !== 'application') return 'a network load balancer counts no requests';
  return notRead.includes(METRICS)
    ? `they could not be counted without ${METRICS}`
    : 'no requests were counted for its target groups in two weeks';
};

const startAssumed = (startMs: number | null): string[] =>
  startMs === null
    ? ['a task starts as fast as most do: no running task tells how long it took']
    : [`the application listens 4s after its task is RUNNING, which takes ${formatDuration(startMs)}`];
