import type {
  DescribeServiceDeploymentsRequest,
  DescribeServiceDeploymentsResponse,
  DescribeServiceRevisionsRequest,
  DescribeServiceRevisionsResponse,
  ListServiceDeploymentsRequest,
  ListServiceDeploymentsResponse,
} from '@aws-sdk/client-ecs';
import type { Operations } from '../kernel/fake-client.ts';
import { onlyMembers } from '../kernel/only-members.ts';

/**
 * A deployment that ECS itself is said to make, from one service revision to another; a revision and its target
 * groups.
 */
export type NativeDeployment = {
  arn: string;
  source: string | null;
  target: string;
  groups: Readonly<Record<string, string[]>>;
  /** Of each revision; absent: nobody asks. */
  taskDefinitions?: Readonly<Record<string, string>>;
  /** Of which service, while it is on its way: ListServiceDeployments then lists it. */
  inProgressOf?: string;
};

/** Reads of deployments that a test plays: what ECS does with them (steps, hooks, rollback) is not modelled. */
export const nativeDeploymentReads = (played: () => NativeDeployment[]): Operations => ({
  ListServiceDeployments: (input: ListServiceDeploymentsRequest): ListServiceDeploymentsResponse => {
    onlyMembers('ListServiceDeployments', input, ['service', 'cluster', 'status', 'nextToken']);
    const service = input.service ?? '';
    return {
      serviceDeployments: played()
        .filter(({ inProgressOf }) => inProgressOf !== undefined && service.endsWith(inProgressOf))
        .map(({ arn }) => ({
          serviceDeploymentArn: arn,
          serviceArn: service,
          status: 'IN_PROGRESS' as const,
        })),
    };
  },

  DescribeServiceDeployments: (
    input: DescribeServiceDeploymentsRequest,
  ): DescribeServiceDeploymentsResponse => {
    onlyMembers('DescribeServiceDeployments', input, ['serviceDeploymentArns']);
    const asked = input.serviceDeploymentArns ?? [];
    return {
      serviceDeployments: played()
        .filter(({ arn }) => asked.includes(arn))
        .map(({ arn, source, target }) => ({
          serviceDeploymentArn: arn,
          sourceServiceRevisions: source === null ? [] : [{ arn: source }],
          targetServiceRevision: { arn: target },
        })),
      failures: asked
        .filter((arn) => !played().some((one) => one.arn === arn))
        .map((arn) => ({ arn, reason: 'MISSING' })),
    };
  },

  DescribeServiceRevisions: (input: DescribeServiceRevisionsRequest): DescribeServiceRevisionsResponse => {
    onlyMembers('DescribeServiceRevisions', input, ['serviceRevisionArns']);
    const known = Object.assign({}, ...played().map(({ groups }) => groups)) as NativeDeployment['groups'];
    const runs = Object.assign({}, ...played().map(({ taskDefinitions }) => taskDefinitions));
    return {
      serviceRevisions: (input.serviceRevisionArns ?? []).flatMap((arn) =>
        known[arn] === undefined
          ? []
          : {
              serviceRevisionArn: arn,
              taskDefinition: runs[arn],
              resolvedConfiguration: {
                loadBalancers: known[arn].map((targetGroupArn) => ({ targetGroupArn })),
              },
            },
      ),
    };
  },
});
