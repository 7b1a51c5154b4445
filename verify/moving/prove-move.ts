import type { MoveObservation } from '../../core/adoption/adoption.types.ts';
import { calledActions } from '../../core/adoption/rights.ts';
import { shareIn, usersRoutes } from '../../core/adoption/roles.ts';
import { MINUTE_MS } from '../../core/clock.ts';
import type { ApiCall, CallFault } from '../../sim/kernel/call.types.ts';
import { type MovedAccount, movedAccount, type SeenCall } from './moved-account.ts';
import type { Origin } from './origins.ts';

/** What a person does when the command was stopped by a fault. */
type Reaction = 'again' | 'undo';

export type MovePoint = { index: number; write: boolean; name: string; goal: string };

/** `next`: what happens next. */
export type MoveVerdict = { point: MovePoint; fault: CallFault; next: string; problems: string[] };

const isWrite = ({ operation }: Pick<ApiCall, 'operation'>): boolean => !/^(Describe|List)/.test(operation);

/** More processes than a fault can stop: the one that meets it, and the next. */
const MOST_PROCESSES = 4;

/** A write of which nothing may be found before the last command: it takes away what was there before the move. */
const deletesOfTheUser = (account: MovedAccount): string[] => {
  const { names, seen } = account;
  const before = new Set(seedArns(account));
  return seen
    .filter(({ goal, call }) => goal !== 'finish' && isDeletion(call, names.old, before))
    .map(({ call }) => `${call.operation} of the user's before the last command`);
};

const seeds = new WeakMap<MovedAccount, string[]>();
const seedArns = (account: MovedAccount): string[] => seeds.get(account) ?? [];

const isDeletion = ({ operation, input }: ApiCall, old: string, before: ReadonlySet<string>): boolean => {
  const { service, desiredCount, RuleArn, TargetGroupArn, ResourceId } = input as Record<string, unknown>;
  if (operation === 'DeleteService' || operation === 'DeleteTaskSet') return service === old;
  if (operation === 'UpdateService') return service === old && desiredCount === 0;
  if (operation === 'DeleteAlarms') return JSON.stringify(input).includes('shop-cpu-high"');
  if (operation === 'DeleteRule') return before.has(`${RuleArn}`);
  if (operation === 'DeleteTargetGroup') return before.has(`${TargetGroupArn}`);
  return operation === 'DeregisterScalableTarget' && `${ResourceId}`.endsWith(`/${old}`);
};

/** Users are given to the new service only where enough of it is healthy at that moment. */
const watchShares = (account: MovedAccount, problems: string[]): void => {
  const { world } = account;
  let before = world.elbv2.routes();
  world.kernel.onServed((call, ok) => {
    if (!ok || !['ModifyRule', 'ModifyListener'].includes(call.operation)) return;
    const after = world.elbv2.routes();
    for (const route of after) {
      const old = before.find(({ arn }) => arn === route.arn);
      const total = route.groups.reduce((sum, { weight }) => sum + weight, 0);
      for (const { targetGroupArn, weight } of route.groups) {
        const was = old?.groups.find((one) => one.targetGroupArn === targetGroupArn)?.weight ?? 0;
        const { healthy } = world.elbv2.registry.counts(targetGroupArn);
        if (weight > was && total > 0 && healthy === 0)
          problems.push(
            `${route.label} gives users to ${targetGroupArn.split('/')[1]}, which has no healthy target`,
          );
      }
    }
    before = after;
  });
};

/** All of it but the least number of tasks, which the service's own schedule writes meanwhile. */
const scalingText = ({ scaling }: MoveObservation): string =>
  JSON.stringify(scaling.old, (key, value) => (key === 'minCapacity' ? undefined : value));

/** Names and actions of the user's alarms and of the copies that a move makes of them. */
const alarmsText = ({ alarms }: MoveObservation): string =>
  JSON.stringify(alarms.map(({ name, input }) => [name, input.AlarmActions]));

const routesText = (account: MovedAccount): string =>
  JSON.stringify(
    account.world.elbv2
      .routes()
      .map(({ arn, groups, stickiness }) => [
        arn,
        groups
          .filter(({ weight }) => weight > 0)
          .map(({ targetGroupArn }) => targetGroupArn)
          .sort(),
        groups
          // The way back of a leave takes the idle group out: its cookies would find nobody there.
          .filter(({ weight }) => weight > 0 || account.plan.kind === 'adopt' || !stickiness.enabled)
          .map(({ targetGroupArn }) => targetGroupArn)
          .sort(),
        stickiness.enabled,
      ])
      .sort(),
  );

