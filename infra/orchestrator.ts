import { readFileSync } from 'node:fs';
import {
  ArnFormat,
  type CfnCondition,
  aws_cloudwatch as cloudwatch,
  type aws_dynamodb as dynamodb,
  aws_events as events,
  aws_iam as iam,
  Lazy,
  type aws_lambda as lambda,
  aws_logs as logs,
  Stack,
  aws_stepfunctions as sfn,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { METRIC_DIMENSION, METRIC_NAMESPACE } from '../core/deployment/own-metrics.ts';
import { groupBy } from '../core/group-by.ts';
import { fileOf, type StepName, stepNames } from '../statemachine/contract.ts';
import { OrchestratorAlarms } from './alarms.ts';
import { checkScope } from './check-scope.ts';
import { OrchestratorDashboard } from './dashboard.ts';
import type { DeploymentScope } from './deployment-scope.ts';
import { EventDrivenHandler } from './event-handler.ts';
import { type EventHandler, eventHandlers } from './event-handlers.ts';
import { ExecutionLog } from './execution-log.ts';
import { Handler, type HandlerProps } from './handler.ts';
import { makeHookMachine } from './hook-machine.ts';
import { inPartition } from './in-partition.ts';
import { machineRole, machineWildcards } from './machine-role.ts';
import { acknowledgeWildcardResources } from './nag.ts';
import { isOptional, type Permission } from './narrowest.ts';
import type { Resources } from './narrowing.ts';
import { nativeHookRole } from './native-hook-role.ts';
import { permissionsOf } from './permissions.ts';
import { statementsFor, wildcardReason } from './statements.ts';
import { makeTable } from './table.ts';
import { zippedCode } from './zipped-code.ts';

export type OrchestratorProps = {
  /** What may be deployed: the roles allow nothing outside it. */
  scope: DeploymentScope;
  /** Each handler's code, by its file's name. Default: what is packaged with the construct. */
  codeOf?: (file: string) => lambda.Code;
  /** Where events about deployments go. Default: the account's default bus. */
  eventBus?: events.IEventBus;
  /** What Cutover's own alarms do, e.g. page through an SNS topic. Default: they are only red. */
  alarmActions?: readonly cloudwatch.IAlarmAction[];
  /** Default: three months, as long as Step Functions keeps an execution's history. */
  logRetention?: logs.RetentionDays;
  /** Default: true. The fourth dashboard of an account and each after it costs $3 a month. */
  dashboard?: boolean;
  /**
   * Whether the end of a deployment names who changed its weights or its task set: RecordOutcome may then read all of
   * the account's management events (`cloudtrail:LookupEvents` knows no narrower resource). Default: false.
   */
  nameWriters?: boolean | CfnCondition;
  /** Lambdas started by events or the clock. Default: the table in event-handlers.ts. */
  eventHandlers?: readonly EventHandler[];
};

const definition = readFileSync(new URL('../statemachine/deploy.asl.json', import.meta.url), 'utf8');
const { States } = JSON.parse(definition) as { States: Record<string, { Type: string; Comment?: string }> };

const namesTheStateMachine = (permission: Permission): boolean =>
  permission === 'states:DescribeExecution' || permission === 'states:StartExecution';

/** How an execution can end. */
const terminalStates = Object.keys(States).filter((name) =>
  ['Succeed', 'Fail'].includes(States[name]?.Type ?? ''),
);

/**
 * Everything that deploys: the state machine, a Lambda with a role of its own per step, the table, and what
 * watches them.
 */
export class CutoverOrchestrator extends Construct {
  readonly stateMachine: sfn.StateMachine;
  /** Each run of a hook is an execution of it. */
  readonly hookMachine: sfn.StateMachine;
  readonly table: dynamodb.Table;
  readonly eventBusName: string;
  /** Of all executions of the state machine. */
  readonly executionArns: string;
  readonly handlers: ReadonlyMap<StepName, Handler>;
  /** By name: the Lambdas beside the workflow that events start, and those that are only called. */
  readonly eventHandlers: ReadonlyMap<string, EventDrivenHandler>;
  readonly calledHandlers: ReadonlyMap<string, Handler>;

  /** What ECS calls the Lambda AnalysisHook with: the `roleArn` of a lifecycle hook. */
  readonly nativeHookRole: iam.Role | undefined;

  private readonly props: OrchestratorProps;
  private readonly executionLog: ExecutionLog;

  constructor(scope: Construct, id: string, props: OrchestratorProps) {
    super(scope, id);
    checkScope(props?.scope);
    this.props = props;

    const bus = props.eventBus ?? events.EventBus.fromEventBusName(this, 'Bus', 'default');
    this.eventBusName = bus.eventBusName;
    this.table = makeTable(this);
    this.executionLog = new ExecutionLog(this, 'Executions', {
      retention: this.logRetention,
      terminalStates,
    });
    this.executionArns = Lazy.string({
      produce: () => this.executionsOf(this.stateMachine),
    });
    const hookExecutionArns = Lazy.string({
      produce: () => this.executionsOf(this.hookMachine),
    });
    const resources: Resources = {
      ...props.scope,
      tableArn: this.table.tableArn,
      eventBusArn: bus.eventBusArn,
      // Lazy: the state machine needs the steps' Lambdas first, and only event handlers may name it.
      stateMachineArn: Lazy.string({ produce: () => this.stateMachine.stateMachineArn }),
      executionArns: this.executionArns,
      hookMachineArn: Lazy.string({ produce: () => this.hookMachine.stateMachineArn }),
      hookExecutionArns,
    };

    this.handlers = new Map(
      stepNames.map((step) => {
        const description = States[step]?.Comment ?? step;
        const settings = this.handlerProps(
          fileOf(step),
          description,
          permissionsOf(step).filter(
            (permission) => !namesTheStateMachine(permission) && !isOptional(permission),
          ),
          resources,
        );
        return [step, new Handler(this, step, settings)];
      }),
    );
    this.stateMachine = this.makeStateMachine();
    // The state machine needs the steps' Lambdas, and those the policies of their roles: what names it back comes
    // after all of them.
    for (const [step, { role }] of this.handlers) this.allowTheStateMachine(step, role, resources);
    if (props.nameWriters !== undefined && props.nameWriters !== false)
      this.allowOptional(props.nameWriters, resources);
    const settingsOf = ({ file, exported, description, permissions }: EventHandler) => ({
      ...this.handlerProps(file, description, permissions, resources),
      exported,
    });
    const beside = groupBy(props.eventHandlers ?? eventHandlers, ({ pattern, schedule }) =>
      pattern === undefined && schedule === undefined ? 'called' : 'driven',
    );
    this.calledHandlers = new Map(
      beside.get('called')?.map((entry) => {
        const handler = new Handler(this, entry.name, settingsOf(entry));
        for (const alias of entry.aliases ?? []) handler.function.addAlias(alias);
        return [entry.name, handler];
      }),
    );
    this.eventHandlers = new Map(
      beside.get('driven')?.map((entry) => {
        const pattern = entry.pattern?.(this.stateMachine.stateMachineArn);
        const starts = { pattern, schedule: entry.schedule };
        return [entry.name, new EventDrivenHandler(this, entry.name, starts, settingsOf(entry))];
      }),
    );

    const answer = this.calledHandlers.get('HookAnswer');
    if (answer === undefined) throw new Error('expected the event handler HookAnswer, found none');
    this.hookMachine = makeHookMachine(this, {
      answer,
      functionArns: props.scope.hookFunctionArns ?? [],
      logGroup: this.executionLog.group,
    });
    for (const step of ['RunHooks', 'EndHooks'] as const)
      this.handlers
        .get(step)
        ?.function.addEnvironment('CUTOVER_HOOK_MACHINE', this.hookMachine.stateMachineArn);

    const driven = [...this.eventHandlers.values()].map(({ handler }) => handler);
    for (const { role } of [...this.handlers.values(), ...this.calledHandlers.values(), ...driven]) {
      acknowledgeWildcardResources(role, wildcardReason);
    }
    const nativeHook = this.calledHandlers.get('AnalysisHook');
    if (nativeHook !== undefined) this.nativeHookRole = nativeHookRole(this, nativeHook.function);
    this.watch();
  }

  /** What a deployment does without where it is not allowed. */
  private allowOptional(condition: true | CfnCondition, resources: Resources): void {
    for (const [step, { role }] of this.handlers) {
      const optional = permissionsOf(step).filter(isOptional);
      if (optional.length === 0) continue;
      const policy = new iam.Policy(this, `${step}RoleOptional`, {
        roles: [role],
        statements: statementsFor(optional, resources),
      });
      if (condition !== true) (policy.node.defaultChild as iam.CfnPolicy).cfnOptions.condition = condition;
      acknowledgeWildcardResources(policy, wildcardReason);
    }
  }

  private allowTheStateMachine(step: StepName, role: iam.IRole, resources: Resources): void {
    const permissions = permissionsOf(step).filter(namesTheStateMachine);
    if (permissions.length === 0) return;
    const policy = new iam.Policy(this, `${step}RoleExecutions`, {
      roles: [role],
      statements: statementsFor(permissions, resources),
    });
    acknowledgeWildcardResources(policy, wildcardReason);
  }

  private handlerProps(
    file: string,
    description: string,
    permissions: readonly Permission[],
    resources: Resources,
  ): HandlerProps {
    return {
      file,
      description,
      code: (this.props.codeOf ?? zippedCode)(file),
      environment: { CUTOVER_TABLE: this.table.tableName, CUTOVER_EVENT_BUS: this.eventBusName },
      statements: statementsFor(permissions, resources),
      logRetention: this.logRetention,
    };
  }

  private get logRetention(): logs.RetentionDays {
    return this.props.logRetention ?? logs.RetentionDays.THREE_MONTHS;
  }

  private executionsOf({ stateMachineName }: sfn.StateMachine): string {
    return Stack.of(this).formatArn({
      service: 'states',
      resource: 'execution',
      resourceName: `${stateMachineName}:*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  }

  private makeStateMachine(): sfn.StateMachine {
    const role = machineRole(this, 'StateMachineRole', 'Cutover: invokes the steps');
    // All versions, not just the newest: a deployment that is running during an upgrade still calls the
    // old ones.
    const versions = [...this.handlers.values()].map(({ function: step }) => `${step.functionArn}:*`);
    role.addToPolicy(new iam.PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: versions }));

    const stateMachine = new sfn.StateMachine(this, 'StateMachine', {
      ...inPartition(
        definition,
        Object.fromEntries(
          [...this.handlers].map(([step, { version }]) => [`${step}Arn`, version.functionArn]),
        ),
      ),
      role,
      tracingEnabled: true,
      logs: {
        destination: this.executionLog.group,
        level: sfn.LogLevel.ALL,
        // Inputs and outputs are in the execution's history and in the record; a third copy would only cost.
        includeExecutionData: false,
      },
    });
    acknowledgeWildcardResources(role, machineWildcards);
    return stateMachine;
  }

  private watch(): void {
    const actions = this.props.alarmActions ?? [];
    const { endedIn } = this.executionLog;
    const { stateMachine, handlers, eventHandlers: beside } = this;

    const { all } = new OrchestratorAlarms(this, 'Alarms', {
      stateMachine,
      endedIn,
      handlers,
      counted: (metricName) =>
        new cloudwatch.Metric({
          namespace: METRIC_NAMESPACE,
          metricName,
          dimensionsMap: { [METRIC_DIMENSION]: this.table.tableName },
        }),
      beside,
      actions,
    });
    if (this.props.dashboard === false) return;
    new OrchestratorDashboard(this, 'Dashboard', {
      stateMachine,
      terminalStates,
      endedIn,
      handlers,
      alarms: all,
      tableName: this.table.tableName,
      stateMachineArn: stateMachine.stateMachineArn,
    });
  }
}
