import type { DescribedExecution, StateEvent } from '../../aws/execution-history.ts';
import type { HookRuns } from '../../aws/hook-verbs.ts';
import type { LeaseItem, StoredDeployment } from '../../aws/store-verbs.ts';
import type { HookRun } from '../../core/vocabulary/hooks.types.ts';
import type { DeploymentState, Failure } from '../../core/vocabulary/state.types.ts';
import type { Account } from '../account/account.ts';
import { makeScalingWatch, type ScalingSeen } from './scaling.ts';

/** Which deployment is watched. */
export type Watched = { deploymentId: string; serviceKey: string; executionArn: string };

/** The workflow's state, as far as it has come. */
export type Slices = Partial<DeploymentState>;

/** A state that was entered or left since the last poll, or a try that failed. */
export type News = Omit<StateEvent, 'data' | 'kind'> & { executionArn: string } & (
    | { kind: 'entered'; slices: Slices }
    | { kind: 'left'; slices: Slices }
    | { kind: 'failed'; failure: Failure }
  );

export const newsOf = ({ data, ...event }: StateEvent, executionArn: string): News => {
  const { kind, ...about } = event;
  return kind === 'failed'
    ? { ...about, kind, executionArn, failure: JSON.parse(data) as Failure }
    : { ...about, kind, executionArn, slices: JSON.parse(data) as Slices };
};

/** The state it is in, as far as these tell. */
export const enteredLast = (news: readonly News[]): Snapshot['current'] => {
  const entered = news.findLast((one) => one.kind === 'entered');
  return entered === undefined
    ? null
    : { state: entered.state, sinceMs: entered.atMs, slices: entered.slices };
};

/** One observation of a deployment: what Step Functions and the record say. */
export type Snapshot = Watched & {
  nowMs: number;
  execution: DescribedExecution | null;
  record: StoredDeployment | null;
  /** Runs of its hooks; of a plan without hooks none is read. */
  hookRuns: HookRun[];
  /** How what the deployment suspended stands; absent: nothing is, it is over, or it cannot be read. */
  scaling?: ScalingSeen;
  /** Read only when the execution has ended and the record has not: who continues with it. */
  lease: LeaseItem | null;
  /** The state it was last seen to enter, and when; null before the first. */
  current: { state: string; sinceMs: number; slices: Slices } | null;
  news: News[];
};

export const hookRunsOf = async (
  record: StoredDeployment | null,
  deploymentId: string,
  hookRuns: Pick<HookRuns, 'read'>,
): Promise<HookRun[]> => (record?.plan?.hooks === undefined ? [] : hookRuns.read(deploymentId));

/** When the deployment has suspended what scales the service, as far as its state tells. */
const scalingAt = (record: StoredDeployment | null, current: Snapshot['current']) => ({
  // Once the record is closed it is nobody's but the outcome's to say.
  plan: record?.outcome == null ? (record?.plan ?? null) : null,
  attachedAtMs: current?.slices.attached === undefined ? undefined : current.slices.lease?.acquiredAtMs,
  ending: current?.state === 'RecordOutcome',
});

/**
 * Observes a deployment again and again. When its execution ended half-way and the sweep's recovery has taken it
 * over, the recovery is observed from then on. A poll that fails changes nothing: the next one sees what this one
 * missed.
 */
export const makeWatcher = (account: Account, { deploymentId, serviceKey, executionArn }: Watched) => {
  let arn = executionArn;
  let lastEventId = 0;
  let current: Snapshot['current'] = null;
  const scalingNow = makeScalingWatch();

  const observe = async (signal?: AbortSignal): Promise<Snapshot> => {
    const verbs = account.verbs(signal === undefined ? {} : { signal });
    const { deployments, record, leases, hookRuns } = verbs;
    // The record first: when it is closed, the history read after it has the end as well.
    let stored = await record.read(deploymentId);
    const execution = await deployments.describe(arn);
    const events = execution === null ? [] : await deployments.statesSince(arn, lastEventId, current?.state);
    const news = events.map((event) => newsOf(event, arn));

    const over = execution !== null && execution.status !== 'RUNNING';
    // It may have been closed between the two reads: an execution that ended well must not resemble a stopped one.
    if (over && (stored?.outcome ?? null) === null) stored = await record.read(deploymentId);
    const lease = over && (stored?.outcome ?? null) === null ? await leases.read(serviceKey) : null;
    const runs = await hookRunsOf(stored, deploymentId, hookRuns);
    const seen = {
      deploymentId,
      serviceKey,
      executionArn: arn,
      execution,
      record: stored,
      lease,
      hookRuns: runs,
    };

    lastEventId = news.at(-1)?.id ?? lastEventId;
    current = enteredLast(news) ?? current;
    if (lease?.holder === deploymentId && lease.executionArn !== undefined && lease.executionArn !== arn) {
      arn = lease.executionArn;
      lastEventId = 0;
    }
    const nowMs = account.host.clock.nowMs();
    const scaling = await scalingNow({ ...scalingAt(stored, current), nowMs }, verbs);
    return { ...seen, ...(scaling === null ? {} : { scaling }), nowMs, current, news };
  };
  return { observe };
};
