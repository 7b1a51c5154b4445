import { PutMetricAlarmCommand, SetAlarmStateCommand, type StateValue } from '@aws-sdk/client-cloudwatch';
import { DescribeSecurityGroupsCommand, DescribeSubnetsCommand } from '@aws-sdk/client-ec2';
import {
  CreateClusterCommand,
  CreateServiceCommand,
  CreateTaskSetCommand,
  DescribeServicesCommand,
  RegisterTaskDefinitionCommand,
  type TaskSet,
  UpdateServicePrimaryTaskSetCommand,
} from '@aws-sdk/client-ecs';
import {
  type Action,
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateRuleCommand,
  CreateTargetGroupCommand,
  DescribeListenersCommand,
  DescribeRulesCommand,
  DescribeTargetHealthCommand,
  ModifyTargetGroupAttributesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Account } from './account.ts';

/**
 * As docs/deploying.md tells people to set a service up: two groups, a default action and a rule that forward to
 * both.
 */
export type Service = {
  name: string;
  alarm: string;
  network: Network;
  blueGroup: string;
  greenGroup: string;
  /** The weights of both groups, on the listener and on its rule. */
  weights(): Promise<{ blue: number | undefined; green: number | undefined }[]>;
  taskSets(): Promise<TaskSet[]>;
  /** States of the group's targets. */
  targets(group: string): Promise<(string | undefined)[]>;
  setAlarm(state: StateValue): Promise<void>;
};

const CLUSTER = 'shop';
const DESIRED_COUNT = 2;
/** Whatever the agent needs for its first tasks. */
const BOOT_SECONDS = 60;

const theNetwork = async ({ ec2 }: Account) => {
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand());
  const vpcId = Subnets[0]?.VpcId ?? '';
  const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand());
  return {
    vpcId,
    subnets: Subnets.filter((subnet) => subnet.VpcId === vpcId)
      .slice(0, 2)
      .map(({ SubnetId = '' }) => SubnetId),
    securityGroups: SecurityGroups.filter((group) => group.VpcId === vpcId)
      .slice(0, 1)
      .map(({ GroupId = '' }) => GroupId),
  };
};

type Network = Awaited<ReturnType<typeof theNetwork>>;

const makeGroup = async ({ elbv2 }: Account, name: string, vpcId: string): Promise<string> => {
  const { TargetGroups } = await elbv2.send(
    new CreateTargetGroupCommand({
      Name: name,
      Protocol: 'HTTP',
      Port: 8080,
      VpcId: vpcId,
      TargetType: 'ip',
      HealthCheckPath: '/health',
      HealthCheckIntervalSeconds: 10,
      HealthCheckTimeoutSeconds: 5,
      HealthyThresholdCount: 2,
      UnhealthyThresholdCount: 3,
    }),
  );
  const arn = TargetGroups?.[0]?.TargetGroupArn ?? '';
  await elbv2.send(
    new ModifyTargetGroupAttributesCommand({
      TargetGroupArn: arn,
      Attributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: '30' }],
    }),
  );
  return arn;
};

