import { MINUTE_MS } from '../../core/clock.ts';
import { recoveryPrefixOf } from '../../core/ending/recovery.ts';
import { DeploymentError, isDeploymentError } from '../../core/errors.ts';
import { endIn } from '../../core/history/chain.ts';
import { shownHooks } from '../../core/hooks/evidence.ts';
import { isObject } from '../../core/is-object.ts';
import type { Plan } from '../../core/vocabulary/plan.types.ts';
import { sha256 } from '../../functions/identify.ts';
import { type Difference, differences } from '../../report/document-diff.ts';
import { countOf, type Remembered, type Said } from '../../report/from-deployment.ts';
import {
  enteredLast,
  hookRunsOf,
  type News,
  newsOf,
  type Snapshot,
  type Watched,
} from '../watch/snapshot.ts';
import { type Entry, makeTimeline } from '../watch/timeline.ts';
import { endedOf, viewOf } from '../watch/view.ts';
import type { Account, Verbs } from './account.ts';
import { usersTraffic } from './users-traffic.ts';
import { withWriter } from './who-wrote.ts';

/** A long history is thousands of events, twenty a page, and its API allows some ten pages a second. */
const LIMIT_MS = 10 * MINUTE_MS;

/** Executions read for the recoveries of one deployment; those of the other services are among them. */
const LISTED = 200;

/** The sweep starts a few for a deployment that stays stuck; more say nothing new. */
const MOST_RECOVERIES = 10;

/** Reads everything there is about one deployment, running or ended. */
export const rememberedDeployment = async (account: Account, watched: Watched): Promise<Remembered> => {
  const verbs = account.verbs({ limitMs: LIMIT_MS });
  const record = await recordOf(account, watched);
  const decisions = await verbs.record.readDecisions(watched.deploymentId);
  const hookRuns = await hookRunsOf(record, watched.deploymentId, verbs.hookRuns);
  const chain = await executionsOf(account, verbs, watched.executionArn);
  const [first] = chain;
  if (first === undefined) {
    throw new DeploymentError(
      'NotFound',
      `expected the execution ${watched.executionArn}, found none: Step Functions forgets executions ` +
        '90 days after their end. The command history lists those that it knows',
    );
  }

  const nowMs = account.host.clock.nowMs();
  const snapshots = chain.map(
    ({ execution, news }): Snapshot => ({
      ...watched,
      executionArn: execution.arn,
      nowMs,
      execution,
      record,
      hookRuns,
      lease: null,
      current: enteredLast(news),
      news,
    }),
  );
  const last = snapshots.at(-1) as Snapshot;
  const ended = endedOf(last);
  const timeline = makeTimeline();
  const input: unknown = JSON.parse(first.execution.input);
  const plan = record?.plan ?? null;
  return {
    ...watched,
    startedAtMs: first.execution.startedAtMs,
    nowMs,
    ended: ended === null ? null : { ...ended, kind: ended.kind === 'aborted' ? 'rolledBack' : ended.kind },
    standing: standingOf(last),
    request: isObject(input) ? textsIn(input, ['taskDefinition', 'startedBy']) : {},
    plan,
    decisions,
    commands: record?.commands ?? [],
    hooks: shownHooks(hookRuns),
    said: [
      ...snapshots.flatMap((snapshot) => timeline.entriesOf(snapshot)).map(saidOf),
      ...snapshots.flatMap(({ news }) => news.flatMap(targetsRead)),
    ].sort((a, b) => a.atMs - b.atMs),
    difference: await differenceOf(verbs, plan),
    traffic: await usersTraffic(account, plan, {
      startedAtMs: first.execution.startedAtMs,
      untilMs: ended?.endedAtMs ?? nowMs,
    }),
    end: ended === null ? null : await endOf(account, watched),
  };
};

/** With who wrote what it found changed, which its end could not always name. */
const recordOf = async (account: Account, { deploymentId }: Watched): Promise<Snapshot['record']> => {
  const record = await account.verbs({ limitMs: LIMIT_MS }).record.read(deploymentId);
  if (record === null || record.outcome === null) return record;
  return { ...record, outcome: await withWriter(account, record.outcome) };
};

