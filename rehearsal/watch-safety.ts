import { nameOf } from '../core/deployment/service-key.ts';
import { commandIn } from '../core/operator/command-limits.ts';
import { checkSnapshot } from '../core/safety/checks.ts';
import { checkEnd } from '../core/safety/convergence.ts';
import type { SafetyGroup, SafetyRoute, SafetyTaskSet, SafetyWrite } from '../core/safety/snapshot.ts';
import { type BareSnapshot, type SafetySnapshot, withMemory } from '../core/safety/snapshot.ts';
import type { Violation } from '../core/safety/violation.types.ts';
import type { Command } from '../core/vocabulary/command.types.ts';
import type { OutcomeKind } from '../core/vocabulary/ending.types.ts';
import type { WeightedGroup } from '../core/vocabulary/plan.types.ts';
import type { ApiCall } from '../sim/kernel/call.types.ts';
import { answeringOf } from '../sim/traffic/group-answers.ts';
import type { World } from '../sim/world.ts';
import type { Colours } from './colours.ts';
import { watchScaling } from './watch-scaling.ts';
import { watchTaskSets } from './watch-task-sets.ts';

/** Whose deployment is watched, and which groups are which. */
type SafetyContext = {
  serviceArn: string;
  /** The lease's. */
  serviceKey: string;
  deploymentId: string;
  colours(): Colours;
  /** As the plan has it; absent: the one that is PRIMARY now. */
  blueTaskSetId?: string;
  /** Which deployment made a call, where several of the service follow one another; absent: this one. */
  ownerOf?(call: ApiCall): string | undefined;
  /** The route of testers; absent or undefined: there is none. */
  testRoute?(): string | undefined;
  /** Of a request whose green grows with its weight; absent or undefined: it has full size. */
  headroom?(): number | undefined;
  /** The routes as the plan found them, which somebody may have changed since; absent: as they are now. */
  found?: readonly { arn: string; groups: readonly WeightedGroup[] }[];
};

export type SafetyWatch = {
  violations(): (Violation & { atMs: number })[];
  /**
   * To be called right before somebody else writes a listener. Unless the deployment reads its routes after that,
   * what it left is what it is judged by.
   */
  foreignWrite(): void;
  /** Checks convergence, invariant 6, once the execution has ended. */
  checkEnd(outcome: OutcomeKind | null): void;
  /** From now on another deployment changes the service. */
  stop(): void;
};

/** The calls that change what invariants 1 to 5 speak of, and where their input names the thing they change. */
const targetOfWrite: Record<string, (input: Record<string, unknown>) => unknown> = {
  ModifyRule: ({ RuleArn }) => RuleArn,
  ModifyListener: ({ ListenerArn }) => ListenerArn,
  CreateTaskSet: ({ clientToken }) => clientToken,
  UpdateTaskSet: ({ taskSet }) => taskSet,
  DeleteTaskSet: ({ taskSet }) => taskSet,
  UpdateServicePrimaryTaskSet: ({ primaryTaskSet }) => primaryTaskSet,
  DeleteService: ({ service }) => service,
};

/** The routes a read shows, of which the caller then knows what somebody else wrote. */
export const routesRead = ({ operation, input }: ApiCall, { elbv2 }: Pick<World, 'elbv2'>): string[] => {
  const { RuleArns, ListenerArns } = input as { RuleArns?: string[]; ListenerArns?: string[] };
  if (!['DescribeRules', 'DescribeListeners'].includes(operation)) return [];
  return (RuleArns ?? ListenerArns ?? []).map((arn) => elbv2.routeReadBy(arn));
};

/** `ecs-svc/123` where a task set's id or ARN is given; the ARN of a route stays whole. */
const writtenTo = (idOrArn: string): string => /ecs-svc\/\d+$/.exec(idOrArn)?.[0] ?? idOrArn;

/** Whether a write concerns the service: an account has others, whose deployments continue at the same time. */
const isOurs = (call: ApiCall, serviceArn: string, routes: SafetyRoute[]): boolean => {
  const { service, RuleArn, ListenerArn } = call.input as Record<string, unknown>;
  if (service !== undefined) return serviceArn.endsWith(`/${nameOf(String(service))}`);
  return routes.some(({ arn }) => arn === (RuleArn ?? ListenerArn));
};

