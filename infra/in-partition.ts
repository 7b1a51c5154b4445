import { Aws, aws_stepfunctions as sfn } from 'aws-cdk-lib';

const INTEGRATION = /"arn:aws:(states:::lambda:invoke(?:\.(waitForTaskToken))?)"/g;

/** cfn-lint knows no partition within a definition; what is filled in whole, it leaves alone. */
const named = (wait: string | undefined): string => (wait === undefined ? 'Invoke' : 'InvokeAndWait');

/**
 * A definition whose service integrations are those of the partition that it is installed in, with what CloudFormation
 * fills in. Step Functions ends an execution whose integration is another partition's: "The resource belongs to a
 * different partition from the running execution" (aws/aws-cdk#4597).
 */
export const inPartition = (
  definition: string,
  substitutions: Record<string, string>,
): Pick<sfn.StateMachineProps, 'definitionBody' | 'definitionSubstitutions'> => {
  const integrations = [...definition.matchAll(INTEGRATION)].map(([, integration, wait]) => [
    named(wait),
    `arn:${Aws.PARTITION}:${integration}`,
  ]);
  return {
    definitionBody: sfn.DefinitionBody.fromString(
      definition.replaceAll(INTEGRATION, (_arn, _integration, wait) => `"\${${named(wait)}}"`),
    ),
    definitionSubstitutions: { ...substitutions, ...Object.fromEntries(integrations) },
  };
};
