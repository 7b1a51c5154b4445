import { type aws_iam as iam, Stack, Validations } from 'aws-cdk-lib';
// Not exported by the package's index, and an acknowledgement must spell a resource exactly as the rule does.
import { flattenCfnReference } from 'cdk-nag/lib/utils/flatten-cfn-reference.js';
import type { IConstruct } from 'constructs';

type Statement = { Effect: string; Resource?: unknown };

const listed = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);

/**
 * Gives cdk-nag the reason for a finding. The versions of aws-cdk-lib that an app may have go further back than
 * `Validations`, and 2.262 has it but refuses the id of a resource: neither can be checked by cdk-nag 3, so that
 * nothing is lost without an acknowledgement.
 */
export const acknowledge = (owner: IConstruct, id: string, reason: string): void => {
  if (Validations === undefined) return;
  try {
    Validations.of(owner).acknowledge({ id, reason });
  } catch (error) {
    if (!(error instanceof Error && error.message.includes('InvalidValidationId'))) throw error;
  }
};

/**
 * Acknowledges the resources with a wildcard in the policies below `owner`, one by one as cdk-nag 3 asks for,
 * with the reason. Actions with a wildcard stay findings. Call it once the last statement is there.
 */
export const acknowledgeWildcardResources = (owner: IConstruct, reason: string): void => {
  const documents = owner.node
    .findAll()
    .map((child) => (child as { document?: iam.PolicyDocument }).document)
    .filter((document) => document !== undefined);

  for (const document of documents) {
    const { Statement: statements = [] } = Stack.of(owner).resolve(document) as { Statement?: Statement[] };
    const wildcards = statements
      .flatMap(({ Resource }) => listed(Resource))
      .map((resource) => flattenCfnReference(resource))
      .filter((resource) => resource.includes('*'));
    for (const resource of new Set(wildcards)) {
      acknowledge(owner, `AwsSolutions-IAM5[Resource::${resource}]`, reason);
    }
  }
};
