#!/bin/sh
# Writes a world for `cutover rehearse` and `cutover plan` from a real account: it only reads.
# Usage: examples/snapshot.sh CLUSTER SERVICE TASK_DEFINITION DIRECTORY
# Needs the AWS CLI version 2 with credentials and a Region, and these permissions: ecs:DescribeServices,
# ecs:DescribeTaskDefinition, elasticloadbalancing:Describe*, cloudwatch:DescribeAlarms. With ec2:DescribeSecurityGroups,
# ec2:DescribeSubnets, ecr:DescribeImages and application-autoscaling:DescribeScalableTargets preflight sees more;
# what is not permitted of these is left out.
# A first deployment has no task set to find these from: give LOAD_BALANCER_ARNS, SUBNETS and SECURITY_GROUPS.
set -eu

if [ $# -ne 4 ]; then
  echo "usage: $0 CLUSTER SERVICE TASK_DEFINITION DIRECTORY" >&2
  echo "  e.g. $0 production shop shop:42 my-world" >&2
  exit 1
fi
cluster=$1
service=$2
new_definition=$3
directory=$4
mkdir -p "$directory"

# Each output goes to a temporary name first: a command that fails must not leave an empty file behind.
save() {
  file=$directory/$1.json
  shift
  aws "$@" --output json >"$file.part" || {
    rm -f "$file.part"
    return 1
  }
  mv "$file.part" "$file"
  echo "wrote $file"
}

# The same for what is only for preflight: without the permission the file is left out, and the rest goes on.
save_if_allowed() {
  if ! save "$@" 2>"$directory/error.part"; then
    # An older file would pass for an answer of today.
    rm -f "$directory/$1.json"
    echo "left out $directory/$1.json: $(tr '\n' ' ' <"$directory/error.part")" >&2
  fi
  rm -f "$directory/error.part"
}

# The values that a query finds, one a line; the CLI separates them by tabs and writes None for nothing.
values() {
  aws "$@" --output text | tr '\t' '\n' | grep -v '^None$' | sort -u || true
}

# /a/b/NAME/ID -> NAME
name_in_arn() {
  printf '%s\n' "$1" | cut -d/ -f2
}

save describe-services ecs describe-services --cluster "$cluster" --services "$service"

running=$(values ecs describe-services --cluster "$cluster" --services "$service" \
  --query 'services[].taskSets[].taskDefinition')
for definition in $running "$new_definition"; do
  label=$(printf '%s' "${definition##*/}" | tr ':' '-')
  save "describe-task-definition.$label" ecs describe-task-definition --task-definition "$definition"
done

# Which load balancers: those that the running task set's target groups hang on. A service without a task set yet
# names none, so give them in LOAD_BALANCER_ARNS.
groups=$(values ecs describe-services --cluster "$cluster" --services "$service" \
  --query 'services[].taskSets[].loadBalancers[].targetGroupArn')
balancers=${LOAD_BALANCER_ARNS:-}
for group in $groups; do
  found=$(values elbv2 describe-target-groups --target-group-arns "$group" \
    --query 'TargetGroups[].LoadBalancerArns[]')
  balancers="$balancers $found"
done
# shellcheck disable=SC2086 # a list of ARNs, none of which holds a space
balancers=$(printf '%s\n' $balancers | sort -u)
if [ -z "$balancers" ]; then
  echo "error: no load balancer found for $service." >&2
  echo "  what to do: set LOAD_BALANCER_ARNS to the one its routes are on, and run this again" >&2
  exit 1
fi

# shellcheck disable=SC2086 # a list of ARNs, none of which holds a space
save describe-load-balancers elbv2 describe-load-balancers --load-balancer-arns $balancers

for balancer in $balancers; do
  label=$(printf '%s' "$balancer" | cut -d/ -f3)
  save "describe-listeners.$label" elbv2 describe-listeners --load-balancer-arn "$balancer"
  save "describe-target-groups.$label" elbv2 describe-target-groups --load-balancer-arn "$balancer"

  for listener in $(values elbv2 describe-listeners --load-balancer-arn "$balancer" --query 'Listeners[].ListenerArn'); do
    save "describe-rules.$label-${listener##*/}" elbv2 describe-rules --listener-arn "$listener"
  done

  # The attributes' output does not say whose they are: the file's name does.
  for group in $(values elbv2 describe-target-groups --load-balancer-arn "$balancer" --query 'TargetGroups[].TargetGroupArn'); do
    save "describe-target-group-attributes.$(name_in_arn "$group")" \
      elbv2 describe-target-group-attributes --target-group-arn "$group"
  done
done

# What lies around the service, for preflight.
save_if_allowed describe-scalable-targets application-autoscaling describe-scalable-targets \
  --service-namespace ecs --resource-ids "service/${cluster##*/}/${service##*/}"

at_tasks='services[].taskSets[].networkConfiguration.awsvpcConfiguration'
subnets=$(values ecs describe-services --cluster "$cluster" --services "$service" --query "$at_tasks.subnets[]")
# shellcheck disable=SC2086 # lists of ids, none of which holds a space
set -- ${SUBNETS:-} $subnets
if [ $# -gt 0 ]; then
  save_if_allowed describe-subnets ec2 describe-subnets --subnet-ids "$@"
fi

# Tasks without an address of their own are behind the groups of their instances, which preflight does not look at.
task_groups=$(values ecs describe-services --cluster "$cluster" --services "$service" --query "$at_tasks.securityGroups[]")
# shellcheck disable=SC2086
set -- ${SECURITY_GROUPS:-} $task_groups
if [ $# -gt 0 ]; then
  # shellcheck disable=SC2086
  balancer_groups=$(values elbv2 describe-load-balancers --load-balancer-arns $balancers --query 'LoadBalancers[].SecurityGroups[]')
  # shellcheck disable=SC2086
  save_if_allowed describe-security-groups ec2 describe-security-groups --group-ids "$@" $balancer_groups
fi

# Images of private ECR repositories are named REGISTRY.dkr.ecr.REGION.amazonaws.com/REPOSITORY:TAG.
for definition in $running "$new_definition"; do
  values ecs describe-task-definition --task-definition "$definition" --query 'taskDefinition.containerDefinitions[].image'
done |
  sed -n -E 's#^([0-9]+)\.dkr[.-]ecr(-fips)?\.([^.]+)\.[^/]+/([^:@]+).*#\1 \3 \4#p' | sort -u |
  while read -r registry region repository; do
    save_if_allowed "describe-images.$(printf '%s' "$repository" | tr '/' '-')" ecr describe-images \
      --registry-id "$registry" --repository-name "$repository" --region "$region"
  done

save describe-alarms cloudwatch describe-alarms --alarm-types MetricAlarm CompositeAlarm

echo "done. Put the users' load into $directory/traffic.json, e.g. {\"requestsPerSecond\": 40}, then:"
echo "  npx cutover plan REQUEST.json --world $directory"
