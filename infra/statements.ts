import { aws_iam as iam } from 'aws-cdk-lib';
import { groupBy } from '../core/group-by.ts';
import { actionOf, narrowest, type Permission } from './narrowest.ts';
import type { Narrowed, Resources } from './narrowing.ts';

/** One statement for the actions that share their resources and conditions. */
export const statementsFor = (
  permissions: readonly Permission[],
  resources: Resources,
): iam.PolicyStatement[] => {
  const byNarrowing = groupBy(permissions, (permission): Narrowed => narrowest[permission]);
  return [...byNarrowing].map(
    ([narrowing, together]) =>
      new iam.PolicyStatement({
        actions: together.map(actionOf),
        resources: narrowing.resources(resources),
        ...(narrowing.conditions && { conditions: narrowing.conditions(resources) }),
      }),
  );
};

/** Why a wildcard in a statement is as narrow as it gets, for the one who audits the roles. */
export const wildcardReason =
  'ELBv2, CloudWatch, CloudTrail, Application Auto Scaling and X-Ray reads support no resource-level ' +
  'permissions, and ids of task sets, tasks, ' +
  'rules and scalable targets are not known ' +
  'beforehand: cluster, service and listener ARNs are the limit (infra/narrowest.ts).';
