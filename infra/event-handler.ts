import {
  Duration,
  aws_events as events,
  aws_iam as iam,
  aws_lambda as lambda,
  RemovalPolicy,
  aws_sqs as sqs,
  aws_events_targets as targets,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { eventDelivery } from '../statemachine/event-rules.ts';
import { Handler, type HandlerProps } from './handler.ts';
import { acknowledge } from './nag.ts';

const EVENT_USEFUL_FOR = Duration.millis(eventDelivery.usefulForMs);

/** What starts the Lambda. */
type Starts = { pattern?: events.EventPattern | undefined; schedule?: events.Schedule | undefined };

/**
 * A Lambda behind an EventBridge rule. Two ways to lose an event, two queues' worth of evidence: EventBridge
 * could not hand it over (the rule's dead-letter queue), or the function failed after Lambda's own retries
 * (the failure destination) [fact 123, 124].
 */
export class EventDrivenHandler extends Construct {
  readonly handler: Handler;
  readonly lost: sqs.Queue;
  /** Whether it also runs when nothing happens. */
  readonly scheduled: boolean;

  constructor(scope: Construct, id: string, { pattern, schedule }: Starts, props: HandlerProps) {
    super(scope, id);

    this.lost = new sqs.Queue(this, 'Lost', {
      enforceSSL: true,
      encryption: sqs.QueueEncryption.SQS_MANAGED,
      // The longest SQS keeps anything: a lost event should outlive a long weekend.
      retentionPeriod: Duration.days(14),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    acknowledge(
      this.lost,
      'AwsSolutions-SQS3',
      'It is a dead-letter queue itself, of an EventBridge rule and of a Lambda, which cdk-nag does not see.',
    );
    // A trace of each beat of the clock would cost more than the rest of an idle installation but its alarms; what a
    // beat starts is an execution, which is traced.
    const tracing = schedule === undefined ? lambda.Tracing.ACTIVE : lambda.Tracing.PASS_THROUGH;
    this.handler = new Handler(this, 'Handler', { ...props, name: id, tracing });
    this.handler.function.configureAsyncInvoke({
      maxEventAge: EVENT_USEFUL_FOR,
      retryAttempts: eventDelivery.lambdaRetries,
      onFailure: this.lostDestination(),
    });

    // One rule per reason: EventBridge accepts a pattern or a schedule for its matching, and each shows in
    // the metrics.
    this.scheduled = schedule !== undefined;
    if (pattern !== undefined) this.start('OnEvent', { eventPattern: pattern });
    if (schedule !== undefined) this.start('OnSchedule', { schedule });
  }

  /** Like the CDK's SqsDestination, which would also let the function read the queue. */
  private lostDestination(): lambda.IDestination {
    return {
      bind: () => {
        this.handler.role.addToPolicy(
          new iam.PolicyStatement({ actions: ['sqs:SendMessage'], resources: [this.lost.queueArn] }),
        );
        return { destination: this.lost.queueArn };
      },
    };
  }

  private start(id: string, when: events.RuleProps): void {
    new events.Rule(this, id, {
      ...when,
      targets: [
        new targets.LambdaFunction(this.handler.function, {
          deadLetterQueue: this.lost,
          maxEventAge: EVENT_USEFUL_FOR,
          retryAttempts: eventDelivery.eventBridgeRetries,
        }),
      ],
    });
  }
}
