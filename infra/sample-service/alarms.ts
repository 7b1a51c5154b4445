import { aws_cloudwatch as cloudwatch, Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { type Balancer, type Colour, colours } from './balancer.types.ts';

/** Fewer requests a minute say nothing about a rate: one error of three would be 33 %. */
const MINIMUM_REQUESTS = 20;
const ERROR_PERCENT = 2;
const SLOW_SECONDS = 1;

/**
 * Two of three minutes: one bad minute may be a blip, waiting for three would leave users with a bad version
 * longer.
 */
const WINDOW = { period: Duration.minutes(1), evaluationPeriods: 3, datapointsToAlarm: 2 };

/**
 * Alarms per target group, because a service-wide rate dilutes a new version's errors with the old one's
 * requests; one on what the load balancer answers itself; and a composite of them all: the one name a
 * deployment has to watch. The colours swap roles, so both are in it.
 */
export class TargetGroupAlarms extends Construct {
  readonly composite: cloudwatch.CompositeAlarm;

  constructor(scope: Construct, id: string, balancer: Balancer) {
    super(scope, id);

    const application = balancer.kind === 'application';
    const alarms = colours.flatMap((colour) => [
      this.unhealthyHosts(balancer, colour),
      ...(application ? [this.errorRate(balancer, colour), this.latency(balancer, colour)] : []),
    ]);
    if (application) alarms.push(this.balancerErrors(balancer));
    this.composite = new cloudwatch.CompositeAlarm(this, 'Serving', {
      alarmDescription: 'Something is wrong with a version that serves: a deployment rolls back',
      alarmRule: cloudwatch.AlarmRule.anyOf(
        ...alarms.map((alarm) => cloudwatch.AlarmRule.fromAlarm(alarm, cloudwatch.AlarmState.ALARM)),
      ),
    });
  }

  /** A network load balancer publishes nothing else per target group. */
  private unhealthyHosts(balancer: Balancer, colour: Colour): cloudwatch.Alarm {
    return new cloudwatch.Alarm(this, `${colour}UnhealthyHosts`, {
      alarmDescription: `A target of the ${colour} group fails its health checks`,
      metric: metricOf(balancer, colour, 'UnHealthyHostCount', 'Maximum'),
      threshold: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
      evaluationPeriods: WINDOW.evaluationPeriods,
      datapointsToAlarm: WINDOW.evaluationPeriods,
    });
  }

  /**
   * Errors are absent, not zero, when there were none; requests that never got an answer count as errors too.
   */
  private errorRate(balancer: Balancer, colour: Colour): cloudwatch.Alarm {
    const rate = new cloudwatch.MathExpression({
      expression: `IF(requests >= ${MINIMUM_REQUESTS}, 100 * (FILL(errors, 0) + FILL(refused, 0)) / requests, 0)`,
      usingMetrics: {
        requests: metricOf(balancer, colour, 'RequestCount', 'Sum'),
        errors: metricOf(balancer, colour, 'HTTPCode_Target_5XX_Count', 'Sum'),
        refused: metricOf(balancer, colour, 'TargetConnectionErrorCount', 'Sum'),
      },
      period: WINDOW.period,
      label: `${colour} errors, percent`,
    });
    return new cloudwatch.Alarm(this, `${colour}ErrorRate`, {
      alarmDescription:
        `The ${colour} group fails more than ${ERROR_PERCENT} % of at least ${MINIMUM_REQUESTS} ` +
        'requests a minute',
      metric: rate,
      threshold: ERROR_PERCENT,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
      evaluationPeriods: WINDOW.evaluationPeriods,
      datapointsToAlarm: WINDOW.datapointsToAlarm,
    });
  }

  /**
   * A version that hangs up, hangs, or is not there at all: the load balancer answers 502, 504 or 503 itself, and
   * counts that for no target group. So this one rate is of both versions together; a request without a target is not
   * even among the requests.
   */
  private balancerErrors({ loadBalancer }: Balancer): cloudwatch.Alarm {
    const metric = (metricName: string) =>
      new cloudwatch.Metric({
        namespace: 'AWS/ApplicationELB',
        metricName,
        dimensionsMap: { LoadBalancer: loadBalancer.loadBalancerFullName },
        statistic: 'Sum',
        period: WINDOW.period,
      });
    const all = '(FILL(requests, 0) + FILL(errors, 0))';
    return new cloudwatch.Alarm(this, 'BalancerErrors', {
      alarmDescription:
        `The load balancer itself fails more than ${ERROR_PERCENT} % of at least ${MINIMUM_REQUESTS} ` +
        'requests a minute',
      metric: new cloudwatch.MathExpression({
        expression: `IF(${all} >= ${MINIMUM_REQUESTS}, 100 * FILL(errors, 0) / ${all}, 0)`,
        usingMetrics: { requests: metric('RequestCount'), errors: metric('HTTPCode_ELB_5XX_Count') },
        period: WINDOW.period,
        label: 'errors of the load balancer, percent',
      }),
      threshold: ERROR_PERCENT,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
      evaluationPeriods: WINDOW.evaluationPeriods,
      datapointsToAlarm: WINDOW.datapointsToAlarm,
    });
  }

  private latency(balancer: Balancer, colour: Colour): cloudwatch.Alarm {
    return new cloudwatch.Alarm(this, `${colour}Latency`, {
      alarmDescription: `The ${colour} group needs more than ${SLOW_SECONDS} s for one request in a hundred`,
      metric: metricOf(balancer, colour, 'TargetResponseTime', 'p99'),
      threshold: SLOW_SECONDS,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
      // A percentile of a handful of requests is noise.
      evaluateLowSampleCountPercentile: 'ignore',
      evaluationPeriods: WINDOW.evaluationPeriods,
      datapointsToAlarm: WINDOW.datapointsToAlarm,
    });
  }
}

const metricOf = (
  { kind, loadBalancer, groups }: Balancer,
  colour: Colour,
  metricName: string,
  statistic: string,
): cloudwatch.Metric =>
  new cloudwatch.Metric({
    namespace: kind === 'application' ? 'AWS/ApplicationELB' : 'AWS/NetworkELB',
    metricName,
    dimensionsMap: {
      LoadBalancer: loadBalancer.loadBalancerFullName,
      TargetGroup: groups[colour].targetGroupFullName,
    },
    statistic,
    period: WINDOW.period,
  });
