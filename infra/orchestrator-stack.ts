import {
  aws_cloudwatch_actions as actions,
  CfnCondition,
  CfnOutput,
  CfnParameter,
  Fn,
  aws_iam as iam,
  Stack,
  type StackProps,
  aws_sns as sns,
  aws_ssm as ssm,
  Tags,
  Token,
} from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { arnExample, arnPattern } from './check-scope.ts';
import {
  ANY_TASK_DEFINITION,
  type DeploymentScope,
  NO_FUNCTION,
  NO_TASK_DEFINITION,
} from './deployment-scope.ts';

import { CutoverOrchestrator, type OrchestratorProps } from './orchestrator.ts';

export type OrchestratorStackProps = StackProps &
  Omit<OrchestratorProps, 'scope' | 'alarmActions'> & {
    /** What may be deployed. Default: the stack asks for it with CloudFormation parameters. */
    scope?: DeploymentScope;
    /**
     * Tells several installations of one account apart. Default: the stack asks for it with a parameter, which is
     * `default` unless somebody says otherwise.
     */
    installation?: string;
  };

/**
 * The construct on its own: parameters for what may be deployed, and outputs that the command line finds by
 * itself.
 */
export class CutoverStack extends Stack {
  readonly orchestrator: CutoverOrchestrator;

