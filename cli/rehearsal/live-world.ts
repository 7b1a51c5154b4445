import {
  isBeingDeployed,
  readAroundGroups,
  readDescribedService,
  readDescribedTaskDefinition,
  routesBehind,
  type WorldReads,
} from '../../aws/world-reads.ts';
import { readWorldSurroundings } from '../../aws/world-surroundings.ts';
import { nameOf } from '../../core/deployment/service-key.ts';
import { isDeploymentError } from '../../core/errors.ts';
import { isObject } from '../../core/is-object.ts';
import type { TaskDefinitionDocument } from '../../core/plan/task-definition-document.ts';
import type { Fields } from '../../core/request/read-field.ts';
import { asIfExternal, groupsNamedBy, whyNotRehearsed } from '../../rehearsal/as-if-external.ts';
import { worldFileOf } from '../../rehearsal/world-file.ts';
import { makeAccountCall } from '../account/account.ts';
import { alarmsFor } from '../account/found-service.ts';
import { holderIfKnown } from '../account/holder.ts';
import type { Host } from '../account/host.types.ts';
import { orNearest } from '../account/not-there.ts';
import type { Target } from '../account/target.ts';
import { UsageError } from '../usage-error.ts';
import { READING_MS, readTraffic } from './live-traffic.ts';

type TaskDefinition = WorldReads['taskDefinitions'][number];

export type LiveWorld = {
  /** A world as one file. */
  file: Record<string, unknown>;
  /** A request for it. */
  request: Fields;
};

export type Wanted = {
  target: Target;
  /** Fields of the request as cutover.yaml and the options have them. */
  fields: Fields;
  /** family:revision or ARN of the new version, or what has yet to be registered; null: one like what runs. */
  taskDefinition: string | TaskDefinitionDocument | null;
  /** The busiest five minutes' traffic instead of the median's. */
  atPeak: boolean;
};

/**
 * Reads a service of the account, as a world and a request for a rehearsal. Needs describe rights and no
 * installation.
 */
export const readLiveWorld = async (host: Host, wanted: Wanted): Promise<LiveWorld> => {
  const { target, fields } = wanted;
  const clients = host.clients(target.region);
  const call = makeAccountCall(host, READING_MS);
  const service = await orNearest(host, target, readDescribedService(clients.ecs, call, target));
  const from = await readFrom(service, fields, (name) =>
    readDescribedService(clients.ecs, call, { cluster: target.cluster, service: name }),
  );
  const serving = from ?? service;
  const why = whyNotRehearsed(serving);
  if (why.length > 0) {
    const all = (of: 'problem' | 'hint') => why.map((reason) => reason[of]).join('; ');
    throw notRehearsed(target, all('problem'), all('hint'));
  }
  if (await isBeingDeployed(clients.ecs, call, serving)) {
    throw notRehearsed(target, 'ECS is deploying it at this moment', 'wait until it is done, and ask again');
  }
  const holder = await holderIfKnown(host, target);
  if (holder !== null) {
    const hint = `\`cutover status ${target.words}\` shows how far it is; ask again when it has ended`;
    throw notRehearsed(target, `${holder} is deploying it at this moment`, hint);
  }

  const named = alarmNames(fields);
  const groups = groupsNamedBy(serving);
  const around = await readAroundGroups(clients, call, [...groups, ...greenBeside(from, fields)], named);
  const taskDefinitions = await Promise.all(
    definitionsOf(serving).map((name) => readDescribedTaskDefinition(clients.ecs, call, name)),
  );
  const beside = from === undefined ? {} : { from };
  const moved = asIfExternal({ service, ...beside, taskDefinitions, ...around });
  if (!moved.ok) throw notRehearsed(target, moved.problem, moved.hint);

  const assumed = [...moved.assumed];
  const next = await nextRevision(wanted, taskDefinitions[0], (name) =>
    readDescribedTaskDefinition(clients.ecs, call, name),
  );
  assumed.push(...next.assumed);
  const ofHooks = await readOfHooks(fields, (name) => readDescribedTaskDefinition(clients.ecs, call, name));
  const definitions = [...taskDefinitions, ...next.added, ...ofHooks];
  const world: WorldReads = { ...moved.world, taskDefinitions: onceEach(definitions) };
  const traffic = await readTraffic(host, wanted, world);
  assumed.push(...traffic.assumed);
  const guards = named.length > 0 ? { alarms: fields.alarms, assumed: [] } : guardsOf(world, groups);
  assumed.push(...guards.assumed);
  const { around: besides, notRead } = await readWorldSurroundings(clients, call, {
    service: serving,
    definitions: world.taskDefinitions,
    loadBalancers: world.loadBalancers,
    routes: routesBehind(world, groups),
  });
  return {
    file: worldFileOf(world, besides, traffic.seed, {
      of: `${nameOf(target.cluster)}/${nameOf(target.service)}`,
      readAt: new Date(host.clock.nowMs()).toISOString(),
      assumed,
      notRead: [...notRead, ...traffic.notRead],
    }),
    request: {
      ...fields,
      cluster: nameOf(service.clusterArn ?? target.cluster),
      service: nameOf(service.serviceName ?? target.service),
      taskDefinition: next.name,
      ...(guards.alarms === undefined ? {} : { alarms: guards.alarms }),
    },
  };
};

