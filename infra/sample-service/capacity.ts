import {
  aws_autoscaling as autoscaling,
  aws_ec2 as ec2,
  aws_ecs as ecs,
  aws_iam as iam,
  Validations,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { acknowledgeWildcardResources } from '../nag.ts';

type CapacityProps = { vpc: ec2.IVpc; cluster: ecs.Cluster; tasks: { min: number; max: number } };

/**
 * Instances for the EC2 variant, as a capacity provider with managed scaling: during a deployment the service
 * runs twice, and a cluster that cannot grow would never place green.
 */
export class Ec2Capacity extends Construct {
  readonly provider: ecs.AsgCapacityProvider;
  readonly securityGroup: ec2.SecurityGroup;

  constructor(scope: Construct, id: string, { vpc, cluster, tasks }: CapacityProps) {
    super(scope, id);

    this.securityGroup = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: 'Instances: the dynamic ports, from the load balancer only',
    });
    const role = new iam.Role(this, 'Role', { assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com') });
    const group = new autoscaling.AutoScalingGroup(this, 'Instances', {
      vpc,
      vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
      minCapacity: tasks.min,
      // Room for both versions at full size, one task on each instance.
      maxCapacity: 2 * tasks.max,
      launchTemplate: new ec2.LaunchTemplate(this, 'Template', {
        instanceType: ec2.InstanceType.of(ec2.InstanceClass.T4G, ec2.InstanceSize.SMALL),
        machineImage: ecs.EcsOptimizedImage.amazonLinux2023(ecs.AmiHardwareType.ARM),
        userData: ec2.UserData.forLinux(),
        role,
        securityGroup: this.securityGroup,
        requireImdsv2: true,
        // Not through the bridge: a container that reached it would have the instance's role.
        httpPutResponseHopLimit: 1,
        blockDevices: [{ deviceName: '/dev/xvda', volume: autoscalingVolume() }],
      }),
    });
    this.provider = new ecs.AsgCapacityProvider(this, 'Provider', {
      autoScalingGroup: group,
      // ECS drains an instance before it goes; without protection the group may still choose which.
      enableManagedDraining: true,
      enableManagedTerminationProtection: false,
    });
    cluster.addAsgCapacityProvider(this.provider);

    acknowledgeWildcardResources(
      role,
      'The ECS agent registers instances and reports tasks whose ids nobody knows beforehand; the ' +
        'cluster is the limit.',
    );
    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM5[Action::ecs:Submit*]',
      reason:
        'The three calls by which the agent reports changes of state, in the words of the ECS developer guide.',
    });
    Validations.of(group).acknowledge({
      id: 'AwsSolutions-AS3',
      reason:
        'A sample has nobody to notify: the capacity provider replaces instances, and the service its tasks.',
    });
  }
}

const autoscalingVolume = (): ec2.BlockDeviceVolume =>
  ec2.BlockDeviceVolume.ebs(30, { encrypted: true, volumeType: ec2.EbsDeviceVolumeType.GP3 });
