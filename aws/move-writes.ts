import {
  DeregisterScalableTargetCommand,
  PutScalingPolicyCommand,
  PutScheduledActionCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { DeleteAlarmsCommand, PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import {
  CreateServiceCommand,
  CreateTaskSetCommand,
  DeleteServiceCommand,
  DeleteTaskSetCommand,
  UpdateServiceCommand,
  UpdateServicePrimaryTaskSetCommand,
} from '@aws-sdk/client-ecs';
import {
  type Action,
  CreateRuleCommand,
  CreateTargetGroupCommand,
  DeleteRuleCommand,
  DeleteTargetGroupCommand,
  DescribeListenersCommand,
  DescribeRulesCommand,
  ModifyListenerCommand,
  ModifyRuleCommand,
  ModifyTargetGroupAttributesCommand,
  ModifyTargetGroupCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ApiCall, GroupWeight, ReadRoute } from '../core/adoption/adoption.types.ts';
import { DeploymentError } from '../core/errors.ts';
import type { Call, SdkCommand, Sender } from './call.ts';
import type { Clients } from './clients.ts';
import { readForward, withGroups } from './forward-action.ts';

// biome-ignore lint/suspicious/noExplicitAny: AWS and the simulator check that an input has its command's members
type Make = new (input: any) => SdkCommand<unknown>;

const commands: Readonly<Record<string, Make>> = {
  CreateService: CreateServiceCommand,
  CreateTaskSet: CreateTaskSetCommand,
  DeleteService: DeleteServiceCommand,
  DeleteTaskSet: DeleteTaskSetCommand,
  UpdateService: UpdateServiceCommand,
  UpdateServicePrimaryTaskSet: UpdateServicePrimaryTaskSetCommand,
  CreateRule: CreateRuleCommand,
  CreateTargetGroup: CreateTargetGroupCommand,
  DeleteRule: DeleteRuleCommand,
  DeleteTargetGroup: DeleteTargetGroupCommand,
  ModifyTargetGroup: ModifyTargetGroupCommand,
  ModifyTargetGroupAttributes: ModifyTargetGroupAttributesCommand,
  DeregisterScalableTarget: DeregisterScalableTargetCommand,
  PutScalingPolicy: PutScalingPolicyCommand,
  PutScheduledAction: PutScheduledActionCommand,
  RegisterScalableTarget: RegisterScalableTargetCommand,
  DeleteAlarms: DeleteAlarmsCommand,
  PutMetricAlarm: PutMetricAlarmCommand,
};

/** Sends one call of a move. */
export const performMove = async (
  clients: Pick<Clients, 'ecs' | 'elbv2' | 'applicationAutoScaling' | 'cloudWatch'>,
  call: Call,
  planned: ApiCall,
  what: string,
): Promise<void> => {
  if (planned.api === 'route') return writeRoute(clients.elbv2, call, planned.route, planned.groups, what);
  const client = {
    ecs: clients.ecs,
    elbv2: clients.elbv2,
    scaling: clients.applicationAutoScaling,
    alarms: clients.cloudWatch,
  }[planned.api];
  const Command = commands[planned.operation];
  if (client === undefined || Command === undefined)
    throw new DeploymentError('Rejected', `expected a known call, found ${planned.api} ${planned.operation}`);
  await call(client, new Command(planned.input), { what });
};

const sameGroups = (a: readonly GroupWeight[], b: readonly GroupWeight[]): boolean => {
  const text = (groups: readonly GroupWeight[]) =>
    groups
      .map(({ targetGroupArn, weight }) => `${targetGroupArn} ${weight}`)
      .sort()
      .join();
  return text(a) === text(b);
};

/**
 * The API takes no condition [fact 75]: the actions are read a moment before, and have to be those that were decided
 * on.
 */
const writeRoute = async (
  elbv2: Sender,
  call: Call,
  route: ReadRoute,
  groups: readonly GroupWeight[],
  what: string,
): Promise<void> => {
  const actions = await readActions(elbv2, call, route);
  const found = readForward(actions);
  if (found === null || !sameGroups(found.groups, route.groups))
    throw new DeploymentError(
      'Conflict',
      `${route.label} was changed by somebody else at this moment: stop what else writes it, and continue.`,
    );
  const Actions = withGroups(actions, groups);
  if (route.kind === 'rule')
    await call(elbv2, new ModifyRuleCommand({ RuleArn: route.arn, Actions }), { what });
  else
    await call(elbv2, new ModifyListenerCommand({ ListenerArn: route.arn, DefaultActions: Actions }), {
      what,
    });
};

const readActions = async (elbv2: Sender, call: Call, route: ReadRoute): Promise<Action[]> => {
  const what = `read ${route.label}`;
  if (route.kind === 'rule') {
    const { Rules } = await call(elbv2, new DescribeRulesCommand({ RuleArns: [route.arn] }), { what });
    return Rules?.[0]?.Actions ?? [];
  }
  const { Listeners } = await call(elbv2, new DescribeListenersCommand({ ListenerArns: [route.arn] }), {
    what,
  });
  return Listeners?.[0]?.DefaultActions ?? [];
};
