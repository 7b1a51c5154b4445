import { aws_cloudwatch as cloudwatch, Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { OwnMetric } from '../core/deployment/own-metrics.ts';
import type { StepName } from '../statemachine/contract.ts';
import type { EventDrivenHandler } from './event-handler.ts';
import type { Handler } from './handler.ts';

/**
 * Errors of one step within five minutes that its retries do not explain: Step Functions tries about that
 * often in a minute.
 */
const REPEATED = 3;

/** Three periods of five minutes: one may be late, and the first after an installation is not whole. */
const SILENCE_PERIODS = 3;

/** Likewise: a recovery takes a lease over within seconds, so a quarter of an hour is many recoveries that did not. */
const LOCKED_PERIODS = 3;

type AlarmSources = {
  stateMachine: { metric(name: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric };
  /** Executions that ended in a terminal state, by its name. */
  endedIn: (state: string) => cloudwatch.Metric;
  handlers: ReadonlyMap<StepName, Handler>;
  /** What Cutover counts of itself. */
  counted: (name: OwnMetric) => cloudwatch.Metric;
  /** The Lambdas that events and the clock start, by name. */
  beside: ReadonlyMap<string, EventDrivenHandler>;
  actions: readonly cloudwatch.IAlarmAction[];
};

/** One alarm. */
type Page = {
  id: string;
  metric: cloudwatch.Metric;
  /** What is wrong and what to do, for the person who is paged. */
  description: string;
  /** In a period of five minutes; default: 1. */
  threshold?: number;
  periods?: number;
  statistic?: string;
  treatMissingData?: cloudwatch.TreatMissingData;
};

const pagesOf = ({ stateMachine, endedIn, handlers, counted }: AlarmSources): Page[] => [
  {
    id: 'Stuck',
    metric: endedIn('Stuck'),
    description:
      'A deployment ended where only a person can decide, or an API stayed down through every retry. Open the failed ' +
      'execution and read the cause, read the target health of both groups, and set the listener ' +
      'weights by hand if users ' +
      'need it. The service stays locked; recoveries try again, ever more rarely.',
  },
  {
    id: 'Unrecorded',
    metric: endedIn('Unrecorded'),
    description:
      'A deployment ended but its record could not be closed, so the service stays locked until the ' +
      'sweep has recovered it. ' +
      'Check that the table can be written (throttling, permissions).',
  },
  {
    id: 'RollBackFailing',
    metric: errorsOf(handlers, 'RollBack'),
    description:
      'RollBack fails again and again: users may still be on the version that was found bad. Read its ' +
      'log; if AWS refuses the ' +
      'call, give all weight back to blue by hand.',
    threshold: REPEATED,
  },
  {
    id: 'RecordOutcomeFailing',
    metric: errorsOf(handlers, 'RecordOutcome'),
    description:
      'RecordOutcome fails again and again: deployments end but their services stay locked. Check the ' +
      'table and its permissions.',
    threshold: REPEATED,
  },
  {
    id: 'LeaseStuck',
    metric: counted('EndedButHeld'),
    description:
      'A service stays locked by a deployment whose execution has ended, and recoveries do not free it. ' +
      'Read the executions whose ' +
      'names begin with recover-: the last one says what is missing. The service is as they left it; ' +
      'read its weights.',
    periods: LOCKED_PERIODS,
  },
  {
    id: 'RecoveryFailing',
    metric: counted('LeasesNotSwept'),
    description:
      'The sweep cannot read an execution or start its recovery, so what was stopped half-way stays so. ' +
      'Read the log of Sweep: a ' +
      'missing permission or a throttled API is named there.',
    threshold: REPEATED,
  },
  {
    id: 'Throttled',
    metric: stateMachine.metric('ExecutionThrottled'),
    description:
      "Step Functions delays this account's state transitions, rollbacks included. Ask for a higher " +
      'quota of StateTransition, or deploy ' +
      'fewer services at once.',
    threshold: REPEATED,
  },
];

/**
 * What a person is paged for: only what Cutover cannot put right by itself. A deployment that rolled back or
 * was refused did its job; its pipeline and its event say so.
 */
export class OrchestratorAlarms extends Construct {
  readonly all: cloudwatch.Alarm[] = [];

  private readonly actions: readonly cloudwatch.IAlarmAction[];

  constructor(scope: Construct, id: string, sources: AlarmSources) {
    super(scope, id);
    this.actions = sources.actions;

    for (const page of pagesOf(sources)) this.page(page);
    for (const [name, { lost, handler, scheduled }] of sources.beside) {
      this.page({
        id: `${name}LostEvents`,
        metric: lost.metricApproximateNumberOfMessagesVisible(),
        description:
          `${name} could not handle an event, which lies in its queue. Deployments observe again by ` +
          'themselves, only later. Read the ' +
          'message, then the log of the function, and purge the queue.',
        // How many lie there, not how many were seen lying there in each of five minutes.
        statistic: 'Maximum',
        // SQS stops publishing for a queue that nobody has used for six hours (SQS guide, CloudWatch metrics),
        // whatever lies in it. No news keeps the state: red until the queue is purged, which also makes SQS publish
        // again.
        treatMissingData: cloudwatch.TreatMissingData.IGNORE,
      });
      if (scheduled) this.pageWithout(name, handler.function.metricInvocations());
    }
  }

  /** What runs on a schedule is missed, not red, when it stops. */
  private pageWithout(name: string, invocations: cloudwatch.Metric): void {
    const alarm = new cloudwatch.Alarm(this, `${name}NotRunning`, {
      alarmDescription:
        `${name} has not run for ${SILENCE_PERIODS * 5} minutes: a deployment or a move that is stopped ` +
        'half-way would stay so. Check that its ' +
        'rule is enabled and that the function may be invoked.',
      metric: invocations.with({ statistic: 'Sum', period: Duration.minutes(5) }),
      threshold: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: SILENCE_PERIODS,
      treatMissingData: cloudwatch.TreatMissingData.BREACHING,
    });
    this.add(alarm);
  }

  private page({
    id,
    metric,
    description,
    threshold = 1,
    periods = 1,
    statistic = 'Sum',
    // Counters are absent, not zero, when nothing happened.
    treatMissingData = cloudwatch.TreatMissingData.NOT_BREACHING,
  }: Page): void {
    const alarm = new cloudwatch.Alarm(this, id, {
      alarmDescription: description,
      metric: metric.with({ statistic, period: Duration.minutes(5) }),
      threshold,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: periods,
      treatMissingData,
    });
    this.add(alarm);
  }

  private add(alarm: cloudwatch.Alarm): void {
    if (this.actions.length > 0) alarm.addAlarmAction(...this.actions);
    this.all.push(alarm);
  }
}

const errorsOf = (handlers: ReadonlyMap<StepName, Handler>, step: StepName): cloudwatch.Metric => {
  const handler = handlers.get(step);
  if (handler === undefined) throw new Error(`expected a Lambda for ${step}, found none`);
  // Of all versions together: during an upgrade two of them run deployments.
  return handler.function.metricErrors();
};
