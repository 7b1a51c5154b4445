import { Aws, aws_stepfunctions as sfn } from 'aws-cdk-lib';

/**
 * A definition whose service integrations are those of the partition that it is installed in, with what CloudFormation
 * fills in. Step Functions ends an execution whose integration is another partition's: "The resource belongs to a
 * different partition from the running execution" (aws/aws-cdk#4597).
 */
export const inPartition = (
  definition: string,
  substitutions: Record<string, string>,
): Pick<sfn.StateMachineProps, 'definitionBody' | 'definitionSubstitutions'> => ({
  definitionBody: sfn.DefinitionBody.fromString(
    definition.replaceAll('"arn:aws:states:::', `"arn:\${Partition}:states:::`),
  ),
  definitionSubstitutions: { ...substitutions, Partition: Aws.PARTITION },
});
