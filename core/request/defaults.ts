import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../clock.ts';
import type { AnalysisPolicy, MetricPolicy } from '../vocabulary/analysis.types.ts';
import type {
  CapacityPolicy,
  RedAtStartPolicy,
  Shift,
  WhenBusy,
  WithoutDataPolicy,
} from '../vocabulary/request.types.ts';

/** What a request gets when it does not say, and how far it may go. docs/request.md lists them for users. */

/**
 * AWS's advice for hands-off deployments keeps blue for an hour after everything moved, so that most
 * regressions show while rolling back is still one write [fact 138, 142]. CodeDeploy's console default too.
 */
export const DEFAULT_KEEP_BLUE_MS = HOUR_MS;

/**
 * Starts below a tenth of the traffic, never moves more than a third at once [fact 142], and watches each shift for
 * five minutes: a one-minute load-balancer alarm took about four to fire [fact 116].
 */
export const DEFAULT_SHIFTS: readonly Shift[] = [
  { greenPct: 5, bakeMs: 5 * MINUTE_MS },
  { greenPct: 25, bakeMs: 5 * MINUTE_MS },
  { greenPct: 50, bakeMs: 5 * MINUTE_MS },
  { greenPct: 75, bakeMs: 5 * MINUTE_MS },
  { greenPct: 100, bakeMs: DEFAULT_KEEP_BLUE_MS },
];

/**
 * The person who starts a deployment while another runs should notice; waiting or replacing has to be asked for.
 */
export const DEFAULT_WHEN_BUSY: WhenBusy = 'reject';

/** A new target is healthy after a single pass [fact 87]; one more default interval of 30 s shows that it stays so. */
export const DEFAULT_HEALTHY_FOR_MS = 30 * SECOND_MS;

/**
 * Pulling, starting and passing a health check takes 1 to 5 minutes; six times that is a broken version, not a slow
 * one.
 */
export const DEFAULT_TIME_TO_HEALTHY_MS = 30 * MINUTE_MS;

/** A deployment guarded by an alarm that is already red is not guarded; a person has to say what that means. */
export const DEFAULT_RED_AT_START: RedAtStartPolicy = { kind: 'refuse' };

/** An error alarm on a healthy service often has no data: zero errors are not published as zero [fact 114, 118]. */
export const DEFAULT_WITHOUT_DATA: WithoutDataPolicy = 'ignore';

/**
 * Green may fail a quarter more requests than blue, and one in ten thousand beside: a cold cache is no regression.
 * One false rollback in a hundred deployments at most. Latency is only reported: a green that has just started is
 * slower than a warm blue. Services with too few requests to judge are deployed as before, and the decision says so.
 */
export const DEFAULT_ANALYSIS: AnalysisPolicy = {
  errors: { use: 'decide', psi: 1.25, delta: 0.0001 },
  latency: { use: 'advise', psi: 1.25, delta: 0.005 },
  alpha: 0.01,
  onInconclusive: 'advance',
};

/** What an application counts is only reported, until its owner has seen that the colours agree in it. */
export const DEFAULT_APPLICATION: MetricPolicy = { use: 'advise', psi: 1.25, delta: 0.0001 };

/**
 * Each is read as often as the load balancer's, CloudWatch charges for each, and all of them travel in the
 * execution's state.
 */
export const MAX_APPLICATION_METRICS = 3;
export const MAX_PUBLISHED_METRICS = 4;
export const MAX_METRIC_DIMENSIONS = 10;

/** Fargate tasks behind a load balancer need no public address; exposing them has to be asked for. */
export const DEFAULT_ASSIGN_PUBLIC_IP = 'DISABLED';

/** The API's default weight of 0 would place nothing when it is the only provider. */
export const DEFAULT_PROVIDER_WEIGHT = 1;

/** More than a week at one weight is a configuration, not a deployment; twice what CodeDeploy allows, and more. */
export const MAX_BAKE_MS = 7 * DAY_MS;

/** More than any service has in a week. */
export const MAX_SHIFT_REQUESTS = 1_000_000_000_000;

/** One shift for each percent. */
export const MAX_SHIFTS = 100;

/**
 * Waiting longer would poll through the execution's history [fact 95]; CodeDeploy gives up after one hour [fact 69].
 */
export const MAX_TIME_TO_HEALTHY_MS = 2 * HOUR_MS;
/** Below a minute not even a cached image with a fast health check is reliably in service. */
export const MIN_TIME_TO_HEALTHY_MS = MINUTE_MS;
export const MAX_HEALTHY_FOR_MS = HOUR_MS;

/** Below a second nothing is written and read back; an hour is a new deployment. */
export const MIN_ROLLBACK_WITHIN_MS = SECOND_MS;
export const MAX_ROLLBACK_WITHIN_MS = HOUR_MS;

/**
 * Green has a quarter more tasks than its share: its tasks are as busy as blue's are when one of five is lost. Two of
 * them, so that one can die.
 */
export const DEFAULT_CAPACITY: CapacityPolicy = { headroom: 1.25, minTasks: 2 };
/** Fewer than its share is an overload by plan; more than three times its share is full size for most shifts. */
export const MIN_HEADROOM = 1;
export const MAX_HEADROOM = 3;
export const MAX_MIN_TASKS = 1_000;

/** Three times what is usual [fact 82]; longer than an hour no load balancer has been seen to take. */
export const MIN_SETTLE_MS = 30 * SECOND_MS;
export const MAX_SETTLE_MS = HOUR_MS;

/** Long enough for a person who waits for it, or for a suite of smoke tests; as long as a default shift. */
export const DEFAULT_TEST_MS = 5 * MINUTE_MS;

/** What one DescribeAlarms call can ask for [fact 112]: the guards are read together or not at all. */
export const MAX_ALARMS = 100;
/** CloudWatch's limit for an alarm's name, in characters. */
export const MAX_ALARM_NAME = 255;

/**
 * Every shift reads, writes and reads back each route inside one Lambda call: 50 routes are 150 calls, some
 * 10 s at the load balancer API's refill of ten a second [fact 92].
 */
export const MAX_ROUTES = 50;

/** The reason for overriding a red alarm is kept in the record and shown to people. */
export const MAX_REASON = 500;

/** Limits of the ECS API's AwsVpcConfiguration. */
export const MAX_SUBNETS = 16;
export const MAX_SECURITY_GROUPS = 5;
/** Limit of the ECS API for a capacity provider strategy. */
export const MAX_CAPACITY_PROVIDERS = 20;
