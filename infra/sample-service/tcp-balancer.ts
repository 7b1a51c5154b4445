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
import { CONTAINER_PORT, HEALTH_PATH } from './sample-service.types.ts';

type TcpBalancerProps = BalancerProps & {
  certificate?: acm.ICertificate | undefined;
  accessLogs: s3.Bucket;
};

/**
 * A network load balancer: for TCP and for latency. Its weights are in the listener's default action, so the
 * listener's template must not change while another version than the template's serves (docs/deploying.md
 * says how to guard it).
 */
export class TcpBalancer extends Construct implements Balancer {
  readonly kind = 'network';
  readonly loadBalancer: elbv2.NetworkLoadBalancer;
  readonly securityGroup: ec2.SecurityGroup;
  readonly groups: Record<Colour, elbv2.NetworkTargetGroup>;
  readonly listenerArn: string;
  readonly url: string;

  constructor(scope: Construct, id: string, props: TcpBalancerProps) {
    super(scope, id);
    const { vpc, internetFacing, certificate, accessLogs } = props;

    this.securityGroup = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: 'Load balancer: who may connect',
      allowAllOutbound: false,
    });
    this.loadBalancer = new elbv2.NetworkLoadBalancer(this, 'LoadBalancer', {
      vpc,
      internetFacing,
      securityGroups: [this.securityGroup],
      crossZoneEnabled: true,
    });
    this.loadBalancer.setAttribute('access_logs.s3.enabled', 'true');
    this.loadBalancer.setAttribute('access_logs.s3.bucket', accessLogs.bucketName);
    if (accessLogs.policy !== undefined) this.loadBalancer.node.addDependency(accessLogs.policy);

    this.groups = { Blue: this.makeGroup('Blue', props), Green: this.makeGroup('Green', props) };
    const listener = this.loadBalancer.addListener('Listener', {
      port: certificate === undefined ? 80 : 443,
      protocol: certificate === undefined ? elbv2.Protocol.TCP : elbv2.Protocol.TLS,
      ...(certificate !== undefined && {
        certificates: [certificate],
        sslPolicy: elbv2.SslPolicy.RECOMMENDED_TLS,
      }),
      defaultAction: elbv2.NetworkListenerAction.weightedForward([
        { targetGroup: this.groups.Blue, weight: 100 },
        { targetGroup: this.groups.Green, weight: 0 },
      ]),
    });
    this.listenerArn = listener.listenerArn;
    this.url = `${certificate === undefined ? 'http' : 'https'}://${this.loadBalancer.loadBalancerDnsName}/`;
  }

  private makeGroup(colour: Colour, props: TcpBalancerProps): elbv2.NetworkTargetGroup {
    return new elbv2.NetworkTargetGroup(this, colour, {
      vpc: props.vpc,
      targetType: props.targetType,
      protocol: elbv2.Protocol.TCP,
      port: CONTAINER_PORT,
      deregistrationDelay: Duration.seconds(props.deregistrationDelaySeconds),
      healthCheck: {
        protocol: elbv2.Protocol.HTTP,
        path: HEALTH_PATH,
        interval: Duration.seconds(balancerCheck.intervalSeconds),
        timeout: Duration.seconds(balancerCheck.timeoutSeconds),
        healthyThresholdCount: balancerCheck.healthyThreshold,
        unhealthyThresholdCount: unhealthyThreshold(props.bootSeconds),
      },
    });
  }
}
