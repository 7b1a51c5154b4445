import { aws_cloudwatch as cloudwatch, Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { StepName } from '../statemachine/contract.ts';
import type { Handler } from './handler.ts';

type DashboardSources = {
  stateMachine: { metric(name: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric };
  /** How executions end: the state machine's terminal states. */
  terminalStates: readonly string[];
  endedIn: (state: string) => cloudwatch.Metric;
  handlers: ReadonlyMap<StepName, Handler>;
  alarms: readonly cloudwatch.IAlarm[];
};

const HALF = 12;

/**
 * Read from top to bottom: is anything wrong, what happens now, how do deployments end, which step is slow or
 * fails.
 */
export class OrchestratorDashboard extends Construct {
  constructor(scope: Construct, id: string, sources: DashboardSources) {
    super(scope, id);
    const { stateMachine, terminalStates, endedIn, handlers, alarms } = sources;
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
