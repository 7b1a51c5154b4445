import {
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  type TargetGroup,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { chunks } from '../core/chunks.ts';
import { DeploymentError, isDeploymentError } from '../core/errors.ts';
import type { ObservedTarget } from '../core/vocabulary/observed.types.ts';
import { defined } from './answer.ts';
import type { Targets } from './balancer-verbs.ts';
import type { Call, Sender } from './call.ts';
import { allPages } from './pages.ts';
import { observeTargetGroup } from './target-group-observation.ts';

/** ELBv2 documents no limit for this call; 20 is the one of its other calls that take ARNs. */
const GROUPS_PER_CALL = 20;

export const makeTargets = (client: Sender, call: Call): Targets => ({
  async read(targetGroupArn) {
    const what = `read the health of the targets of ${targetGroupArn}`;
    const command = new DescribeTargetHealthCommand({ TargetGroupArn: targetGroupArn });
    const answer = await call(client, command, { what });
    return (answer.TargetHealthDescriptions ?? []).map(
      ({ Target, TargetHealth }): ObservedTarget => ({
        id: Target?.Id ?? '',
        port: Target?.Port ?? 0,
        state: stateOf(TargetHealth?.State),
        ...defined({ reasonCode: TargetHealth?.Reason, description: TargetHealth?.Description }),
      }),
    );
  },

  async readGroups(arns) {
    const found = new Map<string, TargetGroup>();
    for (const some of chunks([...new Set(arns)], GROUPS_PER_CALL)) {
      for (const group of await readGroups(client, call, some)) {
        if (group.TargetGroupArn !== undefined) found.set(group.TargetGroupArn, group);
      }
    }
    const missing = arns.filter((arn) => !found.has(arn));
    if (missing.length > 0) {
      throw new DeploymentError(
        'NotFound',
        `Could not read target groups: there is no ${missing.join(', ')}. Check whether it was ` +
          'deleted, and the Region.',
      );
    }

    const observed = [];
    for (const arn of arns) {
      const what = `read the attributes of target group ${arn}`;
      const command = new DescribeTargetGroupAttributesCommand({ TargetGroupArn: arn });
      const { Attributes } = await call(client, command, { what });
      observed.push(observeTargetGroup(found.get(arn) ?? {}, Attributes ?? [], what));
    }
    return observed;
  },
});

/** `unhealthy.draining` is how a network load balancer calls a draining target that had become unhealthy [fact 85]. */
const stateOf = (state: string | undefined): ObservedTarget['state'] => {
  switch (state) {
    case 'initial':
    case 'healthy':
    case 'unhealthy':
    case 'unused':
    case 'draining':
      return state;
    case 'unhealthy.draining':
      return 'draining';
    default:
      // A state that we do not know is not health.
      return 'unavailable';
  }
};

/** The groups of one call; of several ELBv2 does not say which is missing, so then they are asked for one by one. */
const readGroups = async (client: Sender, call: Call, arns: string[]): Promise<TargetGroup[]> => {
  const what = `read target groups ${arns.join(', ')}`;
  try {
    return await allPages(what, async (Marker) => {
      const command = new DescribeTargetGroupsCommand({
        TargetGroupArns: arns,
        ...defined({ Marker }),
      });
      const answer = await call(client, command, { what });
      return { items: answer.TargetGroups, next: answer.NextMarker };
    });
  } catch (error) {
    if (!isDeploymentError(error, 'NotFound')) throw error;
    if (arns.length === 1) return [];
    const found = [];
    for (const arn of arns) found.push(...(await readGroups(client, call, [arn])));
    return found;
  }
};
