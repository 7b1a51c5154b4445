import { makeAlarms } from '../../aws/alarms.ts';
import type { Listener, Targets } from '../../aws/balancer-verbs.ts';
import { makeCall } from '../../aws/call.ts';
import type { Clients } from '../../aws/clients.ts';
import { type AcceptedCommand, sendCommand } from '../../aws/command-function.ts';
import { makeEcsServices } from '../../aws/ecs-service.ts';
import type { EcsServices, Scaling, TaskDefinitions } from '../../aws/ecs-verbs.ts';
import { readEnds } from '../../aws/ends.ts';
import { type Deployments, makeDeployments } from '../../aws/execution-history.ts';
import { makeExecutions } from '../../aws/executions.ts';
import { makeHookRuns } from '../../aws/hook-runs.ts';
import type { HookRuns } from '../../aws/hook-verbs.ts';
import { readIdentity } from '../../aws/identity.ts';
import { type Installation, readInstallation } from '../../aws/installation.ts';
import { makeLeases, readServices } from '../../aws/lease.ts';
import { makeListener } from '../../aws/listener.ts';
import type { Alarms, TrafficMetrics } from '../../aws/metric-verbs.ts';
import { makeRecord } from '../../aws/record.ts';
import { makeScaling } from '../../aws/scaling.ts';
import { makeSeriesStore } from '../../aws/series.ts';
import { readThere } from '../../aws/services-there.ts';
import type { DeploymentRecord, Leases, SeriesStore } from '../../aws/store-verbs.ts';
import { observeSurroundings, type SurroundingsClients } from '../../aws/surroundings.ts';
import { makeTargets } from '../../aws/targets.ts';
import {
  makeTaskDefinitionDocuments,
  type TaskDefinitionDocuments,
} from '../../aws/task-definition-documents.ts';
import { makeTaskDefinitions } from '../../aws/task-definitions.ts';
import { makeTrafficMetrics } from '../../aws/traffic-metrics.ts';
import type { Executions, Writers } from '../../aws/workflow-verbs.ts';
import { makeWriters } from '../../aws/writers.ts';
import { paced, SECOND_MS } from '../../core/clock.ts';
import { isDeploymentError } from '../../core/errors.ts';
import type { CommandKind } from '../../core/vocabulary/command.types.ts';
import type { StoredEnd } from '../../core/vocabulary/history.types.ts';
import type { PlanObservation } from '../../core/vocabulary/observation.types.ts';
import type { DeploymentRequest } from '../../core/vocabulary/request.types.ts';
import type { Surroundings } from '../../core/vocabulary/surroundings.types.ts';
import type { Host } from './host.types.ts';

/** What the command line may do in an account. Nothing here writes to ECS or the load balancer but a new revision. */
export type Verbs = {
  alarms: Alarms;
  deployments: Deployments;
  ecsServices: EcsServices;
  executions: Pick<Executions, 'start'>;
  hookRuns: Pick<HookRuns, 'read'>;
  leases: Pick<Leases, 'read'>;
  listener: Listener;
  record: Pick<DeploymentRecord, 'read' | 'readDecisions'>;
  /** Of what scales a service; absent: it cannot be read. */
  suspension?: Pick<Scaling, 'readSuspended'>;
  series: Pick<SeriesStore, 'read'>;
  trafficMetrics: TrafficMetrics;
  targets: Targets;
  taskDefinitions: TaskDefinitions;
  documents: TaskDefinitionDocuments;
  /** Absent: nobody can be asked. */
  writers?: Writers;
};

export type Account = {
  host: Host;
  clients: Clients;
  installation: Installation;
  /** For one piece of work that gives up after `limitMs`; an aborted signal ends it at once. */
  verbs(limits?: { limitMs?: number; signal?: AbortSignal }): Verbs & WriteVerbs;
};

type WriteVerbs = {
  /** What lies around the service, as far as the caller may read. */
  surroundings(observed: PlanObservation, request: DeploymentRequest): Promise<Surroundings>;
  command(
    kind: CommandKind,
    target: { cluster: string; service: string },
    why: Why,
  ): Promise<AcceptedCommand>;
  identity(): Promise<string>;
  /** How the service's deployments ended, newest first; who has read enough reads no further. */
  ends(serviceKey: string, page?: number): AsyncGenerator<StoredEnd>;
  /** Every service that this installation has deployed. */
  services(): ReturnType<typeof readServices>;
  /** Those of these services that have not been deleted. */
  there(cluster: string, services: readonly string[]): Promise<Set<string>>;
};

