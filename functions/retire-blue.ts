import type { LiveRoute } from '../aws/balancer-verbs.ts';
import type { StoredDeployment } from '../aws/store-verbs.ts';
import { SECOND_MS } from '../core/clock.ts';
import { ownTaskSet } from '../core/deployment/own-task-set.ts';
import { nextRemovalStep, retirementOf } from '../core/ending/removal.ts';
import { type Commit, decideRetirement } from '../core/ending/retirement.ts';
import { DeploymentError } from '../core/errors.ts';
import { groupHealth } from '../core/health/group-health.ts';
import { standingOrder } from '../core/operator/standing-order.ts';
import { WHOLE_GREEN_WAIT_MS } from '../core/pace.ts';
import type { Retirement } from '../core/vocabulary/ending.types.ts';
import type { ObservedTaskSet } from '../core/vocabulary/observed.types.ts';
import type { Plan } from '../core/vocabulary/plan.types.ts';
import type { Lease, Ready } from '../core/vocabulary/state.types.ts';
import { countColour, isGoing } from '../core/weights/colour-count.ts';
import { readinessOf } from '../core/weights/readiness.ts';
import { isTakenOver } from '../core/weights/taken-over.ts';
import { ALL_GREEN, groupsFor, groupsOf } from '../core/weights/weights.ts';
import type { StepState } from '../statemachine/contract.ts';
import { assertOwnTaskSet } from './assert-own-task-set.ts';
import { heardBy } from './await-signal.ts';
import { ecsServices, leases, listener, record, targets, taskSets } from './deps.ts';
import type { Deps } from './deps.types.ts';
import { CLOSE_TEST_WAIT_SECONDS, handOverTestRoute } from './hand-over-test-route.ts';
import { ifPossible } from './if-possible.ts';
import { lambdaHost } from './lambda-host.ts';
import { makeGreenWhole } from './make-green-whole.ts';
import { readForRetirement } from './read-if-there.ts';
import { readService } from './read-service.ts';
import { type Step, toHandler } from './step.ts';

type Retiring = Pick<StepState<'RetireBlue'>, 'lease' | 'plan'> & { ready: Ready | undefined };

const UNREAD = { green: null, blueHealth: null, readiness: null };

/**
 * Both colours while blue is whole, and what a rollback would take: it is one write a route until blue begins to go.
 */
const readHealth = async (
  { lease, plan, ready }: Retiring,
  blue: ObservedTaskSet | null,
  { ecsServices, targets }: Pick<Deps, 'ecsServices' | 'targets'>,
) => {
  const [service, greenTargets, blueTargets] = await Promise.all([
    readService(ecsServices, plan),
    targets.read(plan.green.targetGroupArn),
    plan.blueTargetGroupArn === null ? [] : targets.read(plan.blueTargetGroupArn),
  ]);
  const green = ownTaskSet(service.taskSets, plan, lease.deploymentId);
  return {
    green: { present: green !== null, health: groupHealth(greenTargets, green) },
    blueHealth: groupHealth(blueTargets, blue),
    readiness: readinessOf({
      plan,
      blueIsGoing: isGoing(blue),
      blue: countColour(blueTargets, blue),
      green: countColour(greenTargets, green),
      needed: service.desiredCount,
      greenIsLost: false,
      launchMs: ready?.kind === 'ready' ? (ready.launchMs ?? null) : null,
    }),
  };
};

/** Commands matter as long as blue is whole, and to a first deployment until its end. */
const observe = async (
  { lease, plan, ready }: Retiring,
  deps: Pick<Deps, 'ecsServices' | 'listener' | 'record' | 'targets' | 'taskSets' | 'clock'>,
) => {
  const taskSet = plan.blue === null ? null : await deps.taskSets.read(plan, plan.blue.id);
  const live = await readForRetirement(deps.listener, plan, taskSet);
  const whole = nextRemovalStep(taskSet) === 'scaleToZero';
  const stays = plan.blue === null || isTakenOver(plan);
  const stored = stays || whole ? await deps.record.read(lease.deploymentId) : null;
  const order = standingOrder(stored?.commands ?? [], deps.clock.nowMs());
  const read = () => readHealth({ lease, plan, ready }, taskSet, deps);
  // A person who holds it sees the way back; that it cannot be read changes nothing.
  const health = !whole ? UNREAD : order.kind === 'proceed' ? await read() : await ifPossible(read());
  return {
    taskSet,
    live,
    stored,
    order,
    commitment: stored?.commitment,
    ...(health ?? UNREAD),
    nowMs: deps.clock.nowMs(),
  };
};

const evictBlue = async (
  plan: Plan,
  routes: readonly LiveRoute[],
  listener: Deps['listener'],
): Promise<void> => {
  for (const route of routes)
    await listener.write(route, groupsFor(route.forward, groupsOf(plan), ALL_GREEN, { evictLoser: true }));
};

/**
 * Closes the record to commands. False when one came after the read that the decision rests on.
 * @throws Conflict when nothing that Cutover does explains the record.
 */
const commits = async (
  { lease, commit, stored }: { lease: Lease; commit: Commit; stored: StoredDeployment | null },
  { record, clock }: Pick<Deps, 'record' | 'clock'>,
): Promise<boolean> => {
  if (commit === null || stored === null) return true;
  if (await record.commit(lease, { ...commit, atMs: clock.nowMs() }, stored)) return true;
  const now = await record.read(lease.deploymentId);
  if (now !== null && now.outcome === null && now.lastCommandId !== stored.lastCommandId) return false;
  throw new DeploymentError(
    'Conflict',
    "expected the record to be open and this execution's, found it closed or taken over: " +
      'somebody wrote the table by hand',
  );
};