  constructor(scope: Construct, id: string, { installation: given, ...props }: OrchestratorStackProps = {}) {
    super(scope, id, { description: 'Cutover: blue/green deployments of Amazon ECS services', ...props });

    // CloudWatch can publish only to a topic without a key, or with one of the customer's at a dollar a
    // month: what is said here is no secret, and only over TLS.
    const alarms = new sns.Topic(this, 'AlarmTopic', { enforceSSL: true });
    // A topic policy replaces the default one that let the account's alarms in.
    alarms.grantPublish(
      new iam.ServicePrincipal('cloudwatch.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': this.account } },
      }),
    );
    const allowed = props.scope ?? this.scopeFromParameters();
    this.orchestrator = new CutoverOrchestrator(this, 'Cutover', {
      ...props,
      nameWriters: props.nameWriters ?? this.nameWritersParameter(),
      scope: allowed,
      alarmActions: [new actions.SnsAction(alarms)],
    });
    const installation = given ?? this.installationParameter();
    Tags.of(this).add('cutover:installation', installation);
    this.publish(installation);
    this.publishAllowedHooks(installation, allowed);
    new CfnOutput(this, 'AlarmTopicArn', {
      value: alarms.topicArn,
      description: 'Subscribe the person on call: it speaks only when a person is needed',
    });
  }

  private arnsParameter(id: string, kind: string, description: string, anything?: string): string[] {
    return new CfnParameter(this, id, {
      type: 'CommaDelimitedList',
      ...(anything === undefined ? {} : { default: anything }),
      description,
      allowedPattern: arnPattern(kind),
      constraintDescription: `expected ARNs like ${arnExample(kind)}, separated by commas`,
    }).valueAsList;
  }

  private scopeFromParameters(): DeploymentScope {
    return {
      clusterArns: this.arnsParameter(
        'ClusterArns',
        'cluster',
        'ECS clusters whose services may be deployed',
      ),
      serviceArns: this.arnsParameter(
        'ServiceArns',
        'service',
        'ECS services that may be deployed; .../service/shop/* for all services of a cluster',
      ),
      listenerArns: this.arnsParameter(
        'ListenerArns',
        'listener',
        "Listeners whose weights, and whose rules' weights, may be changed; .../listener/app/shop/* " +
          'for all of a load balancer',
      ),
      taskRoleArns: this.arnsParameter(
        'TaskRoleArns',
        'role',
        'Task roles and task execution roles of the task definitions that are deployed',
      ),
      taskDefinitionArns: this.arnsParameter(
        'TaskDefinitionArns',
        'task-definition',
        'Task definitions that may be deployed; .../task-definition/shop-* for all families that begin so',
        ANY_TASK_DEFINITION,
      ),
      hookFunctionArns: this.arnsParameter(
        'HookFunctionArns',
        'function',
        'Functions that may be called as hooks, by alias or version; .../function:shop-*:live for ' +
          'several. None by default',
        NO_FUNCTION,
      ),
      hookTaskDefinitionArns: this.arnsParameter(
        'HookTaskDefinitionArns',
        'task-definition',
        'Task definitions that may be run as hooks; .../task-definition/shop-* for all families that ' +
          'begin so. None by default',
        NO_TASK_DEFINITION,
      ),
    };
  }

  private nameWritersParameter(): CfnCondition {
    const parameter = new CfnParameter(this, 'NameWriters', {
      default: 'false',
      allowedValues: ['true', 'false'],
      description:
        'Whether the end of a deployment names who changed its weights: RecordOutcome may then read all of the ' +
        "account's management events (cloudtrail:LookupEvents)",
    });
    return new CfnCondition(this, 'NamesWriters', {
      expression: Fn.conditionEquals(parameter.valueAsString, 'true'),
    });
  }

  private installationParameter(): string {
    return new CfnParameter(this, 'InstallationName', {
      default: 'default',
      description:
        'Tells several installations of one account and Region apart; the command line finds this one by it',
      allowedPattern: '[a-zA-Z0-9._-]{1,64}',
      constraintDescription: 'expected letters, digits, dots, hyphens and underscores, 64 at most',
    }).valueAsString;
  }

  /**
   * A parameter for each list: a list that is a parameter of this stack has 4,096 bytes at most, as much as one of
   * SSM holds for nothing (CloudFormation guide, Parameters; SSM guide, parameter tiers). A longer one of the CDK
   * costs five cents a month, and one beyond 8 KB would not fit into a role's policy either.
   */
  private publishAllowedHooks(
    installation: string,
    { hookFunctionArns = [], hookTaskDefinitionArns = [] }: DeploymentScope,
  ): void {
    for (const [id, kind, arns, none] of [
      ['HookFunctions', 'hook-functions', hookFunctionArns, NO_FUNCTION],
      ['HookTaskDefinitions', 'hook-task-definitions', hookTaskDefinitionArns, NO_TASK_DEFINITION],
    ] as const)
      new ssm.StringParameter(this, id, {
        parameterName: `/cutover/${installation}/${kind}`,
        simpleName: false,
        description: 'What Cutover may call and run as hooks; read by preflight',
        stringValue: Token.isUnresolved(arns) || arns.length > 0 ? Fn.join(',', arns) : none,
        tier: ssm.ParameterTier.INTELLIGENT_TIERING,
      });
  }

  /** One parameter at a known path, so that a command line needs one read and no stack name. */
  private publish(installation: string): void {
    const { stateMachine, table, eventBusName, calledHandlers, nativeHookRole, executionArns } =
      this.orchestrator;
    const command = calledHandlers.get('Command');
    new ssm.StringParameter(this, 'Installation', {
      parameterName: `/cutover/${installation}`,
      simpleName: false,
      description: 'Where Cutover is installed; read by its command line',
      stringValue: this.toJsonString({
        stateMachineArn: stateMachine.stateMachineArn,
        tableName: table.tableName,
        eventBusName,
        commandFunction: command?.function.functionName,
        commandsByAlias: true,
        watchesMoves: true,
      }),
    });
    const parameterArn = this.formatArn({
      service: 'ssm',
      resource: 'parameter',
      resourceName: `cutover/${installation}`,
    });
    // With these a role for a pipeline or for people on call names what it may use, exactly.
    new CfnOutput(this, 'InstallationArn', {
      value: parameterArn,
      description: 'What the command line reads first',
    });
    new CfnOutput(this, 'ExecutionArns', {
      value: executionArns,
      description: 'Deployments: to follow and to report them',
    });
    new CfnOutput(this, 'TableArn', {
      value: table.tableArn,
      description: 'Leases and records: to read them',
    });
    if (command !== undefined)
      new CfnOutput(this, 'CommandArn', {
        value: command.function.functionArn,
        description: 'Commands to a deployment; with :abort or another command behind it, that command alone',
      });

    new CfnOutput(this, 'StateMachineArn', {
      value: stateMachine.stateMachineArn,
      description: 'Start an execution of it to deploy',
    });
    const hook = calledHandlers.get('AnalysisHook');
    if (hook !== undefined && nativeHookRole !== undefined) {
      new CfnOutput(this, 'AnalysisHookArn', {
        value: hook.function.functionArn,
        description: 'hookTargetArn of a lifecycle hook, for services that ECS deploys itself',
      });
      new CfnOutput(this, 'AnalysisHookRoleArn', {
        value: nativeHookRole.roleArn,
        description: 'roleArn of that lifecycle hook',
      });
    }
    new CfnOutput(this, 'TableName', {
      value: table.tableName,
      description: 'Leases and records of deployments',
    });
  }
}