const readsService = ({ input }: ApiCall, serviceArn: string): boolean => {
  const { service, services = [] } = input as { service?: string; services?: string[] };
  return [...services, ...(service === undefined ? [] : [service])].some((named) =>
    serviceArn.endsWith(`/${nameOf(named)}`),
  );
};

const snapshotMaker = (
  world: World,
  { serviceArn, serviceKey, deploymentId, colours, blueTaskSetId, testRoute, headroom }: SafetyContext,
  others: ReturnType<typeof watchTaskSets>,
  scaling: ReturnType<typeof watchScaling>,
  { unseen, theirs }: { unseen: ReadonlyMap<string, SafetyRoute>; theirs: ReadonlySet<string> },
) => {
  const { ecs, elbv2, dynamoDb, kernel } = world;
  const own = () => ecs.taskSetsOf(serviceArn);
  const initial = new Map(own().map((set) => [set.id, set.status]));

  const colourOfSet = (id: string, externalId: string | undefined): SafetyTaskSet['colour'] => {
    if (blueTaskSetId === undefined ? initial.get(id) === 'PRIMARY' : id === blueTaskSetId) return 'blue';
    return !others.isMade(id) && externalId === deploymentId ? 'green' : 'other';
  };
  const colourOfGroup = (arn: string): SafetyGroup['colour'] => {
    const { blue, green } = colours();
    if (arn === blue) return 'blue';
    return arn === green ? 'green' : 'other';
  };

  /** By the items' text: a write replaces it, and every event asks. */
  const parsed = new Map<string, Command[]>();
  const commandsIn = (commandJson: unknown): Command[] => {
    if (typeof commandJson !== 'string') return [];
    const commands = parsed.get(commandJson) ?? commandIn(JSON.parse(commandJson));
    parsed.set(commandJson, commands);
    return commands;
  };
  const accepted = (): Command[] => {
    const items = dynamoDb.partition(`deployment#${deploymentId}`);
    const record = items.find(({ sk }) => sk === 'record') ?? {};
    return items
      .flatMap(({ commandJson }) => commandsIn(commandJson))
      .filter(({ id }) => record[`accepted_${id}`] !== undefined);
  };

  return (lastWrite: SafetyWrite | null): BareSnapshot => {
    const sets = own();
    const ours = Object.values(colours()).filter((arn) => arn !== undefined);
    const routes = elbv2.routesNaming(ours);
    const arns = [
      ...new Set([...ours, ...routes.flatMap(({ groups }) => groups.map((group) => group.targetGroupArn))]),
    ];
    const lease = dynamoDb.item('leases', serviceKey);
    const times = headroom?.();
    return {
      atMs: kernel.scheduler.nowMs(),
      routes: routes.map(({ arn, label, groups, fingerprint }) => ({
        arn,
        label,
        groups,
        fingerprint,
        ...(arn === testRoute?.() ? { test: true } : {}),
        ...(unseen.has(arn) ? { unseen: true } : {}),
        ...(theirs.has(arn) ? { theirs: true } : {}),
      })),
      groups: arns.map((arn) => {
        const colour = colourOfGroup(arn);
        const set = sets.find(
          ({ id, externalId }) => colour !== 'other' && colourOfSet(id, externalId) === colour,
        );
        const { healthy, registered } = elbv2.registry.counts(arn);
        const answering = answeringOf(elbv2.dataPlane.targets(arn), kernel.scheduler.nowMs());
        return { arn, colour, healthy, registered, answering, wanted: set?.computedDesiredCount ?? 0 };
      }),
      taskSets: sets.map(({ id, externalId, status, scalePercent }) => ({
        id,
        colour: colourOfSet(id, externalId),
        externalId: externalId ?? null,
        status,
        scalePercent,
      })),
      scaling: scaling.now(),
      leaseHolder: typeof lease?.holder === 'string' ? lease.holder : null,
      abortNow: accepted().some(({ kind, now }) => kind === 'abort' && now === true),
      ...(times === undefined ? {} : { headroom: times }),
      firstDeployment: initial.size === 0,
      lastWrite,
    };
  };
};

const readCount = ({ kernel }: World, { colours }: SafetyContext) => ({
  changes: kernel.changes(),
  ...colours(),
});

