import { count } from '../../figures.ts';
import type { Finding } from '../../vocabulary/finding.types.ts';
import { targetGroupName } from '../../weights/weights.ts';
import { groupOf, sendsRequestsTo } from '../discovery.ts';
import type { Check } from './check.types.ts';
import { createGroupLike, LIST_GROUPS, secondName, word } from './commands.ts';
import { error } from './finding.ts';

/** A group of the request or of the service that the account does not have [fact 145]. */
const notFound: Check = ({ observed, found }) =>
  (
    [
      ['blue', found.blueGroupArn],
      ['green', found.greenGroupArn],
    ] as const
  ).flatMap(([colour, arn]): Finding[] => {
    if (arn === null || !observed.missingGroups.includes(arn)) return [];
    return [
      error(
        'target-group-not-found',
        `expected ${colour}'s target group ${arn}, found no such group`,
        colour === 'green'
          ? 'Correct `greenTargetGroup` in the request, the account or the Region. This lists the groups there are.'
          : 'Correct the account or the Region; if the group was deleted, the service has to be launched ' +
              'anew on another one. This lists the groups there are.',
        [LIST_GROUPS],
      ),
    ];
  });

const theSame = (greenGroupArn: string): Finding =>
  error(
    'same-target-group',
    `expected another target group for green than blue's, found ${targetGroupName(greenGroupArn)} for both`,
    'Set `greenTargetGroup` to a second group, or leave it out to take the other one of the ' +
      'routes. This lists the groups there are.',
    [LIST_GROUPS],
  );

const notAttached: Check = ({ observed, found }) => {
  const [colour, arn] =
    found.primary === null
      ? (['green', found.greenGroupArn] as const)
      : (['blue', found.blueGroupArn] as const);
  const serving = groupOf(observed, arn);
  if (serving === undefined || serving.loadBalancerArns.length > 0) return [];
  const ofItsVpc = serving.vpcId === undefined ? '' : `?VpcId==\`${serving.vpcId}\``;
  return [
    error(
      'target-group-not-attached',
      `expected ${colour}'s group ${serving.name} to be attached to a load balancer, found none: ` +
        'nothing is sent to it, and its targets stay unused',
      `Forward a listener or a rule to it: \`Type=forward,TargetGroupArn=${serving.arn}\` in ` +
        'modify-listener or create-rule, or `target_group_arn` in Terraform. This lists the load ' +
        'balancers of its VPC.',
      [
        'aws elbv2 describe-load-balancers --query ' +
          `${word(`LoadBalancers[${ofItsVpc}].[LoadBalancerName,LoadBalancerArn]`)} --output table`,
      ],
    ),
  ];
};

/** A group in no action yet is fine: AttachGreen adds it. A group belongs to one load balancer only [fact 73]. */
const onAnotherLoadBalancer: Check = ({ observed, found }) => {
  const blue = groupOf(observed, found.blueGroupArn);
  const green = groupOf(observed, found.greenGroupArn);
  if (found.primary === null || green === undefined || blue === undefined) return [];
  const elsewhere = green.loadBalancerArns.filter((arn) => !blue.loadBalancerArns.includes(arn));
  if (elsewhere.length === 0) return [];
  return [
    error(
      'green-on-another-load-balancer',
      `expected green's group ${green.name} on blue's load balancer or on none, found it on ` +
        `${elsewhere.join(', ')}: a group serves one load balancer`,
      "Set `greenTargetGroup` to a group that is free; this creates one like blue's.",
      [createGroupLike(blue, { name: secondName(blue) })],
    ),
  ];
};

/** The group that is about to get a task set has targets of somebody else [fact 164]. */
const inUse: Check = ({ observed, found }) => {
  const idle = [found.greenGroupArn, ...(found.primary === null ? [found.blueGroupArn] : [])];
  return idle.flatMap((arn): Finding[] => {
    const group = groupOf(observed, arn);
    if (group === undefined) return [];
    const used = (observed.targets[group.arn] ?? []).filter(({ state }) => state !== 'draining');
    if (used.length === 0) return [];
    const serving = observed.routes.filter((route) => sendsRequestsTo(route, group.arn));
    const targets = used.map(({ id, port }) => `Id=${id},Port=${port}`).join(' ');
    return [
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
            : [`aws elbv2 deregister-targets --target-group-arn ${group.arn} --targets ${targets}`]),
        ],
      ),
    ];
  });
};

/** Both groups exist, hang on one load balancer, and green's is free. */
export const checkTargetGroups: Check = (inspected) => {
  const { blueGroupArn, greenGroupArn } = inspected.found;
  // One group for both: whatever else is true of it would be said of two.
  if (greenGroupArn !== null && greenGroupArn === blueGroupArn)
    return [...notFound(inspected), theSame(greenGroupArn)];
  return [notFound, notAttached, onAnotherLoadBalancer, inUse].flatMap((check) => check(inspected));
};
