import type { Finding } from '../../vocabulary/finding.types.ts';
import { groupOf, sendsRequestsTo } from '../discovery.ts';
import type { Check } from './check.types.ts';
import { createGroupLike, LIST_GROUPS, secondName, word } from './commands.ts';
import { count, error, groupName } from './finding.ts';

/** Both groups exist, hang on one load balancer, and green's is free [fact 145, 164]. */
export const checkTargetGroups: Check = ({ observed, found }) => {
  const findings: Finding[] = [];
  const { primary, blueGroupArn, greenGroupArn } = found;
  for (const [colour, arn] of [
    ['blue', blueGroupArn],
    ['green', greenGroupArn],
  ] as const) {
    if (arn === null || !observed.missingGroups.includes(arn)) continue;
    findings.push(
      error(
        'target-group-not-found',
        `expected ${colour}'s target group ${arn}, found no such group`,
        colour === 'green'
          ? 'Correct `greenTargetGroup` in the request, the account or the Region. This lists the groups there are.'
          : 'Correct the account or the Region; if the group was deleted, the service has to be launched ' +
              'anew on another one. This lists the groups there are.',
        [LIST_GROUPS],
      ),
    );
  }

  const blue = groupOf(observed, blueGroupArn);
  const green = groupOf(observed, greenGroupArn);
  if (greenGroupArn !== null && greenGroupArn === blueGroupArn) {
    findings.push(
      error(
        'same-target-group',
        `expected another target group for green than blue's, found ${groupName(greenGroupArn)} for both`,
        'Set `greenTargetGroup` to a second group, or leave it out to take the other one of the ' +
          'routes. This lists the groups there are.',
        [LIST_GROUPS],
      ),
    );
    return findings;
  }
  const [colour, serving] = primary === null ? (['green', green] as const) : (['blue', blue] as const);
  if (serving !== undefined && serving.loadBalancerArns.length === 0) {
    findings.push(
      error(
        'target-group-not-attached',
        `expected ${colour}'s group ${serving.name} to be attached to a load balancer, found none: ` +
          'nothing is sent to it, and its targets stay unused',
        `Forward a listener or a rule to it: \`Type=forward,TargetGroupArn=${serving.arn}\` in ` +
          'modify-listener or create-rule, or `target_group_arn` in Terraform. This lists the load ' +
          'balancers of its VPC.',
        [
          'aws elbv2 describe-load-balancers --query ' +
            `${word(`LoadBalancers[${serving.vpcId === undefined ? '' : `?VpcId==\`${serving.vpcId}\``}].[LoadBalancerName,LoadBalancerArn]`)} ` +
            '--output table',
        ],
      ),
    );
  }
  // A group in no action yet is fine: AttachGreen adds it. A group belongs to one load balancer only [fact 73].
  const elsewhere = green?.loadBalancerArns.filter((arn) => !blue?.loadBalancerArns.includes(arn)) ?? [];
  if (primary !== null && green !== undefined && blue !== undefined && elsewhere.length > 0) {
    findings.push(
      error(
        'green-on-another-load-balancer',
        `expected green's group ${green.name} on blue's load balancer or on none, found it on ` +
          `${elsewhere.join(', ')}: a group serves one load balancer`,
        "Set `greenTargetGroup` to a group that is free; this creates one like blue's.",
        [createGroupLike(blue, { name: secondName(blue) })],
      ),
    );
  }

  const idle = [green, ...(primary === null ? [blue] : [])];
  for (const group of idle) {
    if (group === undefined) continue;
    const used = (observed.targets[group.arn] ?? []).filter(({ state }) => state !== 'draining');
    if (used.length === 0) continue;
    const serving = observed.routes.filter((route) => sendsRequestsTo(route, group.arn));
    findings.push(
      error(
        'target-group-in-use',
        `expected no targets in ${group.name} before the deployment, found ` +
          `${count(used.length, 'target')} (${used[0]?.id}:${used[0]?.port} ${used[0]?.state})`,
        serving.length > 0
          ? `Users reach them by ${serving.map(({ label }) => label).join(', ')}, so leave them: find ` +
              'out whose they are, or set `greenTargetGroup` to a free group.'
          : 'Find out whose they are, then delete that task set or deregister them; or set ' +
              '`greenTargetGroup` to a free group.',
        [
          `aws elbv2 describe-target-health --target-group-arn ${group.arn}`,
          ...(serving.length > 0
            ? []
            : [
                `aws elbv2 deregister-targets --target-group-arn ${group.arn} --targets ` +
                  `${used.map(({ id, port }) => `Id=${id},Port=${port}`).join(' ')}`,
              ]),
        ],
      ),
    );
  }
  return findings;
};