/** Holds the world against core/safety/invariants.ts after every event; `broken` is called with the first violation. */
export const watchSafety = (
  world: World,
  context: SafetyContext,
  broken: (violation: Violation) => void,
): SafetyWatch => {
  const { kernel } = world;
  const others = watchTaskSets(world, context);
  const scaling = watchScaling(world, context.serviceKey);
  /** Routes as they were before a foreign write that nobody has read since. */
  const unseen = new Map<string, SafetyRoute>();
  /** Routes that somebody else wrote last. */
  const theirs = new Set<string>();
  const take = snapshotMaker(world, context, others, scaling, { unseen, theirs });
  const now = take(null);
  const start: BareSnapshot = {
    ...now,
    routes: now.routes.map((route) => ({
      ...route,
      groups: [...(context.found?.find(({ arn }) => arn === route.arn)?.groups ?? route.groups)],
    })),
  };
  /** What the last check saw: as long as it is the same another check would show the same. */
  let seen = readCount(world, context);
  const violations: (Violation & { atMs: number })[] = [];
  let before: SafetySnapshot = withMemory(null, now);
  let lastWrite: SafetyWrite | null = null;

  const report = (violation: Violation): void => {
    violations.push({ ...violation, atMs: kernel.scheduler.nowMs() });
    kernel.emit({
      kind: 'violation',
      what: `invariant ${violation.invariant} is broken: ${violation.message}`,
    });
    broken(violation);
  };
  const servedEnds = kernel.onServed((call: ApiCall, ok) => {
    const owner = context.ownerOf === undefined ? context.deploymentId : context.ownerOf(call);
    // What the next deployment of the service reads this one does not know, which may have ended.
    if (owner === undefined || owner === context.deploymentId)
      for (const arn of routesRead(call, world)) unseen.delete(arn);
    if (readsService(call, context.serviceArn)) others.read(call);
    if (ok) scaling.served(call);
    const targetOf = targetOfWrite[call.operation];
    if (!ok || targetOf === undefined) return;
    if (!isOurs(call, context.serviceArn, before.routes)) return;
    const target = writtenTo(String(targetOf(call.input as Record<string, unknown>)));
    lastWrite = {
      // A call that no Lambda makes is somebody else's.
      by: call.by === undefined ? 'foreign' : 'cutover',
      call: call.operation,
      target,
      ...(call.by === undefined ? {} : { step: call.by }),
      ...(owner === undefined ? {} : { deploymentId: owner }),
    };
    others.wrote(call, target, before);
    if (call.by === undefined) return;
    unseen.delete(target);
    theirs.delete(target);
  });
  const eventsEnd = kernel.onEvent(({ kind, data }) => {
    if (kind !== 'weights' || data?.by === 'cutover') return;
    lastWrite = { by: 'foreign', call: 'ModifyListener', target: String(data?.route) };
    theirs.add(lastWrite.target);
  });
  const checksEnd = kernel.scheduler.onSettled(() => {
    const next = readCount(world, context);
    const same = next.changes === seen.changes && next.blue === seen.blue && next.green === seen.green;
    if (same && lastWrite === null) return;
    seen = next;
    const after = withMemory(before, take(lastWrite));
    for (const violation of checkSnapshot(before, after)) report(violation);
    before = after;
    lastWrite = null;
    others.checked(after);
  });

  return {
    violations: () => violations,
    stop: () => {
      servedEnds();
      eventsEnd();
      checksEnd();
    },
    foreignWrite: () => {
      for (const route of take(null).routes) {
        if (!unseen.has(route.arn)) unseen.set(route.arn, route);
      }
    },
    checkEnd: (outcome) => {
      // A violation ended the run half-way: that it did not converge is no news.
      if (violations.length > 0) return;
      const end = take(null);
      const judged = {
        ...end,
        routes: end.routes.map((route) => unseen.get(route.arn) ?? route),
        // The next deployment's lease is its own affair.
        leaseHolder: end.leaseHolder === context.deploymentId ? end.leaseHolder : null,
      };
      for (const violation of checkEnd({
        start,
        end: judged,
        outcome,
        others: others.atEnd(start),
        ...(scaling.foreign() === undefined ? {} : { foreignScaling: scaling.foreign() ?? null }),
      }))
        report(violation);
    },
  };
};