/** On its first deployment alone: a service that has users of its own takes over nobody's. */
const readFrom = async (
  service: WorldReads['service'],
  { from }: Fields,
  read: (name: string) => Promise<WorldReads['service']>,
): Promise<WorldReads['service'] | undefined> =>
  isObject(from) && typeof from.service === 'string' && (service.taskSets ?? []).length === 0
    ? read(from.service)
    : undefined;

/** The group that takes the users over is in no route of theirs yet. */
const greenBeside = (from: unknown, { greenTargetGroup }: Fields): string[] =>
  from !== undefined && typeof greenTargetGroup === 'string' ? [greenTargetGroup] : [];

const notRehearsed = ({ words }: Target, problem: string, hint: string): UsageError =>
  new UsageError(`${words} cannot be rehearsed: ${problem}`, { hint });

/** What serves first; of the other task sets too, which a deployment that runs or was cut short has. */
const definitionsOf = ({ taskSets = [], taskDefinition }: WorldReads['service']): string[] => {
  const serving = taskSets.find(({ status }) => status === 'PRIMARY')?.taskDefinition ?? taskDefinition;
  const all = [serving, ...taskSets.map((set) => set.taskDefinition)];
  return [...new Set(all.filter((name) => name !== undefined))];
};

const alarmNames = ({ alarms }: Fields): string[] => {
  const names: unknown = Array.isArray(alarms) ? alarms : (alarms as { names?: unknown } | undefined)?.names;
  return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
};

/** Those that hooks run and that are not green's. One that is not there is left out: preflight names it. */
const readOfHooks = async (
  { hooks }: Fields,
  read: (name: string) => Promise<TaskDefinition>,
): Promise<TaskDefinition[]> => {
  const found: TaskDefinition[] = [];
  for (const hook of Array.isArray(hooks) ? hooks : []) {
    const name: unknown = isObject(hook) && isObject(hook.task) ? hook.task.taskDefinition : undefined;
    if (typeof name !== 'string' || name === 'green') continue;
    try {
      found.push(await read(name));
    } catch (error) {
      if (!isDeploymentError(error, 'NotFound')) throw error;
    }
  }
  return found;
};

const onceEach = (definitions: readonly TaskDefinition[]): TaskDefinition[] => [
  ...new Map(definitions.map((one) => [one.taskDefinitionArn, one])).values(),
];

/** The version to rehearse has to be another than what runs, or it would behave as that does. */
const nextRevision = async (
  { taskDefinition, target }: Wanted,
  running: TaskDefinition | undefined,
  read: (name: string) => Promise<TaskDefinition>,
): Promise<{ name: string; added: TaskDefinition[]; assumed: string[] }> => {
  const given = typeof taskDefinition === 'string' ? await read(taskDefinition) : undefined;
  if (given !== undefined && given.taskDefinitionArn !== running?.taskDefinitionArn) {
    return { name: given.taskDefinitionArn ?? '', added: [given], assumed: [] };
  }
  if (running === undefined) {
    throw notRehearsed(
      target,
      'nothing of it runs',
      'name the version with --task-definition FAMILY:REVISION',
    );
  }
  const revision = (await newestRevision(running, read)) + 1;
  const arn = (running.taskDefinitionArn ?? '').replace(/:\d+$/, `:${revision}`);
  if (taskDefinition !== null && typeof taskDefinition !== 'string') {
    const added = { ...taskDefinition, revision, taskDefinitionArn: arn, status: 'ACTIVE' as const };
    return {
      name: arn,
      added: [added],
      assumed: [`${running.family}:${revision} is registered from the file`],
    };
  }
  return {
    name: arn,
    added: [{ ...running, revision, taskDefinitionArn: arn }],
    assumed: [
      `the new version ${running.family}:${revision} has the same task definition as ` +
        `${running.family}:${running.revision}`,
    ],
  };
};

/** The family may have newer revisions than the one that runs; they are not what is rehearsed. */
const newestRevision = async (
  { family = '', revision = 0 }: TaskDefinition,
  read: (name: string) => Promise<TaskDefinition>,
): Promise<number> => {
  try {
    return Math.max(revision, (await read(family)).revision ?? 0);
  } catch (error) {
    // All of the family may be deregistered while one of them still runs.
    if (!isDeploymentError(error, 'NotFound')) throw error;
    return revision;
  }
};

/** As cutover init would write them. */
const guardsOf = (world: WorldReads, groups: readonly string[]): { alarms?: string[]; assumed: string[] } => {
  const dimensions = groups.map((arn) => arn.split(':').at(-1) ?? arn);
  const names = alarmsFor(dimensions, [
    ...world.metricAlarms.map(({ AlarmName = '', Dimensions, Metrics }) => ({
      name: AlarmName,
      kind: 'metric' as const,
      about: JSON.stringify([Dimensions, Metrics]),
    })),
    ...world.compositeAlarms.map(({ AlarmName = '', AlarmRule = '' }) => ({
      name: AlarmName,
      kind: 'composite' as const,
      about: AlarmRule,
    })),
  ]);
  if (names.length === 0) return { assumed: [] };
  return {
    alarms: names,
    assumed: [`the deployment watches ${names.join(', ')}, which are about its target groups`],
  };
};
