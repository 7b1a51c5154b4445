import {
  Duration,
  aws_ec2 as ec2,
  aws_ecs as ecs,
  aws_elasticloadbalancingv2 as elbv2,
  aws_iam as iam,
  Stack,
  aws_applicationautoscaling as scaling,
  Validations,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { makeAccessLogBucket } from './access-logs.ts';
import { TargetGroupAlarms } from './alarms.ts';
import type { Balancer } from './balancer.types.ts';
import { Ec2Capacity } from './capacity.ts';
import { HttpBalancer } from './http-balancer.ts';
import { addressesOf, DYNAMIC_PORTS, makeVpc } from './network.ts';
import { CONTAINER_PORT, type SampleServiceProps } from './sample-service.types.ts';
import { WebTask } from './task.ts';
import { TcpBalancer } from './tcp-balancer.ts';

const SCALING_ROLE =
  'role/aws-service-role/ecs.application-autoscaling.amazonaws.com/' +
  'AWSServiceRoleForApplicationAutoScaling_ECSService';

/**
 * A service as the field's setup guides build one, ready to be deployed with Cutover: everything but its task
 * sets, which deployments bring, the first one included.
 */
export class SampleService extends Construct {
  readonly launchType: 'FARGATE' | 'EC2';
  readonly vpc: ec2.IVpc;
  readonly cluster: ecs.Cluster;
  readonly service: ecs.CfnService;
  readonly task: WebTask;
  readonly balancer: Balancer;
  readonly taskSecurityGroup: ec2.SecurityGroup;
  readonly capacityProvider: string | undefined;
  readonly alarms: TargetGroupAlarms;

  constructor(scope: Construct, id: string, props: SampleServiceProps = {}) {
    super(scope, id);
    const { bootSeconds = 20, longestRequestSeconds = 30, tasks = { min: 2, max: 8 } } = props;
    this.launchType = props.launchType ?? 'FARGATE';

    this.vpc = props.vpc ?? makeVpc(this);
    this.cluster = new ecs.Cluster(this, 'Cluster', {
      vpc: this.vpc,
      containerInsightsV2: ecs.ContainerInsights.ENABLED,
    });
    this.task = new WebTask(this, 'Task', {
      launchType: this.launchType,
      bootSeconds,
      longestRequestSeconds,
    });
    this.balancer = this.makeBalancer(props, bootSeconds, longestRequestSeconds);

    const capacity =
      this.launchType === 'EC2'
        ? new Ec2Capacity(this, 'Capacity', { vpc: this.vpc, cluster: this.cluster, tasks })
        : undefined;
    this.capacityProvider = capacity?.provider.capacityProviderName;
    this.taskSecurityGroup =
      capacity?.securityGroup ??
      new ec2.SecurityGroup(this, 'TaskSecurityGroup', {
        vpc: this.vpc,
        description: 'Tasks: the container port, from the load balancer only',
      });
    this.letIn(props);

    this.service = this.makeService(tasks.min);
    this.scale(tasks);
    this.alarms = new TargetGroupAlarms(this, 'Alarms', this.balancer);
  }

  private makeBalancer(
    props: SampleServiceProps,
    bootSeconds: number,
    longestRequestSeconds: number,
  ): Balancer {
    const kind = props.balancer ?? 'application';
    const only = (['extraRoutes', 'stickySeconds'] as const).filter((name) => props[name] !== undefined);
    if (kind === 'network' && only.length > 0) {
      throw new Error(
        `expected ${only.join(' and ')} with an application load balancer, found a network one, which ` +
          'has no rules and no cookies; leave it out',
      );
    }
    const common = {
      vpc: this.vpc,
      internetFacing: props.internetFacing ?? true,
      certificate: props.certificate,
      targetType: this.launchType === 'EC2' ? elbv2.TargetType.INSTANCE : elbv2.TargetType.IP,
      deregistrationDelaySeconds: longestRequestSeconds,
      bootSeconds,
      accessLogs: makeAccessLogBucket(this, kind),
    };
    if (kind === 'network') return new TcpBalancer(this, 'Balancer', common);
    return new HttpBalancer(this, 'Balancer', {
      ...common,
      extraRoutes: props.extraRoutes ?? [],
      stickySeconds: props.stickySeconds,
    });
  }

  /**
   * Clients reach the balancer, only the balancer reaches the tasks, and the balancer reaches nothing else.
   */
  private letIn({ internetFacing = true, certificate }: SampleServiceProps): void {
    const { securityGroup } = this.balancer;
    const clients = internetFacing ? ec2.Peer.anyIpv4() : addressesOf(this.vpc);
    const network = this.balancer.kind === 'network';
    const ports = [
      ...(certificate === undefined || !network ? [80] : []),
      ...(certificate === undefined ? [] : [443]),
    ];
    for (const port of ports) securityGroup.addIngressRule(clients, ec2.Port.tcp(port), 'clients');

    const taskPorts = this.launchType === 'EC2' ? DYNAMIC_PORTS : ec2.Port.tcp(CONTAINER_PORT);
    securityGroup.addEgressRule(this.taskSecurityGroup, taskPorts, 'tasks');
    this.taskSecurityGroup.addIngressRule(securityGroup, taskPorts, 'requests and health checks');

    Validations.of(securityGroup).acknowledge({
      id: 'AwsSolutions-EC23',
      reason: internetFacing
        ? 'An internet-facing load balancer is there to be reached from everywhere; the tasks behind it are not.'
        : 'Clients are the addresses of the VPC, which cdk-nag cannot read before CloudFormation knows them.',
    });
  }

  /**
   * With the EXTERNAL controller a service is little more than a name and a number of tasks: task definition,
   * network and load balancer belong to the task sets. So this resource never changes when a version does.
   */
  private makeService(desiredCount: number): ecs.CfnService {
    return new ecs.CfnService(this, 'Service', {
      cluster: this.cluster.clusterArn,
      deploymentController: { type: 'EXTERNAL' },
      schedulingStrategy: 'REPLICA',
      desiredCount,
      enableEcsManagedTags: true,
      // On by default, it would stop tasks in the middle of a shift to move them to another zone.
      availabilityZoneRebalancing: 'DISABLED',
      ...(this.launchType === 'EC2' && {
        placementStrategies: [{ type: 'spread', field: 'attribute:ecs.availability-zone' }],
      }),
    });
  }

  /** On the service's number of tasks: while a deployment runs, ECS applies it to both versions. */
  private scale({ min, max }: { min: number; max: number }): void {
    const target = new scaling.ScalableTarget(this, 'Scaling', {
      serviceNamespace: scaling.ServiceNamespace.ECS,
      scalableDimension: 'ecs:service:DesiredCount',
      resourceId: `service/${this.cluster.clusterName}/${this.service.attrName}`,
      minCapacity: min,
      maxCapacity: max,
      // Application Auto Scaling acts on ECS services with its service-linked role, whatever else it is
      // given.
      role: iam.Role.fromRoleArn(
        this,
        'ScalingRole',
        Stack.of(this).formatArn({
          service: 'iam',
          region: '',
          resource: SCALING_ROLE,
        }),
      ),
    });
    target.scaleToTrackMetric('Cpu', {
      // Not requests per target: that metric is of one target group, and the group that serves changes with
      // each deployment.
      predefinedMetric: scaling.PredefinedMetric.ECS_SERVICE_AVERAGE_CPU_UTILIZATION,
      targetValue: 60,
      scaleOutCooldown: Duration.minutes(1),
      scaleInCooldown: Duration.minutes(5),
    });
  }

  /** What a deployment watches. */
  get alarmName(): string {
    return this.alarms.composite.alarmName;
  }
}
