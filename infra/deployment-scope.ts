import { Fn, Token } from 'aws-cdk-lib';

/**
 * What an installation of Cutover may deploy. ARNs may end in wildcards, and may be CloudFormation
 * parameters.
 */
export type DeploymentScope = {
  /** `arn:aws:ecs:eu-west-1:111122223333:cluster/shop` */
  clusterArns: string[];
  /**
   * `arn:aws:ecs:eu-west-1:111122223333:service/shop/web`, or `.../shop/*` for all of a cluster's services.
   */
  serviceArns: string[];
  /**
   * `arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/shop/50dc6c495c0c9188/f2f7dc8efc522ab2`,
   * or `.../app/shop/*`.
   */
  listenerArns: string[];
  /** Task roles and task execution roles of the task definitions that are deployed. */
  taskRoleArns: string[];
  /**
   * Task definitions that may be deployed: `arn:aws:ecs:eu-west-1:111122223333:task-definition/web:*`, or
   * `.../task-definition/shop-*` for all families that begin so. Default: any, as far as `taskRoleArns` lets its
   * roles be passed.
   */
  taskDefinitionArns?: string[];
  /**
   * Functions that may be called as hooks, by alias or version:
   * `arn:aws:lambda:eu-west-1:111122223333:function:smoke:live`, or `.../function:shop-*:live`. Default: none.
   */
  hookFunctionArns?: string[];
  /**
   * Task definitions that may be run as hooks: `arn:aws:ecs:eu-west-1:111122223333:task-definition/migrate:*`, or
   * `.../task-definition/shop-*` for all families that begin so. With `"taskDefinition": "green"` it is the one that is
   * deployed. Their roles belong into `taskRoleArns`. Default: none.
   */
  hookTaskDefinitionArns?: string[];
};

/** IAM's wildcards stand for any partition, Region, account, family and revision. */
export const ANY_TASK_DEFINITION = 'arn:*:ecs:*:*:task-definition/*';

/** What a list that may not be empty has when nothing may be called: no function has this name. */
export const NO_FUNCTION = 'arn:*:lambda:*:*:function:cutover-calls-no-hook:none';

/** The same of task definitions. */
export const NO_TASK_DEFINITION = 'arn:*:ecs:*:*:task-definition/cutover-runs-no-hook:0';

/**
 * The ARNs of one kind turned into those of another by replacing the kind's name, e.g. listeners into their
 * rules. Splitting and joining also works on a list parameter, whose length only CloudFormation knows.
 */
const renamed = (arns: string[], from: string, to: string): string[] => {
  if (!Token.isUnresolved(arns)) return arns.map((arn) => `${arn.replace(from, to)}/*`);

  const renamedKind = Fn.join(to, Fn.split(from, Fn.join(',', arns)));
  return Fn.split(',', Fn.join('', [Fn.join('/*,', Fn.split(',', renamedKind)), '/*']));
};

export const taskSetArns = ({ serviceArns }: DeploymentScope): string[] =>
  renamed(serviceArns, ':service/', ':task-set/');

/** Both lists as one, also when their lengths are only known to CloudFormation. */
const joined = (one: string[], other: string[]): string[] =>
  Token.isUnresolved(one)
    ? Fn.split(',', Fn.join(',', [Fn.join(',', one), Fn.join(',', other)]))
    : [...one, ...other];

/** IAM asks for both the service and its deployment, or its revision. */
export const serviceDeploymentArns = ({ serviceArns }: DeploymentScope): string[] =>
  joined(serviceArns, renamed(serviceArns, ':service/', ':service-deployment/'));

export const serviceRevisionArns = ({ serviceArns }: DeploymentScope): string[] =>
  joined(serviceArns, renamed(serviceArns, ':service/', ':service-revision/'));

export const taskArns = ({ clusterArns }: DeploymentScope): string[] =>
  renamed(clusterArns, ':cluster/', ':task/');

export const listenerRuleArns = ({ listenerArns }: DeploymentScope): string[] =>
  renamed(listenerArns, ':listener/', ':listener-rule/');
