import type {
  ObservedLoadBalancer,
  ObservedService,
  ObservedTargetGroup,
} from '../../vocabulary/observed.types.ts';
import type { Route, WeightedGroup } from '../../vocabulary/plan.types.ts';

/**
 * AWS CLI commands that several findings end in, with everything filled in, so that they can be pasted into a shell.
 * test/core/plan/preflight/commands.test.ts holds each to the API it calls.
 */

/** A word of a command line, quoted where a shell would take it apart. */
export const word = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

/** `--cluster production --service shop` */
export const serviceOptions = ({ cluster, name }: ObservedService): string =>
  `--cluster ${cluster} --service ${name}`;

/** ECS's own limit of a name is longer; this one is the target groups'. */
const MAX_GROUP_NAME = 32;

/** A new group that treats requests and targets as `group` does, but for what is given. */
export const createGroupLike = (
  group: ObservedTargetGroup,
  { name, targetType = group.targetType }: { name: string; targetType?: string },
): string => {
  const { healthCheck } = group;
  const http = healthCheck.protocol === 'HTTP' || healthCheck.protocol === 'HTTPS';
  const matcher = group.protocolVersion === 'GRPC' ? 'GrpcCode' : 'HttpCode';
  return [
    'aws elbv2 create-target-group',
    `--name ${name.slice(0, MAX_GROUP_NAME).replace(/-$/, '')}`,
    `--target-type ${targetType}`,
    `--protocol ${group.protocol}`,
    ...(group.protocolVersion === undefined ? [] : [`--protocol-version ${group.protocolVersion}`]),
    `--port ${group.port}`,
    ...(group.vpcId === undefined ? [] : [`--vpc-id ${group.vpcId}`]),
    `--health-check-protocol ${healthCheck.protocol}`,
    `--health-check-port ${healthCheck.port}`,
    ...(http && healthCheck.path !== undefined ? [`--health-check-path ${word(healthCheck.path)}`] : []),
    ...(http && healthCheck.matcher !== undefined
      ? [`--matcher ${word(`${matcher}=${matcherText(healthCheck.matcher)}`)}`]
      : []),
    `--health-check-interval-seconds ${healthCheck.intervalSeconds}`,
    `--health-check-timeout-seconds ${healthCheck.timeoutSeconds}`,
    `--healthy-threshold-count ${healthCheck.healthyThreshold}`,
    `--unhealthy-threshold-count ${healthCheck.unhealthyThreshold}`,
  ].join(' ');
};

/** The CLI's shorthand takes a comma for the end of a value: `200,202` needs quotes of its own. */
export const matcherText = (codes: string): string => (codes.includes(',') ? `"${codes}"` : codes);

/** `shop-2`, `shop-blue-2`: for a group beside one that is there. */
export const secondName = ({ name }: ObservedTargetGroup): string => `${name.slice(0, MAX_GROUP_NAME - 2)}-2`;

/** An alarm on the failures of one group; sums of errors are absent when there are none [fact 118]. */
export const createAlarmOn = (group: ObservedTargetGroup, { arn, type }: ObservedLoadBalancer): string => {
  const [namespace, metric, threshold] =
    type === 'network'
      ? ['AWS/NetworkELB', 'UnHealthyHostCount', 0]
      : ['AWS/ApplicationELB', 'HTTPCode_Target_5XX_Count', 10];
  const statistic = type === 'network' ? 'Maximum' : 'Sum';
  const balancer = arn.slice(arn.indexOf(':loadbalancer/') + ':loadbalancer/'.length);
  return [
    'aws cloudwatch put-metric-alarm',
    `--alarm-name ${group.name}-${type === 'network' ? 'unhealthy' : '5xx'}`,
    `--namespace ${namespace} --metric-name ${metric}`,
    `--dimensions Name=TargetGroup,Value=${group.arn.split(':').at(-1)} Name=LoadBalancer,Value=${balancer}`,
    `--statistic ${statistic} --period 60 --evaluation-periods 3 --datapoints-to-alarm 2`,
    `--comparison-operator GreaterThanThreshold --threshold ${threshold} --treat-missing-data notBreaching`,
  ].join(' ');
};

/**
 * Writes the forward action of a route with these weights and the stickiness it has. The call replaces the whole list
 * of actions [fact 74]: of a route that does something before, such as signing users in, it would make a public one.
 */
export const forward = (route: Route, groups: readonly WeightedGroup[]): string => {
  const targetGroups = groups.map(({ targetGroupArn, weight }) => ({
    TargetGroupArn: targetGroupArn,
    Weight: weight,
  }));
  if (route.original.otherActions !== undefined) return rewritten(route, JSON.stringify(targetGroups));
  const { enabled, durationSeconds } = route.original.stickiness;
  const sticky = enabled
    ? {
        TargetGroupStickinessConfig: {
          Enabled: true,
          ...(durationSeconds && { DurationSeconds: durationSeconds }),
        },
      }
    : {};
  const action = JSON.stringify([
    { Type: 'forward', ForwardConfig: { TargetGroups: targetGroups, ...sticky } },
  ]);
  return route.kind === 'rule'
    ? `aws elbv2 modify-rule --rule-arn ${route.arn} --actions '${action}'`
    : `aws elbv2 modify-listener --listener-arn ${route.arn} --default-actions '${action}'`;
};

/**
 * Every action as it is when the line runs, with other weights. A client secret is never shown, so it is kept by its
 * flag, as aws/forward-action.ts does.
 */
const rewritten = ({ kind, arn }: Route, targetGroups: string): string => {
  const edit =
    `map(if .Type == "forward" then del(.TargetGroupArn) | .ForwardConfig.TargetGroups = ${targetGroups} ` +
    'elif .AuthenticateOidcConfig then .AuthenticateOidcConfig.UseExistingClientSecret = true else . end)';
  return kind === 'rule'
    ? `aws elbv2 describe-rules --rule-arns ${arn} --query 'Rules[0].Actions' --output json | jq '${edit}' | aws elbv2 modify-rule --rule-arn ${arn} --actions file:///dev/stdin`
    : `aws elbv2 describe-listeners --listener-arns ${arn} --query 'Listeners[0].DefaultActions' --output json | jq '${edit}' | aws elbv2 modify-listener --listener-arn ${arn} --default-actions file:///dev/stdin`;
};

/** What a finding says beside `forward`. */
export const forwarded = ({ original: { otherActions } }: Route, does: string): string =>
  otherActions === undefined
    ? does
    : `${does} Its other actions (${otherActions.join(', ')}) are read and written again as they are; it needs jq.`;

export const setAttributes = (
  group: ObservedTargetGroup,
  attributes: Record<string, string | number>,
): string =>
  `aws elbv2 modify-target-group-attributes --target-group-arn ${group.arn} --attributes ${Object.entries(
    attributes,
  )
    .map(([key, value]) => `Key=${key},Value=${value}`)
    .join(' ')}`;

/** Group names and ARNs of the Region. */
export const LIST_GROUPS =
  "aws elbv2 describe-target-groups --query 'TargetGroups[].[TargetGroupName,TargetGroupArn]' --output table";
