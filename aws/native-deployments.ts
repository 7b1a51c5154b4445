import { DescribeServiceDeploymentsCommand, DescribeServiceRevisionsCommand } from '@aws-sdk/client-ecs';
import {
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { DeploymentError } from '../core/errors.ts';
import type { Call, Sender } from './call.ts';
import type { NativeColour, NativeDeployments } from './ecs-verbs.ts';

/** Deployments that ECS itself makes: their revisions name each colour's target group and task definition. */
export const makeNativeDeployments = (ecs: Sender, elbv2: Sender, call: Call): NativeDeployments => {
  const colourOf = async (revisionArns: string[]): Promise<NativeColour> => {
    if (revisionArns.length === 0) return { targetGroupArns: [], taskDefinitionArns: [] };
    const { serviceRevisions = [] } = await call(
      ecs,
      new DescribeServiceRevisionsCommand({ serviceRevisionArns: revisionArns }),
      { what: 'read the service revisions' },
    );
    const groups = serviceRevisions.flatMap(({ resolvedConfiguration }) =>
      (resolvedConfiguration?.loadBalancers ?? []).flatMap(({ targetGroupArn }) => targetGroupArn ?? []),
    );
    const taskDefinitions = serviceRevisions.flatMap(({ taskDefinition }) => taskDefinition ?? []);
    return { targetGroupArns: [...new Set(groups)], taskDefinitionArns: [...new Set(taskDefinitions)] };
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
      const [green, blue] = await Promise.all([colourOf([targetRevisionArn]), colourOf(sources)]);
      return { first: sources.length === 0, blue, green };
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