/** A load balancer with one listener whose default action, and whose rule, forward to both groups. */
const makeRoutes = async (
  { elbv2 }: Account,
  name: string,
  { subnets, securityGroups }: Network,
  [blue, green]: [string, string],
) => {
  const { LoadBalancers } = await elbv2.send(
    new CreateLoadBalancerCommand({ Name: name, Subnets: subnets, SecurityGroups: securityGroups }),
  );
  const forward: Action = {
    Type: 'forward',
    ForwardConfig: {
      TargetGroups: [
        { TargetGroupArn: blue, Weight: 100 },
        { TargetGroupArn: green, Weight: 0 },
      ],
    },
  };
  const { Listeners } = await elbv2.send(
    new CreateListenerCommand({
      LoadBalancerArn: LoadBalancers?.[0]?.LoadBalancerArn,
      Protocol: 'HTTP',
      Port: 80,
      DefaultActions: [forward],
    }),
  );
  const listenerArn = Listeners?.[0]?.ListenerArn ?? '';
  const { Rules } = await elbv2.send(
    new CreateRuleCommand({
      ListenerArn: listenerArn,
      Priority: 10,
      Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/api/*'] } }],
      Actions: [forward],
    }),
  );
  return { listenerArn, ruleArn: Rules?.[0]?.RuleArn ?? '' };
};

/** Two revisions of one task definition, `name:1` and `name:2`. */
const registerRevisions = async ({ ecs }: Account, name: string): Promise<void> => {
  for (const image of ['v1', 'v2']) {
    await ecs.send(
      new RegisterTaskDefinitionCommand({
        family: name,
        networkMode: 'awsvpc',
        requiresCompatibilities: ['FARGATE'],
        cpu: '256',
        memory: '512',
        containerDefinitions: [
          {
            name: 'web',
            image: `web:${image}`,
            essential: true,
            // moto adds these up for every task, and trips over a container without.
            cpu: 256,
            memory: 512,
            portMappings: [{ containerPort: 8080, protocol: 'tcp' }],
          },
        ],
      }),
    );
  }
};

/** As if an earlier deployment had ended: revision 1 is PRIMARY and serves. */
const runBlue = async (account: Account, name: string, network: Network, group: string): Promise<void> => {
  const { ecs } = account;
  const { subnets, securityGroups } = network;
  const { taskSet } = await ecs.send(
    new CreateTaskSetCommand({
      cluster: CLUSTER,
      service: name,
      taskDefinition: `${name}:1`,
      launchType: 'FARGATE',
      scale: { value: 100, unit: 'PERCENT' },
      loadBalancers: [{ targetGroupArn: group, containerName: 'web', containerPort: 8080 }],
      networkConfiguration: { awsvpcConfiguration: { subnets, securityGroups } },
    }),
  );
  const primary = { cluster: CLUSTER, service: name, primaryTaskSet: taskSet?.taskSetArn };
  await ecs.send(new UpdateServicePrimaryTaskSetCommand(primary));
  await account.letPass(BOOT_SECONDS);
};

const weightsOf = (actions: Action[] | undefined, { blueGroup, greenGroup }: Service) => {
  const groups = actions?.find(({ Type }) => Type === 'forward')?.ForwardConfig?.TargetGroups ?? [];
  const of = (arn: string) => groups.find(({ TargetGroupArn }) => TargetGroupArn === arn)?.Weight;
  return { blue: of(blueGroup), green: of(greenGroup) };
};

/** A service of this name that runs revision 1 on `blueGroup`, or nothing yet, with an alarm that is OK. */
export const makeService = async (
  account: Account,
  name: string,
  { deployed = true } = {},
): Promise<Service> => {
  const { ecs, elbv2, cloudWatch } = account;
  const network = await theNetwork(account);
  await ecs.send(new CreateClusterCommand({ clusterName: CLUSTER }));
  const blueGroup = await makeGroup(account, `${name}-blue`, network.vpcId);
  const greenGroup = await makeGroup(account, `${name}-green`, network.vpcId);
  const { listenerArn, ruleArn } = await makeRoutes(account, name, network, [blueGroup, greenGroup]);
  await registerRevisions(account, name);
  await ecs.send(
    new CreateServiceCommand({
      cluster: CLUSTER,
      serviceName: name,
      desiredCount: DESIRED_COUNT,
      deploymentController: { type: 'EXTERNAL' },
    }),
  );
  if (deployed) await runBlue(account, name, network, blueGroup);

  const alarm = `${name}-5xx`;
  await cloudWatch.send(
    new PutMetricAlarmCommand({
      AlarmName: alarm,
      Namespace: 'AWS/ApplicationELB',
      MetricName: 'HTTPCode_Target_5XX_Count',
      Dimensions: [{ Name: 'TargetGroup', Value: greenGroup.slice(greenGroup.indexOf('targetgroup/')) }],
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 3,
      DatapointsToAlarm: 2,
      Threshold: 5,
      ComparisonOperator: 'GreaterThanThreshold',
    }),
  );
  const service: Service = {
    name,
    alarm,
    network,
    blueGroup,
    greenGroup,
    async weights() {
      const { Listeners } = await elbv2.send(new DescribeListenersCommand({ ListenerArns: [listenerArn] }));
      const { Rules } = await elbv2.send(new DescribeRulesCommand({ RuleArns: [ruleArn] }));
      return [Listeners?.[0]?.DefaultActions, Rules?.[0]?.Actions].map((actions) =>
        weightsOf(actions, service),
      );
    },
    async taskSets() {
      const { services } = await ecs.send(
        new DescribeServicesCommand({ cluster: CLUSTER, services: [name] }),
      );
      return services?.[0]?.taskSets ?? [];
    },
    async targets(group) {
      const health = await elbv2.send(new DescribeTargetHealthCommand({ TargetGroupArn: group }));
      return (health.TargetHealthDescriptions ?? []).map(({ TargetHealth }) => TargetHealth?.State);
    },
    async setAlarm(state) {
      const reason = 'set by the rehearsal';
      await cloudWatch.send(
        new SetAlarmStateCommand({ AlarmName: alarm, StateValue: state, StateReason: reason }),
      );
    },
  };
  await service.setAlarm('OK');
  return service;
};
