import { groupOf } from '../discovery.ts';
import type { Finding } from '../plan.types.ts';
import type { Check } from './check.types.ts';
import { count, error, groupName } from './finding.ts';

/** Both groups exist, hang on one load balancer, and green's is free [145, 164]. */
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
        '`aws elbv2 describe-target-groups` shows what there is; check the account and the Region.',
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
        'Set `greenTargetGroup` to a second group, or leave it out to take the other one of the routes.',
      ),
    );
    return findings;
  }
  if (primary !== null && blue !== undefined && blue.loadBalancerArns.length === 0) {
    findings.push(
      error(
        'target-group-not-attached',
        `expected blue's group ${blue.name} to be attached to a load balancer, found none`,
        `Forward a listener or a rule to it: \`aws elbv2 create-listener\` or \`create-rule\` with a forward action to ${blue.arn}.`,
      ),
    );
  }
  if (primary === null && green !== undefined && green.loadBalancerArns.length === 0) {
    findings.push(
      error(
        'target-group-not-attached',
        `expected green's group ${green.name} to be attached to a load balancer, found none`,
        `Forward a listener or a rule to it: \`aws elbv2 create-listener\` or \`create-rule\` with a forward action to ${green.arn}.`,
      ),
    );
  }
  // A group in no action yet is fine: AttachGreen adds it. A group belongs to one load balancer only [73].
  const elsewhere = green?.loadBalancerArns.filter((arn) => !blue?.loadBalancerArns.includes(arn)) ?? [];
  if (primary !== null && green !== undefined && blue !== undefined && elsewhere.length > 0) {
    findings.push(
      error(
        'green-on-another-load-balancer',
        `expected green's group ${green.name} on blue's load balancer or on none, found it on ${elsewhere.join(', ')}`,
        'A target group serves one load balancer: set `greenTargetGroup` to one that is free.',
      ),
    );
  }

  const idle = [green, ...(primary === null ? [blue] : [])];
  for (const group of idle) {
    if (group === undefined) continue;
    const used = (observed.targets[group.arn] ?? []).filter(({ state }) => state !== 'draining');
    if (used.length === 0) continue;
    findings.push(
      error(
        'target-group-in-use',
        `expected no targets in ${group.name} before the deployment, found ${count(used.length, 'target')} (${used[0]?.id}:${used[0]?.port} ${used[0]?.state})`,
        `Find out whose they are (\`aws elbv2 describe-target-health --target-group-arn ${group.arn}\`); remove the task set or deregister them, or set \`greenTargetGroup\` to a free group.`,
      ),
    );
  }
  return findings;
};
