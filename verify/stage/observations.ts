import type { GetItemInput } from '@aws-sdk/client-dynamodb';
import { SECOND_MS } from '../../core/clock.ts';
import type { CommandKind } from '../../core/vocabulary/command.types.ts';
import { STALE_READS } from '../../rehearsal/faults/world-faults.ts';
import { routesRead } from '../../rehearsal/watch-safety.ts';
import type { ApiCall } from '../../sim/kernel/call.types.ts';
import { commandsOf } from './commands-so-far.ts';
import type { Forward, ForwardJudge, WatchedPlan } from './forward.types.ts';
import { greenPctOf } from './green-pct.ts';
import { greenSetIn } from './green-set.ts';

/**
 * A step's reads since it began, as `DescribeAlarms` or `DescribeTargetHealth of <group>`, and whether they showed a
 * green that is short of targets.
 */
type Observed = { reads: Set<string>; greenIsShort: boolean };

/** How long a green that was healthy for long enough may since have lost a target without anybody having seen it. */
const SEEN_MS = 90 * SECOND_MS;

/** A route may be shown as it was so long ago while reads are late; the fault's 30 s, and the time to act on it. */
const LATE_MS = 60 * SECOND_MS;

const readsOf = (call: ApiCall, world: WatchedPlan['world']): string[] => {
  const { TargetGroupArn } = call.input as { TargetGroupArn?: string };
  if (call.operation === 'DescribeTargetHealth') return [`the targets of ${TargetGroupArn}`];
  if (call.operation === 'DescribeAlarms') return ['the alarms'];
  return routesRead(call, world).map((arn) => `route ${arn}`);
};

const forbiddenBy = (commands: readonly CommandKind[]): CommandKind | null => {
  if (commands.includes('abort')) return 'abort';
  return commands.lastIndexOf('freeze') > commands.lastIndexOf('resume') ? 'freeze' : null;
};

/** Of the deployment's record, where the commands are; other items are read by key as well. */
const isRecordRead = ({ operation, input }: ApiCall): boolean =>
  operation === 'GetItem' && (input as GetItemInput).Key?.sk?.S === 'record';

/**
 * Invariant 7 from outside: the one who goes forward has read everything just before, and saw nothing that forbids it.
 * And invariant 2's last part: green was healthy for `healthyFor` before its first request.
 */
