import { aws_cloudwatch as cloudwatch, Duration, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import {
  CAUSE_DIMENSION,
  DURATION_METRIC,
  METRIC_DIMENSION,
  METRIC_NAMESPACE,
  outcomeMetrics,
  RESTORE_METRIC,
  SERVICE_DIMENSION,
} from '../core/deployment/own-metrics.ts';
import type { StepName } from '../statemachine/contract.ts';
import type { Handler } from './handler.ts';

type DashboardSources = {
  stateMachine: { metric(name: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric };
  /** How executions end: the state machine's terminal states. */
  terminalStates: readonly string[];
  endedIn: (state: string) => cloudwatch.Metric;
  handlers: ReadonlyMap<StepName, Handler>;
  alarms: readonly cloudwatch.IAlarm[];
  /** Which Cutover of the account: the dimension of what it counts of services. */
  tableName: string;
  stateMachineArn: string;
};

const HALF = 12;

/** Of every service that there is, also of one that comes later: a search finds what has been published of late. */
const counted = (
  tableName: string,
  dimensions: readonly string[],
  metric: string,
  statistic: string,
): cloudwatch.MathExpression => {
  const schema = [METRIC_NAMESPACE, METRIC_DIMENSION, ...dimensions].join(',');
  const period = Duration.hours(1);
  const what = `{${schema}} ${METRIC_DIMENSION}="${tableName}" MetricName="${metric}"`;
  return new cloudwatch.MathExpression({
    expression: `SEARCH('${what}', '${statistic}', ${period.toSeconds()})`,
    label: '',
    period,
    usingMetrics: {},
  });
};

/** Executions, so recoveries count as well. */
const running = (stateMachine: DashboardSources['stateMachine']): cloudwatch.MathExpression => {
  const ends = ['Succeeded', 'Failed', 'Aborted', 'TimedOut'];
  const sum = { statistic: 'Sum', period: Duration.minutes(5) };
  return new cloudwatch.MathExpression({
    expression: `RUNNING_SUM(FILL(begun, 0) - ${ends.map((_, at) => `FILL(end${at}, 0)`).join(' - ')})`,
    label: 'running',
    period: Duration.minutes(5),
    usingMetrics: {
      begun: stateMachine.metric('ExecutionsStarted', sum),
      ...Object.fromEntries(
        ends.map((end, at) => [`end${at}`, stateMachine.metric(`Executions${end}`, sum)]),
      ),
    },
  });
};

const linksTo = (scope: Construct, stateMachineArn: string): string => {
  const { region } = Stack.of(scope);
  const console = `https://${region}.console.aws.amazon.com`;
  // The console writes text in its links so, with a quote that nothing closes (Lambda guide, viewing metrics).
  const namespace = `~'${METRIC_NAMESPACE}`;
  return [
    `[Deployments in Step Functions](${console}/states/home?region=${region}#/statemachines/view/${stateMachineArn})`,
    `[metrics](${console}/cloudwatch/home?region=${region}#metricsV2?graph=~()&namespace=${namespace})`,
    '`cutover status --all` lists what runs, `cutover figures` counts what failed',
  ].join(' · ');
};

/**
 * Read from top to bottom: is anything wrong, what happens now, how do deployments end, which step is slow or
 * fails.
 */
export class OrchestratorDashboard extends Construct {
  constructor(scope: Construct, id: string, sources: DashboardSources) {
    super(scope, id);
    const { stateMachine, terminalStates, endedIn, handlers, alarms, tableName, stateMachineArn } = sources;
    const hourly = { period: Duration.hours(1), statistic: 'Sum' };
    const perStep = (metric: (handler: Handler) => cloudwatch.Metric) =>
      [...handlers].map(([step, handler]) => metric(handler).with({ label: step }));

    new cloudwatch.Dashboard(this, 'Dashboard', {
      defaultInterval: Duration.days(7),
      widgets: [
        [new cloudwatch.AlarmStatusWidget({ title: 'Needs a person', alarms: [...alarms], width: 2 * HALF })],
        [
          new cloudwatch.GraphWidget({
            title: 'Deployments started and ended, per hour',
            left: ['ExecutionsStarted', 'ExecutionsSucceeded', 'ExecutionsFailed', 'ExecutionsAborted'].map(
              (name) => stateMachine.metric(name, hourly),
            ),
            width: HALF,
          }),
          new cloudwatch.GraphWidget({
            title: 'How they ended, per hour',
            left: terminalStates.map((state) => endedIn(state).with({ ...hourly, label: state })),
            stacked: true,
            width: HALF,
          }),
        ],
        [new cloudwatch.TextWidget({ markdown: linksTo(this, stateMachineArn), width: 2 * HALF, height: 2 })],
        [
          new cloudwatch.GraphWidget({
            title: 'Running: begun and not ended within the time shown',
            left: [running(stateMachine)],
            width: HALF / 2,
          }),
          new cloudwatch.GraphWidget({
            title: 'Rolled back, by service and cause, per hour',
            left: [
              counted(tableName, [SERVICE_DIMENSION, CAUSE_DIMENSION], outcomeMetrics.rolledBack, 'Sum'),
            ],
            width: HALF / 2,
          }),
          new cloudwatch.GraphWidget({
            title: 'How long a deployment took, by service, seconds',
            left: [counted(tableName, [SERVICE_DIMENSION], DURATION_METRIC, 'Average')],
            width: HALF / 2,
          }),
          new cloudwatch.GraphWidget({
            title: 'How long users were on a version that was rolled back, by service, seconds',
            left: [counted(tableName, [SERVICE_DIMENSION], RESTORE_METRIC, 'Maximum')],
            width: HALF / 2,
          }),
        ],
        [
          new cloudwatch.GraphWidget({
            title: 'Errors per step (refusals and retried calls count too)',
            left: perStep(({ function: lambda }) => lambda.metricErrors({ period: Duration.minutes(5) })),
            width: HALF,
          }),
          new cloudwatch.GraphWidget({
            title: 'Duration per step, 99th percentile',
            left: perStep(({ function: lambda }) =>
              lambda.metricDuration({ period: Duration.minutes(5), statistic: 'p99' }),
            ),
            width: HALF,
          }),
        ],
      ],
    });
  }
}
