import { App, aws_lambda as lambda } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { DeploymentScope } from '../../infra/deployment-scope.ts';
import { CutoverStack, type OrchestratorStackProps } from '../../infra/orchestrator-stack.ts';
import { aDirectory } from '../a-directory.ts';

/** Templates are read as CloudFormation would read them. */
export type Resource = { Type: string; Properties: Record<string, unknown>; DeletionPolicy?: string };

export const shop: DeploymentScope = {
  clusterArns: ['arn:aws:ecs:eu-west-1:111122223333:cluster/shop'],
  serviceArns: [
    'arn:aws:ecs:eu-west-1:111122223333:service/shop/web',
    'arn:aws:ecs:eu-west-1:111122223333:service/shop/api',
  ],
  listenerArns: ['arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/shop/50dc6c495c0c9188/*'],
  taskRoleArns: ['arn:aws:iam::111122223333:role/shop-web-execution'],
};

/** No bundles: what is in a Lambda is bundle.test.ts's business. */
export const stubCode = (file: string): lambda.Code => lambda.Code.fromInline(`// ${file}`);

/** Its own folder, for the CDK makes one that nobody removes. */
export const anApp = (context: Record<string, unknown> = {}): App =>
  new App({ analyticsReporting: false, outdir: aDirectory('cdk'), context });

export const synthesise = (props: Partial<OrchestratorStackProps> = {}, app = anApp()): Template => {
  const stack = new CutoverStack(app, 'Cutover', {
    codeOf: stubCode,
    ...props,
  });
  return Template.fromStack(stack);
};

export const resourcesOf = (template: Template, type: string): Map<string, Resource> =>
  new Map(Object.entries(template.findResources(type) as Record<string, Resource>));

/** The single resource of a type whose logical id matches. */
export const theResource = (template: Template, type: string, id: RegExp): Resource => {
  const found = [...resourcesOf(template, type)].filter(([logicalId]) => id.test(logicalId));
  if (found.length !== 1) {
    throw new Error(
      `expected one ${type} like ${id}, found ${found.map(([logicalId]) => logicalId).join(', ') || 'none'}`,
    );
  }
  return (found[0] as [string, Resource])[1];
};

export type Statement = {
  Effect: string;
  Action: string | string[];
  Resource: unknown;
  Condition?: Record<string, Record<string, unknown>>;
};

/** The statements of the one policy attached to a role with this id. */
export const statementsOf = (template: Template, role: RegExp): Statement[] => {
  const policies = [...resourcesOf(template, 'AWS::IAM::Policy')].filter(([id]) => role.test(id));
  if (policies.length === 0) throw new Error(`expected an AWS::IAM::Policy like ${role}, found none`);
  return policies.flatMap(([, policy]) => {
    const { PolicyDocument } = policy.Properties as { PolicyDocument: { Statement: Statement[] } };
    return PolicyDocument.Statement;
  });
};

export const listed = <Value>(value: Value | Value[]): Value[] => (Array.isArray(value) ? value : [value]);
