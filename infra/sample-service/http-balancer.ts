import {
  type aws_certificatemanager as acm,
  Duration,
  aws_ec2 as ec2,
  aws_elasticloadbalancingv2 as elbv2,
  type aws_s3 as s3,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Balancer, BalancerProps, Colour } from './balancer.types.ts';
import { balancerCheck, unhealthyThreshold } from './health-checks.ts';
import { CONTAINER_PORT, type ExtraRoute, HEALTH_PATH } from './sample-service.types.ts';

/** Far behind every other rule of the listener: what no other service's rule took is ours. */
const CATCH_ALL_PRIORITY = 50_000 - 1;

type HttpBalancerProps = BalancerProps & {
  certificate?: acm.ICertificate | undefined;
  extraRoutes: ExtraRoute[];
  stickySeconds?: number | undefined;
  accessLogs: s3.Bucket;
};

/**
 * An application load balancer whose weights are all in rules of their own. CloudFormation writes a whole
 * resource when anything in it changes, so a new certificate or TLS policy on the listener would put its
 * default action's weights back to the template's: onto a target group with nobody in it. A rule whose
 * template never changes is never written.
 */
export class HttpBalancer extends Construct implements Balancer {
  readonly kind = 'application';
  readonly loadBalancer: elbv2.ApplicationLoadBalancer;
  readonly securityGroup: ec2.SecurityGroup;
  readonly groups: Record<Colour, elbv2.ApplicationTargetGroup>;
  readonly listener: elbv2.ApplicationListener;
  readonly listenerArn: string;
  readonly url: string;

  constructor(scope: Construct, id: string, props: HttpBalancerProps) {
    super(scope, id);
    const { vpc, internetFacing, certificate, accessLogs } = props;

    this.securityGroup = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: 'Load balancer: who may send requests',
      allowAllOutbound: false,
    });
    this.loadBalancer = new elbv2.ApplicationLoadBalancer(this, 'LoadBalancer', {
      vpc,
      internetFacing,
      securityGroup: this.securityGroup,
      dropInvalidHeaderFields: true,
      // HTTP/2 to browsers, HTTP/1.1 to tasks; WebSockets stay open as long as something is said within the
      // idle timeout.
      http2Enabled: true,
      idleTimeout: Duration.seconds(60),
    });
    this.loadBalancer.setAttribute('access_logs.s3.enabled', 'true');
    this.loadBalancer.setAttribute('access_logs.s3.bucket', accessLogs.bucketName);
    if (accessLogs.policy !== undefined) this.loadBalancer.node.addDependency(accessLogs.policy);

    this.groups = { Blue: this.makeGroup('Blue', props), Green: this.makeGroup('Green', props) };
    this.listener = this.makeListener(certificate);
    this.listenerArn = this.listener.listenerArn;
    this.url = `${certificate === undefined ? 'http' : 'https'}://${this.loadBalancer.loadBalancerDnsName}/`;
    this.route(props);
  }

  private makeGroup(colour: Colour, props: HttpBalancerProps): elbv2.ApplicationTargetGroup {
    return new elbv2.ApplicationTargetGroup(this, colour, {
      vpc: props.vpc,
      // ECS registers and deregisters the tasks: the template names no target.
      targetType: props.targetType,
      protocol: elbv2.ApplicationProtocol.HTTP,
      port: CONTAINER_PORT,
      deregistrationDelay: Duration.seconds(props.deregistrationDelaySeconds),
      // A group with sticky targets in a rule that is not sticky is refused by ELBv2, so the two come
      // together.
      ...(props.stickySeconds !== undefined && {
        stickinessCookieDuration: Duration.seconds(props.stickySeconds),
      }),
      healthCheck: {
        path: HEALTH_PATH,
        healthyHttpCodes: '200',
        interval: Duration.seconds(balancerCheck.intervalSeconds),
        timeout: Duration.seconds(balancerCheck.timeoutSeconds),
        healthyThresholdCount: balancerCheck.healthyThreshold,
        unhealthyThresholdCount: unhealthyThreshold(props.bootSeconds),
      },
    });
  }

  private makeListener(certificate: acm.ICertificate | undefined): elbv2.ApplicationListener {
    const notFound = elbv2.ListenerAction.fixedResponse(404, {
      contentType: 'text/plain',
      messageBody: 'no rule of this listener matches\n',
    });
    if (certificate === undefined) {
      return this.loadBalancer.addListener('Http', { port: 80, open: false, defaultAction: notFound });
    }
    this.loadBalancer.addListener('Http', {
      port: 80,
      open: false,
      defaultAction: elbv2.ListenerAction.redirect({ protocol: 'HTTPS', port: '443', permanent: true }),
    });
    return this.loadBalancer.addListener('Https', {
      port: 443,
      open: false,
      certificates: [certificate],
      sslPolicy: elbv2.SslPolicy.RECOMMENDED_TLS,
      defaultAction: notFound,
    });
  }

  /** Blue has all the weight until a deployment says otherwise, and the template never says it again. */
  private route({ extraRoutes, stickySeconds }: HttpBalancerProps): void {
    const forward = elbv2.ListenerAction.weightedForward(
      [
        { targetGroup: this.groups.Blue, weight: 100 },
        { targetGroup: this.groups.Green, weight: 0 },
      ],
      stickySeconds === undefined ? {} : { stickinessDuration: Duration.seconds(stickySeconds) },
    );
    for (const [index, { hosts = [], paths = [] }] of extraRoutes.entries()) {
      this.listener.addAction(`Route${index}`, {
        priority: 100 + index,
        conditions: [
          ...(hosts.length > 0 ? [elbv2.ListenerCondition.hostHeaders(hosts)] : []),
          ...(paths.length > 0 ? [elbv2.ListenerCondition.pathPatterns(paths)] : []),
        ],
        action: forward,
      });
    }
    this.listener.addAction('CatchAll', {
      priority: CATCH_ALL_PRIORITY,
      conditions: [elbv2.ListenerCondition.pathPatterns(['/*'])],
      action: forward,
    });
  }
}
