import { aws_iam as iam, type aws_lambda as lambda, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/**
 * ECS's guide lets such a role call every function; this one calls a single function, for services of this account.
 */
export const nativeHookRole = (scope: Construct, hook: lambda.IFunction): iam.Role => {
  const role = new iam.Role(scope, 'NativeHookRole', {
    assumedBy: new iam.ServicePrincipal('ecs.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
    }),
    description: 'Cutover: lets ECS call AnalysisHook as a lifecycle hook',
  });
  role.addToPolicy(
    new iam.PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [hook.functionArn] }),
  );
  return role;
};