type BeforeItGoes =
  | { kind: 'waits'; waitSeconds: number; reason: string }
  | { kind: 'goes'; open: Pick<Retirement, 'testOpen'> };

/**
 * Before blue loses anything green has all of its tasks, and testers leave blue; a first deployment's leave the group
 * that is empty.
 */
const beforeBlueGoes = async (
  { startedAtMs, ...of }: Parameters<typeof makeGreenWhole>[0] & { startedAtMs: number },
  { kind }: ReturnType<typeof decideRetirement>,
  deps: Parameters<typeof makeGreenWhole>[1] & Parameters<typeof handOverTestRoute>[1],
): Promise<BeforeItGoes> => {
  if (kind === 'refuse' || kind === 'hold') return { kind: 'goes', open: {} };
  if (await makeGreenWhole(of, deps)) {
    const reason = 'green gets all of its tasks before it is alone';
    return { kind: 'waits', waitSeconds: WHOLE_GREEN_WAIT_MS / SECOND_MS, reason };
  }
  if (!['evict', 'remove', 'end'].includes(kind)) return { kind: 'goes', open: {} };
  const test = await handOverTestRoute({ ...of, leaving: 'blue', startedAtMs }, deps);
  if (test?.kind === 'waits')
    return { kind: 'waits', waitSeconds: CLOSE_TEST_WAIT_SECONDS, reason: test.reason };
  return { kind: 'goes', open: test === null ? {} : { testOpen: test.reason } };
};

/** A visit that changed nothing yet, and has to come again. */
const waiting =
  (visit: Omit<Retirement, 'kind' | 'waitSeconds' | 'reason'>) =>
  (waitSeconds: number, reason: string): Retirement => ({ ...visit, kind: 'waiting', waitSeconds, reason });

/**
 * One write a visit: take blue's group out of sticky routes, then scale blue to 0, then, once nothing runs, delete it.
 * Each only while a read a moment ago showed green with all weight on every route. Before blue loses anything the
 * record is closed to commands: one that came before that is obeyed, and none after it is accepted.
 */
export const retireBlue: Step<
  'RetireBlue',
  'ecsServices' | 'leases' | 'listener' | 'record' | 'targets' | 'taskSets'
> = async ({ lease, plan, green, ready, traffic, retirement }, deps) => {
  const { leases, listener, taskSets, clock } = deps;
  const beganAtMs = clock.nowMs();
  const startedAtMs = retirement?.startedAtMs ?? beganAtMs;
  const { stored, readiness, ...observed } = await observe({ lease, plan, ready }, deps);
  const { taskSet } = observed;
  const decision = decideRetirement({
    plan,
    ...observed,
    // What JudgeHealth needs of the state; a recovery has neither.
    mayJudge: green !== undefined && traffic !== undefined && plan.carry !== 'off',
    previous: retirement,
    writtenAtMs: Math.max(traffic?.shiftedAtMs ?? startedAtMs, stored?.placement?.carried?.writtenAtMs ?? 0),
    startedAtMs,
  });
  const left = retirement?.leftAtMs === undefined ? {} : { leftAtMs: retirement.leftAtMs };
  const later = waiting({
    startedAtMs,
    heard: heardBy(beganAtMs, stored),
    runningCount: taskSet?.runningCount ?? 0,
    ...left,
    ...(readiness === null ? {} : { readiness }),
  });

  const whole = nextRemovalStep(taskSet) === 'scaleToZero';
  const before = await beforeBlueGoes({ lease, plan, traffic, startedAtMs }, decision, deps);
  if (before.kind === 'waits')
    return {
      ...later(before.waitSeconds, before.reason),
      ...(whole || plan.blue === null ? {} : { kind: 'draining' }),
    };

  switch (decision.kind) {
    case 'refuse':
      throw new DeploymentError(decision.error, decision.reason);
    case 'hold':
      return { ...later(decision.waitSeconds, decision.reason), startedAtMs: clock.nowMs() };
    case 'wait':
      return later(decision.waitSeconds, decision.reason);
    case 'short':
      return { ...later(0, decision.reason), kind: 'short' };
    case 'evict':
      await leases.assertHolds(lease);
      await evictBlue(plan, decision.routes, listener);
      return {
        ...later(decision.waitSeconds, decision.reason),
        ...(decision.whole ? {} : { kind: 'draining' }),
        leftAtMs: clock.nowMs(),
        ...before.open,
      };
    case 'end':
    case 'remove':
      break;
    default:
      return decision satisfies never;
  }

  const { blue } = plan;
  const step = decision.kind === 'remove' ? decision.step : 'gone';
  if (taskSet !== null && decision.kind === 'remove') assertOwnTaskSet('blue', taskSet, { lease, plan });
  if (step !== 'gone') await leases.assertHolds(lease);
  if (!(await commits({ lease, commit: decision.commit, stored }, deps)))
    return later(1, `a command came as ${blue === null ? 'it was about to end' : 'blue was about to go'}`);
  if (decision.kind === 'end' || blue === null) {
    return { kind: 'retired', startedAtMs, waitSeconds: 0, runningCount: 0, reason: decision.reason };
  }
  if (step === 'scaleToZero') await taskSets.scaleToZero(plan, blue.id);
  if (step === 'delete') await taskSets.delete(plan, blue.id);
  const nowMs = clock.nowMs();
  return { ...retirementOf({ plan, taskSet, wrote: step, startedAtMs, nowMs, ...left }), ...before.open };
};

export const handler = toHandler(
  'RetireBlue',
  retireBlue,
  { ecsServices, leases, listener, record, targets, taskSets },
  lambdaHost,
);
