import { deploymentIdOf } from '../../core/deployment/deployment-id.ts';
import { isRecovery, parseRecovery } from '../../core/ending/recovery.ts';
import type { Violation } from '../../core/safety/violation.types.ts';
import type { Outcome } from '../../core/vocabulary/ending.types.ts';
import type { Plan } from '../../core/vocabulary/plan.types.ts';
import { sha256 } from '../../functions/identify.ts';
import { type Colours, coloursOfPlan } from '../../rehearsal/colours.ts';
import { type SafetyWatch, watchSafety } from '../../rehearsal/watch-safety.ts';
import type { ApiCall } from '../../sim/kernel/call.types.ts';
import type { Orchestrator } from '../../sim/orchestrator.ts';
import type { World } from '../../sim/world.ts';
import { commandsOf } from './commands-so-far.ts';
import { beganAgain } from './comparison-checker.ts';
import { watchDrift } from './drift-checker.ts';
import { watchEvidence } from './evidence-checker.ts';
import { historyProblem } from './history-checker.ts';
import { falseSuccess, type Way } from './honest-outcome.ts';
import { watchHooks } from './hooks-checker.ts';
import { CLUSTER, routeArns, type SmallService, serviceArn, testRouteArn } from './small-names.ts';
import { watchUsersServed } from './users-checker.ts';
import { watchWayForward, writes } from './way-forward.ts';

export type TimedViolation = Violation & { atMs: number };

type WatchedDeployment = {
  /** Somebody else is about to write listeners. */
  foreignWrite(): void;
  /**
   * The last read of it: the service is another deployment's from now on, or the run is over. One that a broken rule
   * ended half-way has not converged, which is no news.
   */
  finish(options?: { halfWay: boolean }): void;
  violations(): TimedViolation[];
  /** What it did to go forward without having earned it, a sentence each. */
  unearnedSteps(): string[];
  outcome(): Outcome | null;
  /** It got as far as a plan, so it may have changed something. */
  planned(): boolean;
};

const redAlarms = ({ cloudWatch }: World): string[] =>
  Object.entries(cloudWatch.states()).flatMap(([name, state]) => (state === 'ALARM' ? [name] : []));

/** Whose deployment a call belongs to; a recovery works for the deployment it recovers. */
export const ownerOf = ({ stepFunctions }: Orchestrator) => {
  // An execution keeps its input and its start, and every call of every run asks.
  const known = new Map<string, string>();
  const read = (executionArn: string): string => {
    const { arn, startedAtMs, input } = stepFunctions.execution(executionArn);
    const request: unknown = JSON.parse(input);
    return isRecovery(request)
      ? parseRecovery(request).deploymentId
      : deploymentIdOf({ arn, startedAtMs }, sha256);
  };
  return ({ executionArn }: Pick<ApiCall, 'executionArn'>): string | undefined => {
    if (executionArn === undefined) return undefined;
    const owner = known.get(executionArn) ?? read(executionArn);
    known.set(executionArn, owner);
    return owner;
  };
};

/**
 * Holds one deployment against every invariant from the moment its plan is saved: before, it must not have written
 * anything. `planned` hears of that moment, `broken` of the first violation.
 */
