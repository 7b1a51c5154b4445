import type { LiveRoute } from '../aws/balancer-verbs.ts';
import type { StoredDeployment } from '../aws/store-verbs.ts';
import { restoredEvent } from '../core/deployment/events.ts';
import { ownTaskSet } from '../core/deployment/own-task-set.ts';
import { givesWay, routesAreTheirs } from '../core/deployment/rival.ts';
import { failureId } from '../core/ending/failure.ts';
import { scaleForUsers } from '../core/ending/green-for-users.ts';
import { placeBack } from '../core/ending/place-back.ts';
import { checkedGroups, restoredGroups, sameGroups } from '../core/ending/restored-routes.ts';
import { commitmentOf, decideRollBack, neverServed } from '../core/ending/roll-back.ts';
import type { RollBackDecision } from '../core/ending/roll-back.types.ts';
import { wasAborted, whyRollBack } from '../core/ending/why-roll-back.ts';
import { DeploymentError } from '../core/errors.ts';
import { groupHealth } from '../core/health/group-health.ts';
import { steeringOf } from '../core/operator/commands.ts';
import type { RolledBack } from '../core/vocabulary/ending.types.ts';
import type { PlacementMemory } from '../core/vocabulary/placement.types.ts';
import type { Plan, WeightedGroup, Weights } from '../core/vocabulary/plan.types.ts';
import type { Lease } from '../core/vocabulary/state.types.ts';
import { commonWeights, countColour, isGoing } from '../core/weights/colour-count.ts';
import { type Placement, worthKeeping } from '../core/weights/placement.ts';
import { setsClientsFree } from '../core/weights/sticky-clients.ts';
import {
  ALL_BLUE,
  ALL_GREEN,
  describeWeights,
  groupsFor,
  groupsOf,
  weightsOf,
} from '../core/weights/weights.ts';
import type { StepInput } from '../statemachine/contract.ts';
import { assertCarried } from './assert-carried.ts';
import { heardBy } from './await-signal.ts';
import { ecsServices, events, leases, listener, record, targets, taskSets, trafficMetrics } from './deps.ts';
import type { Deps } from './deps.types.ts';
import { growGreen } from './grow-green.ts';
import { ifPossible } from './if-possible.ts';
import { lambdaHost } from './lambda-host.ts';
import { readAnswers } from './read-answers.ts';
import { readColoursIfThere } from './read-colours.ts';
import { readIfThere } from './read-if-there.ts';
import { type Step, toHandler } from './step.ts';

const observe = async (
  state: StepInput<'RollBack'>,
  {
    ecsServices,
    listener,
    targets,
    record,
    clock,
  }: Pick<Deps, 'ecsServices' | 'listener' | 'targets' | 'record' | 'clock'>,
) => {
  const { lease, plan, green: known } = state;
  const { deploymentId } = lease;
  const [read, stored, ...routes] = await Promise.all([
    readColoursIfThere({ ecsServices, targets }, plan, known),
    readIfPossible(deploymentId, record),
    ...plan.routes.map((route) => readIfThere(listener, route)),
  ]);
  const { service, green: greenTargets, blue: blueTargets } = read;
  const blue = service.taskSets.find((set) => set.id === plan.blue?.id) ?? null;
  const green = ownTaskSet(service.taskSets, plan, deploymentId);
  return {
    service,
    stored,
    commands: stored?.commands ?? [],
    leavesRoutes:
      givesWay(service.taskSets, state, stored) || routesAreTheirs(service.taskSets, state, clock.nowMs()),
    live: routes.filter((route) => route !== null),
    blue,
    green,
    blueTargets,
    greenTargets,
    blueHealth: plan.blue === null ? null : groupHealth(blueTargets, blue, plan.blue.scalePercent),
    greenHealth: groupHealth(greenTargets, green),
  };
};

/**
 * What each route is to forward to: blue's restored weights, as much as blue carries, or all to green once blue goes.
 */