type Why = { by: string; reason: string; id: string; now?: boolean };

/** Enough for a throttled call's retries. A person would give up on a silent command not much later. */
const LIMIT_MS = 30 * SECOND_MS;

export const makeAccountCall = (host: Host, limitMs = LIMIT_MS, signal = new AbortController().signal) =>
  makeCall({
    clock: host.clock,
    random: host.random,
    signal,
    deadlineMs: host.clock.nowMs() + limitMs,
    log: () => {},
  });

/** Finds the installation; every command for a real account begins with it. */
export const openAccount = async (
  real: Host,
  where: { region: string | undefined; installation: string },
): Promise<Account> => {
  const clients = real.clients(where.region);
  const installation = await readInstallation(clients.ssm, makeAccountCall(real), where.installation);
  return accountWith(real, clients, installation, where.installation);
};

/** For what only describes: nothing of Cutover has to be installed, and then there is no lease to read. */
export const openForReading = async (
  host: Host,
  where: { region: string | undefined; installation: string },
): Promise<{ account: Account; installed: boolean }> => {
  try {
    return { account: await openAccount(host, where), installed: true };
  } catch (error) {
    if (!isDeploymentError(error, 'NotFound') && !isDeploymentError(error, 'AccessDenied')) throw error;
    return { account: accountWith(host, host.clients(where.region), NOWHERE), installed: false };
  }
};

const NOWHERE: Installation = { stateMachineArn: '', tableName: '', eventBusName: '', commandFunction: '' };

const accountWith = (
  real: Host,
  clients: Clients,
  installation: Installation,
  installationName?: string,
): Account => {
  const { pace } = installation;
  // The times that a local world gives are those of its own clock.
  const host = pace === undefined ? real : { ...real, clock: paced(real.clock, pace) };
  return {
    host,
    clients,
    installation,
    verbs: ({ limitMs, signal } = {}) => {
      const call = makeAccountCall(host, limitMs, signal);
      const { tableName, commandFunction, commandsByAlias: byAlias = false } = installation;
      return {
        alarms: makeAlarms(clients.cloudWatch, call),
        series: makeSeriesStore(clients.dynamoDb, call, tableName),
        trafficMetrics: makeTrafficMetrics(clients.cloudWatch, call),
        deployments: makeDeployments(clients.stepFunctions, call),
        ecsServices: makeEcsServices(clients.ecs, call),
        executions: makeExecutions(clients.stepFunctions, call),
        hookRuns: makeHookRuns(clients.dynamoDb, call, tableName),
        leases: makeLeases(clients.dynamoDb, call, tableName),
        listener: makeListener(clients.elbv2, call),
        record: makeRecord(clients.dynamoDb, call, tableName),
        targets: makeTargets(clients.elbv2, call),
        taskDefinitions: makeTaskDefinitions(clients.ecs, call),
        documents: makeTaskDefinitionDocuments(clients.ecs, call),
        ...(clients.applicationAutoScaling === undefined
          ? {}
          : { suspension: makeScaling(clients.applicationAutoScaling, call) }),
        ...(clients.cloudTrail === undefined ? {} : { writers: makeWriters(clients.cloudTrail, call) }),
        command: (command, { cluster, service }, why) =>
          sendCommand(
            clients.lambda,
            call,
            { functionName: commandFunction, byAlias },
            { cluster, service, command, ...why },
          ),
        surroundings: (observed, request) =>
          observeSurroundings(surroundingsClients(clients, installationName), call, observed, request),
        identity: () => readIdentity(clients.sts, call),
        ends: (serviceKey, page) => readEnds(clients.dynamoDb, call, tableName, serviceKey, page),
        services: () => readServices(clients.dynamoDb, call, tableName),
        there: (cluster, services) => readThere(clients.ecs, call, cluster, services),
      };
    },
  };
};

const surroundingsClients = (clients: Clients, installation: string | undefined): SurroundingsClients => ({
  securityGroups: clients.ec2,
  subnets: clients.ec2,
  images: clients.ecr,
  scaling: clients.applicationAutoScaling,
  protection: clients.ecs,
  owners: clients.elbv2,
  allowedHooks: installation === undefined ? undefined : { client: clients.ssm, installation },
});
