import { region_info as regions, Stack, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/**
 * The definition with the service integrations of the stack's partition: Step Functions knows `arn:aws-cn:states:::...`
 * in China. Where the stack names no Region it is that of AWS's own.
 */
export const definitionIn = (scope: Construct, definition: string): string => {
  const { region } = Stack.of(scope);
  if (Token.isUnresolved(region)) return definition;
  const partition = regions.RegionInfo.get(region).partition ?? 'aws';
  return definition.replaceAll('"arn:aws:states:::', `"arn:${partition}:states:::`);
};
