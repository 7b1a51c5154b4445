import { readFileSync } from 'node:fs';
import { Duration, aws_ecs as ecs, aws_logs as logs, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { startPeriodSeconds, stopTimeoutSeconds } from './health-checks.ts';
import { CONTAINER_NAME, CONTAINER_PORT, HEALTH_PATH } from './sample-service.types.ts';

/** Node's official image from Amazon's public registry; the program comes with the task definition. */
const IMAGE = 'public.ecr.aws/docker/library/node:24-alpine';

const program = readFileSync(new URL('./web-server.mjs', import.meta.url), 'utf8');

type WebTaskProps = {
  launchType: 'FARGATE' | 'EC2';
  bootSeconds: number;
  longestRequestSeconds: number;
};

/** The task definition: a revision of it is what a deployment brings. */
export class WebTask extends Construct {
  readonly definition: ecs.TaskDefinition;

  constructor(
    scope: Construct,
    id: string,
    { launchType, bootSeconds, longestRequestSeconds }: WebTaskProps,
  ) {
    super(scope, id);
    const fargate = launchType === 'FARGATE';

    this.definition = new ecs.TaskDefinition(this, 'Definition', {
      compatibility: fargate ? ecs.Compatibility.FARGATE : ecs.Compatibility.EC2,
      // awsvpc: each task has an address of its own, targets are addresses. bridge: tasks share the
      // instance's address and get random ports, targets are instances. The two must not be mixed: nothing
      // would ever become healthy.
      networkMode: fargate ? ecs.NetworkMode.AWS_VPC : ecs.NetworkMode.BRIDGE,
      ...(fargate && { cpu: '256', memoryMiB: '512' }),
      // An EC2 task runs on whatever its instance is: capacity.ts chooses the same.
      ...(fargate && {
        runtimePlatform: {
          cpuArchitecture: ecs.CpuArchitecture.ARM64,
          operatingSystemFamily: ecs.OperatingSystemFamily.LINUX,
        },
      }),
    });
    // Replaced revisions stay usable: CloudFormation would deregister the one that blue runs, and with it the
    // way back.
    this.definition.applyRemovalPolicy(RemovalPolicy.RETAIN);

    this.definition.addContainer(CONTAINER_NAME, {
      image: ecs.ContainerImage.fromRegistry(IMAGE),
      command: ['node', '--input-type=module', '-e', program],
      environment: { VERSION: '1', PORT: String(CONTAINER_PORT) },
      memoryLimitMiB: fargate ? 512 : 128,
      user: 'node',
      readonlyRootFilesystem: true,
      portMappings: [{ containerPort: CONTAINER_PORT, ...(!fargate && { hostPort: 0 }) }],
      // From the inside: does the task live? The load balancer's check asks from the outside: does it get
      // requests?
      healthCheck: {
        command: [
          'CMD-SHELL',
          `wget -q -O /dev/null http://127.0.0.1:${CONTAINER_PORT}${HEALTH_PATH} || exit 1`,
        ],
        interval: Duration.seconds(10),
        timeout: Duration.seconds(5),
        retries: 3,
        startPeriod: Duration.seconds(startPeriodSeconds(bootSeconds)),
      },
      stopTimeout: Duration.seconds(stopTimeoutSeconds(longestRequestSeconds)),
      logging: ecs.LogDrivers.awsLogs({
        streamPrefix: CONTAINER_NAME,
        logGroup: new logs.LogGroup(this, 'Log', {
          retention: logs.RetentionDays.TWO_WEEKS,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
      }),
    });
    Validations.of(this.definition).acknowledge({
      id: 'AwsSolutions-ECS2',
      reason:
        'VERSION and PORT are no secrets: the page shows the one, and the target group names the other.',
    });
  }
}