export const watchObservations = ({ world, plan, deploymentId, redAtPlan }: WatchedPlan): ForwardJudge => {
  const { kernel, elbv2, cloudWatch, ecs } = world;
  const green = plan.green.targetGroupArn;
  const observations = new Map<string, Observed>();
  /** Red at the start, and not to count: for good, or until they have been OK. */
  const ignored = new Set(plan.alarms.redAtStart.kind === 'refuse' ? [] : plan.alarms.ignoredUntilOk);
  const counts = (name: string): boolean => plan.alarms.names.includes(name) && !ignored.has(name);
  let lastRed: readonly string[] = redAtPlan.filter(counts);
  /** Routes whose split somebody else changed, what green had before, and whether a read has shown it. */
  const foreign = new Map<string, { seen: boolean; had: number }>();
  /** Routes on which that was undone already, which `onDrift: "reassert"` allows once. */
  const reasserted = new Set<string>();
  const shares = new Map<string, number>();
  let testIsOver = false;
  let lateUntilMs = 0;
  /** What forbids every step forward, as far as the last observation could see. */
  let forbidden: CommandKind | null = null;
  let wholeSinceMs: number | null = null;
  let longEnoughAtMs = Number.NEGATIVE_INFINITY;

  const red = (): string[] =>
    plan.alarms.names.filter((name) => cloudWatch.states()[name] === 'ALARM').filter(counts);
  const noteRecovered = (): void => {
    if (plan.alarms.redAtStart.kind === 'override') return;
    for (const name of ignored) if (cloudWatch.states()[name] === 'OK') ignored.delete(name);
  };
  const noteShares = (): void => {
    for (const { arn, groups } of elbv2.routes()) shares.set(arn, greenPctOf(groups, green));
  };
  noteShares();
  const noteHealth = (): void => {
    const nowMs = kernel.scheduler.nowMs();
    const { healthy } = elbv2.registry.counts(green);
    const wanted = greenSetIn(ecs.taskSets(), { plan, deploymentId })?.computedDesiredCount ?? 0;
    const whole = wanted >= 1 && healthy >= wanted;
    if (!whole && wholeSinceMs !== null && nowMs - wholeSinceMs >= plan.healthyForMs) longEnoughAtMs = nowMs;
    if (!whole) wholeSinceMs = null;
    else wholeSinceMs ??= nowMs;
  };

  kernel.onEvent(({ kind, data }) => {
    const nowMs = kernel.scheduler.nowMs();
    if (kind === 'target') noteHealth();
    if (kind === 'fault' && data?.fault === STALE_READS) lateUntilMs = nowMs + LATE_MS;
    if (kind !== 'weights') return;
    const arn = String(data?.route);
    const before = shares.get(arn) ?? 0;
    noteShares();
    if (data?.by === 'cutover') {
      // Written over between a step's read and its write: nobody could have seen it, and nobody ever will.
      const theirs = foreign.get(arn);
      if (theirs?.seen === false) foreign.delete(arn);
      else if (plan.onDrift === 'reassert' && shares.get(arn) === theirs?.had && !reasserted.has(arn)) {
        reasserted.add(arn);
        foreign.delete(arn);
      }
    } else if (shares.get(arn) !== before && !(testIsOver && arn === plan.test?.route.arn)) {
      foreign.set(arn, { seen: false, had: foreign.get(arn)?.had ?? before });
    }
  });

  const unread = (step: Forward): string[] => {
    const by = step.kind === 'retire' ? 'RetireBlue' : 'JudgeHealth';
    const observed = observations.get(by);
    // Before the first shift there is nothing to judge; CheckGreen's observation is what counts.
    if (observed === undefined && step.kind === 'raise') return [];
    const routes = [
      ...plan.routes,
      ...(plan.test === undefined || step.kind === 'retire' ? [] : [plan.test.route]),
    ];
    const there = elbv2.routes().map(({ arn }) => arn);
    const wanted = [
      ...routes.filter(({ arn }) => there.includes(arn)).map(({ arn }) => `route ${arn}`),
      `the targets of ${green}`,
      ...(plan.alarms.names.length > 0 && by === 'JudgeHealth' ? ['the alarms'] : []),
    ];
    return wanted.filter((what) => observed?.reads.has(what) !== true);
  };

  const doing = (step: Forward): string =>
    step.kind === 'raise'
      ? `green went to ${step.greenPct} % on ${step.label}`
      : step.kind === 'promote'
        ? 'green became PRIMARY'
        : 'blue began to go';

  const tooYoung = (step: Forward): boolean => {
    const nowMs = kernel.scheduler.nowMs();
    const first = step.kind === 'raise' && observations.get('JudgeHealth') === undefined;
    const now = wholeSinceMs !== null && nowMs - wholeSinceMs >= plan.healthyForMs;
    return first && !now && nowMs - longEnoughAtMs > SEEN_MS;
  };

  return {
    heard: (call) => {
      const { by = '', operation } = call;
      // What it reads wakes a step, and decides nothing.
      if (by === 'Watch') return;
      // Each of the two begins with a read that it makes only once.
      const recordRead = isRecordRead(call);
      const begins =
        by === 'JudgeHealth' ? recordRead : by === 'RetireBlue' && operation === 'DescribeTaskSets';
      if (begins) observations.set(by, { reads: new Set(), greenIsShort: false });
      for (const read of readsOf(call, world)) {
        const observed = observations.get(by);
        observed?.reads.add(read);
        const fresh = kernel.scheduler.nowMs() >= lateUntilMs;
        if (observed !== undefined && fresh && read === `the targets of ${green}`)
          observed.greenIsShort = wholeSinceMs === null;
      }
      if (operation === 'DescribeAlarms') {
        noteRecovered();
        lastRed = red();
      }
      if (recordRead && ['CheckGreen', 'JudgeHealth'].includes(by))
        forbidden = forbiddenBy(commandsOf({ world, deploymentId }));
      for (const arn of routesRead(call, world)) {
        // A step that closes the test route cannot tell another's write from an earlier try of its own.
        const write = arn === plan.test?.route.arn && by !== 'JudgeHealth' ? undefined : foreign.get(arn);
        if (write !== undefined && kernel.scheduler.nowMs() >= lateUntilMs) write.seen = true;
      }
    },
    judge: (step) => {
      const missing = unread(step);
      const drifted = step.kind === 'raise' && [...foreign.values()].some(({ seen }) => seen);
      // Nothing rests on the test route any more.
      if (step.kind === 'raise') {
        testIsOver = true;
        if (plan.test !== undefined) foreign.delete(plan.test.route.arn);
      }
      return [
        ...(missing.length > 0
          ? [`invariant 7: ${doing(step)} without a read of ${missing.join(', ')}`]
          : []),
        ...(lastRed.length > 0 && step.kind !== 'retire'
          ? [`invariant 7: ${doing(step)} although the last observation showed ${lastRed.join(', ')} red`]
          : []),
        ...(step.kind === 'retire' && observations.get('RetireBlue')?.greenIsShort === true
          ? [`invariant 4: ${doing(step)} although the last observation showed that green had lost targets`]
          : []),
        ...(forbidden !== null && step.kind !== 'retire'
          ? [
              `the plan: ${doing(step)} although the last observation showed that a person had said ${forbidden}`,
            ]
          : []),
        ...(drifted
          ? [
              `invariant 1: ${doing(step)} although an observation showed that somebody else had moved weights`,
            ]
          : []),
        ...(tooYoung(step) ? [`invariant 2: ${doing(step)} before green was healthy for healthyFor`] : []),
      ];
    },
  };
};