const wantedGroups = (
  plan: Plan,
  decision: RollBackDecision,
  placed: Placement | null,
  { route, forward }: LiveRoute,
): WeightedGroup[] | null => {
  if (decision.kind === 'restore') return decision.leavesRoutes ? null : restoredGroups(plan, route, forward);
  if (decision.kind === 'finishForward')
    return decision.raiseGreen ? groupsFor(forward, groupsOf(plan), ALL_GREEN, { evictLoser: true }) : null;
  // Sticky clients follow their cookie to a group at weight 0: one that is to answer nobody has to leave the route to
  // set them free. Blue is, where nothing of it runs; green is, where users are to be on blue.
  const weights = decision.weights ?? weightsOf(forward, groupsOf(plan));
  const evictLoser =
    placed !== null && (weights?.blue === 0 ? setsClientsFree(placed) : placed.weights?.green === 0);
  if (evictLoser && weights !== null) return groupsFor(forward, groupsOf(plan), weights, { evictLoser });
  return decision.weights === null
    ? checkedGroups(plan, forward)
    : groupsFor(forward, groupsOf(plan), decision.weights);
};

const readIfPossible = (deploymentId: string, record: Deps['record']) =>
  ifPossible(record.read(deploymentId));

/** The weights that a decision asks for; null where they stay, and where nobody but the plan decides. */
const wantedWeights = (plan: Plan, decision: RollBackDecision): Weights | null => {
  if (plan.carry === 'off') return null;
  if (decision.kind === 'restore') return ALL_BLUE;
  return decision.kind === 'finishForward' ? ALL_GREEN : decision.weights;
};

/** What a recovery and the watch have to know of this visit. */
const saveIfPossible = async (
  lease: Lease,
  stored: StoredDeployment | null,
  placed: Placement | null,
  record: Deps['record'],
): Promise<void> => {
  if (placed === null || !worthKeeping(placed.memory, stored?.placement ?? null)) return;
  await ifPossible(record.savePlacement(lease, placed.memory));
};

type Observed = Awaited<ReturnType<typeof observe>>;

type Write = { live: LiveRoute; groups: WeightedGroup[] };

/**
 * Everything is written before anything is read back: the users of the last route wait for no read of the first, and
 * the routes share one.
 * @throws Unavailable when the listener has something else after a write than was written: RollBack tries again.
 */
const writeBack = async (plan: Plan, writes: readonly Write[], listener: Deps['listener']): Promise<void> => {
  for (const { live, groups } of writes) await listener.write(live, groups);
  const after = await Promise.all(
    writes.map(async (write) => ({ ...write, now: await listener.read(write.live.route) })),
  );
  for (const { live, groups, now } of after) {
    if (!sameGroups(now.forward.groups, groups)) {
      throw new DeploymentError(
        'Unavailable',
        `wrote ${describeWeights(weightsOf({ ...live.forward, groups }, groupsOf(plan)))} to ` +
          `${live.route.label} and read back something else: someone else writes this listener; ` +
          'trying again',
      );
    }
  }
};

/** Where users are to be now, by who answers them; null where there is no blue to go back to. */
const placeOf = async (
  plan: Plan,
  observed: Observed,
  { unseen, memory }: { unseen: boolean; memory: PlacementMemory | undefined },
  deps: Pick<Deps, 'trafficMetrics' | 'clock'>,
): Promise<Placement | null> => {
  if (plan.blue === null || observed.leavesRoutes) return null;
  const answers = await readAnswers(
    {
      plan,
      blue: countColour(observed.blueTargets, observed.blue),
      needed: observed.service.desiredCount,
      greenSinceMs: observed.green?.createdAtMs ?? null,
      memory,
    },
    deps,
  );
  return placeBack({
    ...observed,
    plan,
    routes: observed.live,
    answers,
    neverServed: unseen,
    memory,
    nowMs: deps.clock.nowMs(),
  });
};

/**
 * Users who stay on a green that is as small as an earlier weight took get its tasks, while blue is short. Going back
 * never waits for it, and does not fail with it.
 */
const growForUsers = async (
  { lease, plan }: Pick<StepInput<'RollBack'>, 'lease' | 'plan'>,
  { green, service, live }: Observed,
  decision: RollBackDecision,
  deps: Pick<Deps, 'leases' | 'taskSets'>,
): Promise<void> => {
  if (decision.kind !== 'held' || green === null) return;
  const percent = scaleForUsers({
    plan,
    green: isGoing(green) ? null : green,
    desiredCount: service.desiredCount,
    weights: decision.weights,
    found: live.map(({ forward }) => weightsOf(forward, groupsOf(plan))),
  });
  if (percent !== null) await ifPossible(growGreen({ lease, plan }, green, percent, deps));
};