/** As if nothing had been. */
const notUndone = (
  account: MovedAccount,
  before: MoveObservation,
  routes: string,
  after: MoveObservation,
): string[] => {
  const problems: string[] = [];
  const { names, world } = account;
  if (routesText(account) !== routes)
    problems.push(`undone: the routes are ${routesText(account)}, were ${routes}`);
  if (world.ecs.services().some(({ name }) => name === names.twin))
    problems.push(`undone: ${names.twin} is there`);
  if (after.groups.some(({ name }) => [names.blue, names.green].includes(name)))
    problems.push('undone: a target group of the move is there');
  if (scalingText(after) !== scalingText(before))
    problems.push(`undone: the scaling is ${scalingText(after)}`);
  if (alarmsText(after) !== alarmsText(before))
    problems.push(`undone: the alarms are ${alarmsText(after)}, were ${alarmsText(before)}`);
  if (after.old?.status !== 'ACTIVE' || (after.old?.running ?? 0) < (before.old?.running ?? 0))
    problems.push('undone: the old service is not whole');
  return problems;
};

const notFinished = (
  account: MovedAccount,
  before: MoveObservation,
  after: MoveObservation,
  origin: Origin,
): string[] => {
  const problems: string[] = [];
  const { names, plan, world } = account;
  const roles = plan.roles(after);
  const routes = usersRoutes(names, after, roles);
  const were = usersRoutes(names, before, plan.roles(before)).length;
  if (routes.length !== were || routes.some((route) => shareIn(route, roles.to) !== 100))
    problems.push('finished: not all users are on the new service');
  if (world.ecs.services().some(({ name }) => name === names.old))
    problems.push(`finished: ${names.old} is there`);
  if (after.routes.some((route) => JSON.stringify(route.conditions).includes('x-cutover')))
    problems.push('finished: the preview rule is there');
  if (after.scaling.old !== null || after.scaling.twin?.suspended.scaleIn !== false)
    problems.push('finished: the scaling is not that of one service');
  const copied = after.scaling.twin?.policies.map(({ name }) => name).join();
  if (copied !== 'cpu60,cpu-high' || after.scaling.twin?.scheduled.length !== 1)
    problems.push(`finished: policies ${copied}`);
  const steps = after.scaling.twin?.policies.find(({ name }) => name === 'cpu-high');
  if (
    steps?.alarms.join() !== `shop-cpu-high-${names.twin}` ||
    world.cloudWatch.calling(steps.arn).length !== 1
  )
    problems.push(`finished: ${steps?.alarms.join() || 'no alarm'} calls the step policy`);
  if (!('shop-cpu-high' in world.cloudWatch.states())) problems.push("finished: the user's alarm is gone");
  if (after.twin?.tags.team !== 'shop') problems.push('finished: the tags did not come along');
  if (origin.nativeRoleArn !== null && after.twin?.strategy !== 'BLUE_GREEN')
    problems.push('finished: ECS does not deploy blue/green');
  return problems;
};

type Ran = { problems: string[]; seen: SeenCall[] };

/** One move with at most one fault, until it has ended as the person wants it to. */
const play = async (
  origin: Origin,
  fault: { index: number; fault: CallFault } | null,
  reaction: Reaction,
  backFromTheEnd = false,
): Promise<Ran> => {
  const account = movedAccount(origin);
  const { world } = account;
  seeds.set(account, [...world.elbv2.dataPlane.groupArns(), ...world.elbv2.routes().map(({ arn }) => arn)]);
  const problems: string[] = [];
  watchShares(account, problems);
  const [before, routes] = [await account.observe(), routesText(account)];
  if (fault !== null) account.failAt(fault.index, fault.fault);

  const until = async (
    goal: 'continue' | 'undo' | 'finish',
    mayTurn: () => boolean,
  ): Promise<'done' | 'turned'> => {
    for (let count = 0; count < MOST_PROCESSES; count += 1) {
      const end = await account.start(goal);
      if (end.kind === 'done') return 'done';
      if (reaction === 'undo' && mayTurn()) return 'turned';
      if (end.kind !== 'died' && end.kind !== 'failed') {
        problems.push(`${goal} ended with ${JSON.stringify(end)}`);
        return 'done';
      }
    }
    problems.push(`${goal} is not over after ${MOST_PROCESSES} tries: ${account.said.slice(-3).join('; ')}`);
    return 'done';
  };

  // As docs/moving.md promises it: until the old service's first task goes.
  const hasWayBack = (): boolean =>
    world.ecs
      .services()
      .some(({ arn, name }) => name === account.names.old && world.ecs.desiredCountOf(arn) > 0);
  const way = await until('continue', () => true);
  const isBack = way === 'turned' || backFromTheEnd;
  const end = isBack || problems.length > 0 ? 'done' : await until('finish', hasWayBack);
  if (isBack || end === 'turned') {
    await until('undo', () => false);
    await account.pass(MINUTE_MS);
    problems.push(...notUndone(account, before, routes, await account.observe()));
  } else if (problems.length === 0) {
    await account.pass(MINUTE_MS);
    problems.push(...notFinished(account, before, await account.observe(), origin));
  }
  const { failed, failedBecause } = world.traffic.totals();
  if (failed > 0) problems.push(`${failed} requests were lost: ${JSON.stringify(failedBecause)}`);
  problems.push(...deletesOfTheUser(account), ...withoutRight(account, origin));
  return { problems: [...new Set(problems)], seen: account.seen };
};

