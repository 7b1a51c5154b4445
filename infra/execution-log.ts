import { Aws, type aws_cloudwatch as cloudwatch, Fn, aws_logs as logs, RemovalPolicy } from 'aws-cdk-lib';
import { Construct } from 'constructs';

type ExecutionLogProps = {
  retention: logs.RetentionDays;
  /** Names of the state machine's Succeed and Fail states. */
  terminalStates: readonly string[];
};

/**
 * The state machine's log, and a counter for each way an execution can end. Step Functions' own metrics know
 * only "failed", which for us is a rollback that worked, a refusal, or a case for a person.
 */
export class ExecutionLog extends Construct {
  readonly group: logs.LogGroup;

  private readonly ends: ReadonlyMap<string, cloudwatch.Metric>;

  constructor(scope: Construct, id: string, { retention, terminalStates }: ExecutionLogProps) {
    super(scope, id);
    // The stack's name as it is created, not as it was synthesised: the same template may be installed twice.
    const name = Fn.join('-', [Aws.STACK_NAME, 'Executions', this.node.addr.slice(-8)]);

    this.group = new logs.LogGroup(this, 'Group', {
      // The prefix spares the account's log resource policy, whose size limit a few dozen log groups reach.
      logGroupName: `/aws/vendedlogs/states/${name}`,
      retention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.ends = new Map(
      terminalStates.map((state) => {
        const filter = new logs.MetricFilter(this, state, {
          logGroup: this.group,
          filterPattern: logs.FilterPattern.all(
            logs.FilterPattern.stringValue('$.type', '=', '*StateEntered'),
            logs.FilterPattern.stringValue('$.details.name', '=', state),
          ),
          metricNamespace: `Cutover/${name}`,
          metricName: state,
          metricValue: '1',
        });
        return [state, filter.metric({ statistic: 'Sum' })];
      }),
    );
  }

  /** Executions that ended in this state. */
  readonly endedIn = (state: string): cloudwatch.Metric => {
    const metric = this.ends.get(state);
    if (metric === undefined) {
      throw new Error(
        `expected one of ${[...this.ends.keys()].join(', ')}, the state machine's ends; found ${state}`,
      );
    }
    return metric;
  };
}