const countsOf = ({ blueHealth, greenHealth }: Observed): NonNullable<RolledBack['evidence']> => ({
  blue: blueHealth === null ? null : { healthy: blueHealth.healthy, wanted: blueHealth.wanted },
  green: { healthy: greenHealth.healthy, wanted: greenHealth.wanted },
});

/**
 * As much weight back to blue as blue can carry, read back, before anything of green is touched: all of it as a rule.
 * What blue cannot carry stays with a green that answers, until blue can. Once blue has begun to go green finishes
 * what it started.
 */
export const rollBack: Step<
  'RollBack',
  'ecsServices' | 'listener' | 'targets' | 'taskSets' | 'leases' | 'record' | 'events' | 'trafficMetrics'
> = async (state, deps) => {
  const { lease, plan, rolledBack: previous } = state;
  const { listener, leases, record, events, clock } = deps;
  const beganAtMs = clock.nowMs();
  const observed = await observe(state, deps);

  const startedAtMs = previous?.startedAtMs ?? clock.nowMs();
  const memory = previous?.placement ?? observed.stored?.placement ?? state.decision?.placement;
  const unseen = neverServed(state, memory);
  const abortNow = steeringOf(observed.commands, 0).abort?.now === true;
  const placed = await placeOf(plan, observed, { unseen, memory }, deps);
  const input = {
    ...observed,
    plan,
    placed,
    neverServed: unseen,
    routes: observed.live,
    previous,
    // The one who says abort in time means it, even if the deployment had made up its mind before.
    recovering: lease.kind === 'recovering' && state.failure?.Error !== 'Aborted',
    nowMs: clock.nowMs(),
  };
  const decision = decideRollBack(input);
  const writes = observed.live.flatMap((live) => {
    const groups = wantedGroups(plan, decision, placed, live);
    return groups === null || sameGroups(live.forward.groups, groups) ? [] : [{ live, groups }];
  });

  if (writes.length > 0) {
    const to = wantedWeights(plan, decision);
    if (to !== null && placed !== null)
      assertCarried({
        plan,
        from: commonWeights(plan, observed.live),
        to,
        ...placed.counts,
        memory: placed.memory,
        abortNow,
      });
    await leases.assertHolds(lease);
  }
  await writeBack(plan, writes, listener);
  const aborted = previous?.aborted ?? (previous === undefined && wasAborted(state, observed.commands));
  const result: RolledBack = {
    kind: decision.kind === 'restore' ? 'restored' : decision.kind,
    reason: decision.reason,
    because: previous?.because ?? whyRollBack(state),
    ...(aborted && { aborted }),
    startedAtMs,
    waitSeconds: decision.waitSeconds,
    ...(decision.kind === 'restore' ? { leavesUntilMs: decision.leavesUntilMs } : {}),
    ...('nothingServes' in decision && { nothingServes: true }),
    ...('leavesRoutes' in decision && { leavesRoutes: true }),
    heard: heardBy(beganAtMs, observed.stored),
    evidence: countsOf(observed),
    routes: plan.routes.map(({ label }) => ({ label })),
    caught: failureId(state.failure),
    ...(placed === null ? {} : { placement: placed.memory }),
  };
  // After the weights, because users come first: a command of this second is too late by a second.
  const commitment = commitmentOf(input, decision, result.because);
  if (commitment !== null && observed.stored?.commitment?.to !== commitment.to)
    await ifPossible(record.commit(lease, commitment));
  await saveIfPossible(lease, observed.stored, placed, record);
  await growForUsers({ lease, plan }, observed, decision, deps);
  if (writes.length > 0) {
    const routes = writes.map(({ live: { route, forward }, groups }) => ({
      label: route.label,
      before: weightsOf(forward, groupsOf(plan)),
      after: weightsOf({ ...forward, groups }, groupsOf(plan)),
    }));
    await events.emit(restoredEvent({ lease, plan, routes }, result, state.decision));
  }
  return result;
};

export const handler = toHandler(
  'RollBack',
  rollBack,
  { ecsServices, events, listener, leases, record, targets, taskSets, trafficMetrics },
  lambdaHost,
);
