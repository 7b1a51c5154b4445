import { DescribeServiceDeploymentsCommand, DescribeServiceRevisionsCommand } from '@aws-sdk/client-ecs';
import {
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { DeploymentError } from '../core/errors.ts';
import type { Call, Sender } from './call.ts';
import type { NativeDeployments } from './ecs-verbs.ts';

/** Deployments that ECS itself makes: which revision uses which target group is in the revisions. */
export const makeNativeDeployments = (ecs: Sender, elbv2: Sender, call: Call): NativeDeployments => {
  const groupsOf = async (revisionArns: string[]): Promise<string[]> => {
    if (revisionArns.length === 0) return [];
    const { serviceRevisions = [] } = await call(
      ecs,
      new DescribeServiceRevisionsCommand({ serviceRevisionArns: revisionArns }),
      { what: 'read the service revisions' },
    );
    const groups = serviceRevisions.flatMap(({ resolvedConfiguration }) =>
      (resolvedConfiguration?.loadBalancers ?? []).flatMap(({ targetGroupArn }) => targetGroupArn ?? []),
    );
    return [...new Set(groups)];
  };

  return {
    async read(serviceDeploymentArn, targetRevisionArn) {
      const { serviceDeployments = [] } = await call(
        ecs,
        new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [serviceDeploymentArn] }),
        { what: 'read the service deployment' },
      );
      const [deployment] = serviceDeployments;
      if (deployment === undefined) {
        const what = `expected the service deployment ${serviceDeploymentArn}, found none`;
        throw new DeploymentError('NotFound', what);
      }
      const sources = (deployment.sourceServiceRevisions ?? [])
        .flatMap(({ arn }) => arn ?? [])
        .filter((arn) => arn !== targetRevisionArn);
      const [green, blue] = await Promise.all([groupsOf([targetRevisionArn]), groupsOf(sources)]);
      return { first: sources.length === 0, greenGroupArns: green, blueGroupArns: blue };
    },

    async readGroup(targetGroupArn) {
      const [{ TargetGroups = [] }, { Attributes = [] }] = await Promise.all([
        call(elbv2, new DescribeTargetGroupsCommand({ TargetGroupArns: [targetGroupArn] }), {
          what: 'read the target group',
        }),
        call(elbv2, new DescribeTargetGroupAttributesCommand({ TargetGroupArn: targetGroupArn }), {
          what: "read the target group's attributes",
        }),
      ]);
      return {
        loadBalancerArn: TargetGroups[0]?.LoadBalancerArns?.[0] ?? null,
        sticky: Attributes.some(({ Key, Value }) => Key === 'stickiness.enabled' && Value === 'true'),
      };
    },
  };
};
