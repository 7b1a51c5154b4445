import { ArnFormat, aws_iam as iam, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

export const machineWildcards =
  'Every version of the steps, so that an upgrade does not break a running deployment; log delivery ' +
  'and X-Ray support no narrower resource.';

/** What a state machine of this account runs as. */
export const machineRole = (scope: Construct, id: string, description: string): iam.Role => {
  const stack = Stack.of(scope);
  return new iam.Role(scope, id, {
    assumedBy: new iam.ServicePrincipal('states.amazonaws.com', {
      conditions: {
        StringEquals: { 'aws:SourceAccount': stack.account },
        ArnLike: {
          'aws:SourceArn': stack.formatArn({
            service: 'states',
            resource: 'stateMachine',
            resourceName: '*',
            arnFormat: ArnFormat.COLON_RESOURCE_NAME,
          }),
        },
      },
    }),
    description,
  });
};
