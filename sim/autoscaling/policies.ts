import type {
  ScalingPolicy,
  StepScalingPolicyConfiguration,
  SuspendedState,
} from '@aws-sdk/client-application-auto-scaling';
import { MINUTE_MS, SECOND_MS } from '../../core/clock.ts';
import type { Kernel } from '../kernel/kernel.ts';

/** A service as its policies see it: both colours as one. */
export type Scaled = {
  desiredCount(): number;
  setDesiredCount(count: number): void;
  /** Tasks that run, of all its task sets. */
  running(): number;
  /** Requests of all its groups, or of one, in a whole minute; `targetgroup/NAME/ID` of its ARN. */
  requestsIn(minuteStartMs: number, targetGroup?: string): number;
  /** Healthy targets of that group. */
  healthy(targetGroup: string): number;
  /** Names of the alarms that have this policy among their actions. */
  alarmsCalling(policyArn: string): string[];
  isRed(alarmName: string): boolean;
};

/**
 * Target tracking's alarms: three minutes above the target scale out, fifteen below nine tenths of it scale in (AWS's
 * guide, how target tracking works; the minutes are those of the alarms that it makes).
 */
const OUT_MINUTES = 3;
const IN_MINUTES = 15;
const IN_SHARE = 0.9;

/** Of ECS services, unless a policy says otherwise. */
const COOLDOWN_SECONDS = 300;

/**
 * What a metric without a model of its own, CPU for one, is at the start: a service that is found in balance. It grows
 * with the requests that a running task gets.
 */
const IN_BALANCE = 0.8;

type Move = (count: number, cause: string) => void;
type State = () => Required<SuspendedState>;

/**
 * Evaluates a service's policies once a minute. Scaling starts from the tasks that run, not from the desired count
 * [fact 169]: with two task sets these are twice as many.
 */
export const scaleByPolicies = (
  { scheduler }: Kernel,
  policies: readonly ScalingPolicy[],
  service: Scaled,
  state: State,
  move: Move,
): void => {
  if (policies.length === 0) return;
  const evaluations = policies.map((policy) => evaluationOf(policy, service, state, move));
  const tick = (): void => {
    for (const evaluate of evaluations) evaluate(scheduler.nowMs());
    scheduler.after(MINUTE_MS, tick);
  };
  scheduler.after(MINUTE_MS, tick);
};

type Evaluation = (nowMs: number) => void;

const evaluationOf = (policy: ScalingPolicy, service: Scaled, state: State, move: Move): Evaluation => {
  if (policy.PolicyType === 'StepScaling') return stepScaling(policy, service, state, move);
  if (policy.PolicyType === 'TargetTrackingScaling') return targetTracking(policy, service, state, move);
  throw new Error(`sim does not model a scaling policy of the type ${policy.PolicyType}`);
};

/** Whether a policy may act again, by the cooldown of what it did last. */
const makeCooldown = () => {
  let untilMs = 0;
  return {
    over: (nowMs: number): boolean => nowMs >= untilMs,
    begin: (nowMs: number, seconds: number | undefined): void => {
      untilMs = nowMs + (seconds ?? COOLDOWN_SECONDS) * SECOND_MS;
    },
  };
};

const targetTracking = (policy: ScalingPolicy, service: Scaled, state: State, move: Move): Evaluation => {
  const { TargetTrackingScalingPolicyConfiguration: tracking, PolicyName: name } = policy;
  const target = tracking?.TargetValue;
  if (tracking === undefined || target === undefined)
    throw new Error(`sim: the policy ${name} tracks no target value`);
  const metric = tracking.PredefinedMetricSpecification;
  const group = metric?.ResourceLabel?.match(/targetgroup\/[^/]+\/[^/]+$/)?.[0];
  const cooldown = makeCooldown();
  let usual: number | undefined;
  let above = 0;
  let below = 0;

  const valueIn = (minuteStartMs: number): number => {
    if (metric?.PredefinedMetricType === 'ALBRequestCountPerTarget')
      return service.requestsIn(minuteStartMs, group) / Math.max(1, service.healthy(group ?? ''));
    const perTask = service.requestsIn(minuteStartMs) / Math.max(1, service.running());
    usual ??= perTask;
    return usual === 0 ? 0 : (target * IN_BALANCE * perTask) / usual;
  };

  return (nowMs) => {
    const value = valueIn((Math.floor(nowMs / MINUTE_MS) - 1) * MINUTE_MS);
    above = value > target ? above + 1 : 0;
    below = value < target * IN_SHARE ? below + 1 : 0;
    if (!cooldown.over(nowMs)) return;
    const next = Math.ceil((service.running() * value) / target);
    const shown = `${name}: ${Number(value.toFixed(1))} for a target of ${target}, ${service.running()} tasks run`;
    if (above >= OUT_MINUTES && next > service.desiredCount() && !state().DynamicScalingOutSuspended) {
      cooldown.begin(nowMs, tracking.ScaleOutCooldown);
      move(next, shown);
    } else if (
      below >= IN_MINUTES &&
      next < service.desiredCount() &&
      tracking.DisableScaleIn !== true &&
      !state().DynamicScalingInSuspended
    ) {
      cooldown.begin(nowMs, tracking.ScaleInCooldown);
      move(next, shown);
    }
  };
};

const adjusted = (
  running: number,
  { AdjustmentType }: StepScalingPolicyConfiguration,
  by: number,
): number => {
  switch (AdjustmentType) {
    case 'ChangeInCapacity':
      return running + by;
    case 'ExactCapacity':
      return by;
    case 'PercentChangeInCapacity':
      return by > 0 ? Math.ceil(running * (1 + by / 100)) : Math.floor(running * (1 + by / 100));
    default:
      throw new Error(`sim does not model the adjustment ${AdjustmentType}`);
  }
};

/** Those that the world gave it, and those that people made since. */
export const alarmsOf = ({ Alarms = [], PolicyARN = '' }: ScalingPolicy, service: Scaled): string[] => [
  ...new Set([...Alarms.flatMap(({ AlarmName }) => AlarmName ?? []), ...service.alarmsCalling(PolicyARN)]),
];

/** While one of the policy's alarms is red it acts, and again after each cooldown. */
const stepScaling = (policy: ScalingPolicy, service: Scaled, state: State, move: Move): Evaluation => {
  const { StepScalingPolicyConfiguration: steps, PolicyName: name } = policy;
  const [step, ...others] = steps?.StepAdjustments ?? [];
  const by = step?.ScalingAdjustment;
  if (steps === undefined || by === undefined || others.length > 0)
    throw new Error(`sim does not model the step policy ${name}, which has not one step`);
  const cooldown = makeCooldown();

  return (nowMs) => {
    const red = alarmsOf(policy, service).find(service.isRed);
    if (red === undefined || !cooldown.over(nowMs)) return;
    const next = adjusted(service.running(), steps, by);
    const desired = service.desiredCount();
    const { DynamicScalingInSuspended: noIn, DynamicScalingOutSuspended: noOut } = state();
    if (next === desired || (next > desired ? by < 0 || noOut : by > 0 || noIn)) return;
    cooldown.begin(nowMs, steps.Cooldown);
    move(next, `${name}: ${red} is red, ${service.running()} tasks run`);
  };
};
