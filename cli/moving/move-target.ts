import { makeAlarms } from '../../aws/alarms.ts';
import { observeMove } from '../../aws/move-reads.ts';
import { performMove } from '../../aws/move-writes.ts';
import { readRouteTags } from '../../aws/route-tags.ts';
import { readAlarmsAbout, readDescribedService, readDescribedTaskDefinition } from '../../aws/world-reads.ts';
import { makeWriters } from '../../aws/writers.ts';
import type { ApiCall, MoveNames, MoveObservation } from '../../core/adoption/adoption.types.ts';
import { hourlyCost } from '../../core/adoption/cost.ts';
import type { MovePlan } from '../../core/adoption/move-plan.ts';
import { usersRoutes } from '../../core/adoption/roles.ts';
import type { RouteOwner, TaskFacts } from '../../core/adoption/surroundings.types.ts';
import { MINUTE_MS } from '../../core/clock.ts';
import { describeWriter } from '../../core/ending/writer.ts';
import { ownerOf } from '../../core/plan/preflight/route-owner.ts';
import type { Drift } from '../../core/vocabulary/drift.types.ts';
import { askWho } from '../../functions/name-the-writer.ts';
import { whyNotRehearsed } from '../../rehearsal/as-if-external.ts';
import { makeAccountCall } from '../account/account.ts';
import type { Host } from '../account/host.types.ts';

/** A shared load balancer has many rules and groups, which are read one after the other. */
const READING_MS = 2 * MINUTE_MS;

/** What one move reads and writes in an account, each time with a caller of its own that gives up. */
export const moveTarget = (host: Host, region: string | undefined, names: MoveNames) => {
  const clients = host.clients(region);
  const caller = () => makeAccountCall(host, READING_MS);
  return {
    observe: (): Promise<MoveObservation> => observeMove(clients, caller(), names),
    perform: (call: ApiCall, what: string): Promise<void> => performMove(clients, caller(), call, what),

    /** Who wrote it, as the end of a sentence; undefined where CloudTrail is not asked. */
    async whoWrote(drift: Drift | undefined): Promise<string | undefined> {
      if (drift === undefined || clients.cloudTrail === undefined) return undefined;
      return describeWriter(await askWho(drift, makeWriters(clients.cloudTrail, caller())));
    },

    async alarms(wanted: readonly string[]): Promise<{ red: string[]; gone: string[] }> {
      if (wanted.length === 0) return { red: [], gone: [] };
      const { alarms, missing } = await makeAlarms(clients.cloudWatch, caller()).read([...wanted]);
      return {
        red: alarms.filter(({ state }) => state === 'ALARM').map(({ name }) => name),
        gone: [...missing],
      };
    },

    /** Why no service of its kind can be moved, whatever its load balancer. */
    async whyNot() {
      const service = await readDescribedService(clients.ecs, caller(), {
        cluster: names.cluster,
        service: names.old,
      });
      // Of one that is not there, or that runs nothing, the observation says more.
      if (service.status !== 'ACTIVE') return [];
      const count = (service.loadBalancers ?? []).length;
      const several = {
        problem: `it is behind ${count} target groups`,
        hint: 'a task set takes one: split the service first',
      };
      return [...(count > 1 ? [several] : []), ...whyNotRehearsed({ ...service, desiredCount: 1 })];
    },

    /** Alarms that name the old service or its group. */
    async alarmsAbout(from: string | null): Promise<string[]> {
      const about = [
        `"Name":"ServiceName","Value":"${names.old}"`,
        ...(from === null ? [] : [from.split(':').at(-1) ?? from]),
      ];
      const found = await readAlarmsAbout(clients.cloudWatch, caller(), about, []);
      return [...found.metricAlarms, ...found.compositeAlarms].flatMap(({ AlarmName }) => AlarmName ?? []);
    },

    /** Who else writes the users' routes, as far as their tags say. */
    async owners(plan: MovePlan, observed: MoveObservation): Promise<RouteOwner[]> {
      const routes = usersRoutes(names, observed, plan.roles(observed));
      const tags = await readRouteTags(
        clients.elbv2,
        caller(),
        routes.map(({ arn }) => arn),
      );
      return routes.flatMap((route) => {
        const owner = ownerOf(route, tags.find(({ arn }) => arn === route.arn)?.tags ?? {});
        return owner === null ? [] : [{ label: route.label, ...owner }];
      });
    },

    /** What the running revision costs an hour, and asks of instances. */
    async tasks({ old }: MoveObservation): Promise<{ hourly: number | null; facts: TaskFacts }> {
      if (old === null || old.taskDefinition === null)
        return { hourly: null, facts: { fixedPorts: null, interfaces: false } };
      const definition = await readDescribedTaskDefinition(clients.ecs, caller(), old.taskDefinition);
      const { cpu, memory } = definition;
      const fargate = JSON.stringify(old.launch).includes('FARGATE');
      const number = (text: string | undefined) => (text === undefined ? null : Number(text));
      const size = { cpuUnits: number(cpu), memoryMib: number(memory), fargate };
      return { hourly: hourlyCost(old.desired, size), facts: factsOf(definition, fargate) };
    },
  };
};

type TaskDefinition = Awaited<ReturnType<typeof readDescribedTaskDefinition>>;

/** Fargate gives each task an instance of its own. */
const factsOf = ({ networkMode, containerDefinitions = [] }: TaskDefinition, fargate: boolean): TaskFacts => {
  const ports = containerDefinitions.flatMap(({ portMappings = [] }) =>
    portMappings.flatMap(({ containerPort, hostPort }) => {
      const port = networkMode === 'host' ? (hostPort ?? containerPort) : hostPort;
      return port === undefined || port === 0 ? [] : [port];
    }),
  );
  const onInstances = !fargate && networkMode !== 'awsvpc' && ports.length > 0;
  return {
    fixedPorts: onInstances ? ports.join(', ') : null,
    interfaces: !fargate && networkMode === 'awsvpc',
  };
};

export type MoveTarget = ReturnType<typeof moveTarget>;
