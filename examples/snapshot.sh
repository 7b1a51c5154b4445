#!/bin/sh
# Writes a world for `cutover rehearse` and `cutover plan` from a real account: it only reads.
# Usage: examples/snapshot.sh CLUSTER SERVICE TASK_DEFINITION DIRECTORY
# Needs the AWS CLI version 2 with credentials and a Region, and these permissions: ecs:DescribeServices,
# ecs:DescribeTaskDefinition, elasticloadbalancing:Describe*, cloudwatch:DescribeAlarms.
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
  aws "$@" --output json >"$file.part"
  mv "$file.part" "$file"
  echo "wrote $file"
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

save describe-alarms cloudwatch describe-alarms --alarm-types MetricAlarm CompositeAlarm

echo "done. Put the users' load into $directory/traffic.json, e.g. {\"requestsPerSecond\": 40}, then:"
echo "  npx cutover plan REQUEST.json --world $directory"