const PREFIXES: Readonly<Record<string, string>> = { elbv2: 'elasticloadbalancing' };

/** The policy that the command prints allows all that it calls. */
const withoutRight = ({ seen }: MovedAccount, { kind }: Origin): string[] => {
  const allowed = new Set(calledActions(kind));
  return seen
    .map(({ call }) => `${PREFIXES[call.service] ?? call.service}:${call.operation}`)
    .filter((action) => !allowed.has(action))
    .map((action) => `${action} is not in the policy`);
};

/** All that a move calls, for the policy's test. */
const actionsOf = ({ seen }: Pick<Ran, 'seen'>): string[] => [
  ...new Set(seen.map(({ call }) => `${PREFIXES[call.service] ?? call.service}:${call.operation}`)),
];

/**
 * Every write, and every read that differs: between two writes the command reads the same again and again, and the
 * first of each kind stands for the others unless `everyCall` wants them all.
 */
const pointsOf = (seen: readonly SeenCall[], everyCall: boolean): MovePoint[] => {
  const points: MovePoint[] = [];
  let since = '';
  const read = new Set<string>();
  for (const { index, call, goal } of seen) {
    const name = `${call.service}:${call.operation}`;
    const write = isWrite(call);
    const key = `${goal} ${since} ${name} ${JSON.stringify(call.input)}`;
    if (!write && read.has(key) && !everyCall) continue;
    if (write) since = `${index}`;
    else read.add(key);
    points.push({ index, write, name, goal });
  }
  return points;
};

/** The move without a fault, both ways: its points, or why nothing can be said about faults. */
export const undisturbedMove = async (
  origin: Origin,
  everyCall = false,
): Promise<{ points: MovePoint[]; problems: string[]; actions: string[] }> => {
  const forth = await play(origin, null, 'again');
  const back = await play(origin, null, 'again', true);
  const undoing = pointsOf(back.seen, everyCall).filter(({ goal }) => goal === 'undo');
  return {
    points: [...pointsOf(forth.seen, everyCall), ...undoing],
    problems: [...forth.problems, ...back.problems],
    actions: [...new Set([...actionsOf(forth), ...actionsOf(back)])],
  };
};

/** A refusal and a crash before a call; also what only a write has: done and then killed, or its answer lost. */
const FAULTS: readonly CallFault[] = ['denied', 'dieBefore'];
const WRITE_FAULTS: readonly CallFault[] = ['dieAfter', 'lost', 'serverError'];

export type MoveRun = { point: MovePoint; fault: CallFault; reaction: Reaction };

export const moveRuns = (points: readonly MovePoint[]): MoveRun[] =>
  points.flatMap((point) => {
    const faults = point.write ? [...FAULTS, ...WRITE_FAULTS] : FAULTS;
    // An undo is only begun again.
    const reactions: Reaction[] = point.goal !== 'undo' && point.write ? ['again', 'undo'] : ['again'];
    return faults.flatMap((fault) => reactions.map((reaction) => ({ point, fault, reaction })));
  });

/** Points of an undo lie in a run that goes back from the end of the way. */
export const proveMove = async (
  origin: Origin,
  { point, fault, reaction }: MoveRun,
): Promise<MoveVerdict> => {
  const { problems } = await play(origin, { index: point.index, fault }, reaction, point.goal === 'undo');
  return { point, fault, next: reaction, problems };
};
