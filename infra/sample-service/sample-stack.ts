import { CfnOutput, aws_ec2 as ec2, Stack, type StackProps, Tags } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { startPeriodSeconds } from './health-checks.ts';
import { SampleService } from './sample-service.ts';
import { CONTAINER_NAME, CONTAINER_PORT, type SampleServiceProps } from './sample-service.types.ts';

/** The sample service on its own, with outputs that are the input of the next steps. */
export class SampleStack extends Stack {
  readonly sample: SampleService;

  constructor(scope: Construct, id: string, props: StackProps & SampleServiceProps = {}) {
    super(scope, id, { description: 'A sample service for Cutover', ...props });
    this.sample = new SampleService(this, 'Sample', props);
    Tags.of(this).add('cutover:sample', id);

    const { balancer, cluster, service, task } = this.sample;
    const outputs = {
      Url: { value: balancer.url, description: 'Open it: it says which version answered' },
      FirstDeployment: {
        value: this.toJsonString(this.firstDeployment()),
        description: 'Request of the first deployment',
      },
      GracePeriod: {
        value:
          `aws ecs update-service --cluster ${cluster.clusterName} --service ${service.attrName} ` +
          `--health-check-grace-period-seconds ${startPeriodSeconds(props.bootSeconds ?? 20)}`,
        description: 'Type it after the first deployment: ECS refuses it before',
      },
      ClusterArn: { value: cluster.clusterArn, description: 'For the orchestrator: ClusterArns' },
      ServiceArn: { value: service.ref, description: 'For the orchestrator: ServiceArns' },
      ListenerArn: { value: balancer.listenerArn, description: 'For the orchestrator: ListenerArns' },
      TaskRoleArns: {
        value: [task.definition.taskRole.roleArn, task.definition.obtainExecutionRole().roleArn].join(','),
        description: 'For the orchestrator: TaskRoleArns',
      },
    };
    for (const [name, output] of Object.entries(outputs)) new CfnOutput(this, name, output);
  }

  /**
   * Later deployments need cluster, service and task definition only: the rest is found at the running task
   * set.
   */
  private firstDeployment(): Record<string, unknown> {
    const { balancer, cluster, service, task, alarmName, capacityProvider, launchType } = this.sample;
    return {
      cluster: cluster.clusterName,
      service: service.attrName,
      taskDefinition: task.definition.taskDefinitionArn,
      strategy: 'AllAtOnce',
      alarms: [alarmName],
      container: { name: CONTAINER_NAME, port: CONTAINER_PORT },
      greenTargetGroup: balancer.groups.Green.targetGroupArn,
      ...(launchType === 'FARGATE'
        ? { launchType, network: this.network() }
        : { capacityProviders: [{ capacityProvider, weight: 1, base: 0 }] }),
    };
  }

  private network(): Record<string, unknown> {
    const { vpc, taskSecurityGroup } = this.sample;
    return {
      subnets: vpc.selectSubnets({ subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS }).subnetIds,
      securityGroups: [taskSecurityGroup.securityGroupId],
      assignPublicIp: 'DISABLED',
    };
  }
}