/** Null for one of a release that kept no history, and of one that is stuck. */
const endOf = async (account: Account, { serviceKey, deploymentId }: Watched): Promise<Remembered['end']> => {
  for await (const stored of account.verbs().ends(serviceKey)) {
    const end = endIn(stored);
    if (end?.deploymentId === deploymentId)
      return { number: end.number, digest: stored.digest, previous: end.previous };
  }
  return null;
};

type Executed = { execution: NonNullable<Snapshot['execution']>; news: News[] };

/** The execution, and the recoveries that took it over, oldest first; their names say of what they are. */
const executionsOf = async (account: Account, verbs: Verbs, executionArn: string): Promise<Executed[]> => {
  const first = await executed(verbs, executionArn);
  if (first === null) return [];
  const { status } = first.execution;
  if (status === 'RUNNING' || status === 'SUCCEEDED') return [first];

  const listed = await verbs.deployments.list(account.installation.stateMachineArn, LISTED);
  const chain = [first];
  for (const of of chain) {
    if (chain.length > MOST_RECOVERIES) break;
    const prefix = recoveryPrefixOf(of.execution.arn, sha256);
    const recoveries = listed.filter(({ name }) => name.startsWith(prefix)).reverse();
    for (const { arn } of recoveries) {
      const recovery = await executed(verbs, arn);
      if (recovery !== null) chain.push(recovery);
    }
  }
  return chain;
};

const executed = async ({ deployments }: Verbs, arn: string): Promise<Executed | null> => {
  const execution = await deployments.describe(arn);
  if (execution === null) return null;
  const states = await deployments.statesSince(arn, 0);
  return { execution, news: states.map((state) => newsOf(state, arn)) };
};

const standingOf = (last: Snapshot): string => {
  const { doing, why } = viewOf(last);
  return why === '' ? doing : `${doing}: ${why}`;
};

const saidOf = (entry: Entry): Said => {
  const { atMs, what, why } = entry;
  const said = { atMs, what, why };
  if (entry.type === 'weights') {
    const routes = entry.routes.map(({ route, green }) => ({ route, green }));
    return { ...said, kind: 'step', state: entry.state, routes };
  }
  if (entry.type === 'step') return { ...said, kind: 'step', state: entry.state };
  // Of a try that failed a report keeps the same as of a step that did; a deployment in an account is no rehearsal.
  const failed = entry.type === 'retry' || entry.type === 'rehearsed';
  return { ...said, kind: failed ? 'failure' : entry.type };
};

/** How green got healthy, and what a rollback found: for the chart alone, the sentences say it already. */
const targetsRead = (news: News): Said[] => {
  if (news.kind !== 'left') return [];
  const { atMs, state, slices } = news;
  const { ready, rolledBack } = slices;
  const reading = { atMs, kind: 'reading', what: '', why: '' } as const;
  if (state === 'CheckGreen' && ready !== undefined)
    return [{ ...reading, green: { healthy: ready.healthyTargets, of: ready.wanted } }];
  if (state !== 'RollBack' || rolledBack?.evidence === undefined) return [];
  const { blue, green } = rolledBack.evidence;
  return [{ ...reading, targets: { blue: countOf(blue), green: countOf(green) } }];
};

/** Null rather than no report, when a revision is gone or may not be read. */
const differenceOf = async (
  { documents }: Pick<Verbs, 'documents'>,
  plan: Plan | null,
): Promise<Difference[] | null> => {
  if (plan === null || plan.blue === null) return null;
  try {
    const [before, after] = await Promise.all([
      documents.read(plan.blue.taskDefinitionArn),
      documents.read(plan.green.taskDefinitionArn),
    ]);
    return differences(before.document, after.document);
  } catch (error) {
    if (!isDeploymentError(error)) throw error;
    return null;
  }
};

const textsIn = (fields: Record<string, unknown>, names: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    names.flatMap((name) => {
      const value = fields[name];
      return typeof value === 'string' ? [[name, value]] : [];
    }),
  );