export const watchDeployment = (
  world: World,
  orchestrator: Orchestrator,
  { service, deploymentId }: { service: SmallService; deploymentId: string },
  on: { planned(): void; broken(): void },
): WatchedDeployment => {
  const { kernel, dynamoDb } = world;
  const owner = ownerOf(orchestrator);
  const early: TimedViolation[] = [];
  const unearnedSteps: string[] = [];
  let safety: SafetyWatch | null = null;
  let watches: { stop(): void }[] = [];
  let hooks: ReturnType<typeof watchHooks> | null = null;
  let redAtPlan: string[] = [];
  let way: Omit<Way, 'metricsDisturbed' | 'decidedByOthers'> | null = null;
  /** From before the plan, too: what was usual for blue is a metric as well. */
  let metricsDisturbed = false;
  let finished = false;

  const recordItem = (): Record<string, unknown> | undefined =>
    dynamoDb.item(`deployment#${deploymentId}`, 'record');
  const outcome = (): Outcome | null => {
    const text = recordItem()?.outcomeJson;
    return typeof text === 'string' ? (JSON.parse(text) as Outcome) : null;
  };
  const report = (invariant: Violation['invariant'], message: string): void => {
    early.push({ invariant, message, atMs: kernel.scheduler.nowMs() });
    kernel.emit({ kind: 'violation', what: `invariant ${invariant} is broken: ${message}` });
    on.broken();
  };
  const tested = service.test === undefined ? [] : [testRouteArn(service.name, service.test)];
  const begin = (planJson: string): void => {
    on.planned();
    const plan = JSON.parse(planJson) as Plan;
    const colours: Colours = coloursOfPlan(plan);
    const context = {
      serviceArn: serviceArn(service.name),
      serviceKey: `${CLUSTER}/${service.name}`,
      deploymentId,
      colours: () => colours,
      ownerOf: owner,
      ...(plan.blue === null ? {} : { blueTaskSetId: plan.blue.id }),
      testRoute: () => plan.test?.route.arn ?? tested[0],
      headroom: () => plan.capacity?.headroom,
      found: [...plan.routes, ...(plan.test === undefined ? [] : [plan.test.route])].map(
        ({ arn, original }) => ({ arn, groups: original.groups }),
      ),
    };
    safety = watchSafety(world, context, on.broken);
    const watched = { world, plan, deploymentId, redAtPlan };
    const problem = (what: string): void => {
      unearnedSteps.push(what);
      kernel.emit({ kind: 'violation', what });
      on.broken();
    };
    const isOwn = (call: ApiCall): boolean => owner(call) === deploymentId;
    hooks = watchHooks(watched, orchestrator, isOwn, problem);
    watches = [
      watchWayForward(watched, isOwn, problem),
      watchEvidence(watched, isOwn, problem),
      watchDrift(watched, isOwn, problem),
      watchUsersServed(watched, serviceArn(service.name), problem),
    ];
    way = {
      plan,
      plannedAtMs: kernel.scheduler.nowMs(),
      promotedAtMs: null,
    };
  };

  const routes = [...routeArns(service), ...tested];
  kernel.onServed(({ operation, ...call }, ok) => {
    const { RuleArn, ListenerArn } = call.input as { RuleArn?: string; ListenerArn?: string };
    const isWrite = operation === 'ModifyRule' || operation === 'ModifyListener';
    if (isWrite && ok && !finished && owner(call) === deploymentId) {
      const arn = RuleArn ?? ListenerArn ?? '';
      if (!routes.includes(arn))
        report(5, `${operation} by ${call.by} of ${arn}, which is no route of service ${service.name}`);
    }
    if (operation === 'GetMetricData' && !ok) metricsDisturbed = true;
    if (way === null || finished) return;
    if (operation === 'UpdateServicePrimaryTaskSet' && ok && owner(call) === deploymentId)
      way.promotedAtMs ??= kernel.scheduler.nowMs();
  });
  kernel.onEvent(({ kind, data }) => {
    if (kind === 'fault' && String(data?.fault).startsWith('metrics-')) metricsDisturbed = true;
  });
  kernel.onServed((call, ok) => {
    if (safety !== null || finished || !ok || owner(call) !== deploymentId) return;
    if (call.operation === 'DescribeAlarms') redAtPlan = redAlarms(world);
    if (writes.includes(call.operation))
      report(5, `${call.operation} by ${call.by} before its plan was saved`);
    const planJson = call.service === 'dynamodb' ? recordItem()?.planJson : undefined;
    if (typeof planJson === 'string') begin(planJson);
  });

  return {
    foreignWrite: () => safety?.foreignWrite(),
    planned: () => safety !== null,
    outcome,
    unearnedSteps: () => unearnedSteps,
    violations: () => [...early, ...(safety?.violations() ?? [])],
    finish: ({ halfWay } = { halfWay: false }) => {
      if (finished) return;
      finished = true;
      const ended = outcome();
      if (!halfWay) safety?.checkEnd(ended?.kind ?? null);
      safety?.stop();
      unearnedSteps.push(...beganAgain(world, deploymentId));
      const commands = commandsOf({ world, deploymentId });
      const aborted = commands.includes('abort');
      if (way !== null && !halfWay) {
        const decidedByOthers = commands.includes('promote') || commands.includes('skip');
        unearnedSteps.push(...falseSuccess(world, { ...way, metricsDisturbed, decidedByOthers }, ended));
      }
      if (aborted && ended?.kind === 'succeeded')
        report(6, 'an abort was accepted, and it succeeded all the same');
      if (!halfWay && ended !== null) unearnedSteps.push(...(hooks?.atEnd() ?? []));
      hooks?.stop();
      for (const watch of watches) watch.stop();
      const kept =
        halfWay || ended === null
          ? null
          : historyProblem(world, `${CLUSTER}/${service.name}`, deploymentId, ended);
      if (kept !== null) report(6, kept);
      if (halfWay || safety !== null || recordItem() === undefined) return;
      if (ended === null) report(6, 'the record was opened and not closed');
      else if (ended.kind !== 'refused') report(6, `recorded as ${ended.kind} without a plan`);
    },
  };
};
