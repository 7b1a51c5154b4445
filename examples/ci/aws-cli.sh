#!/usr/bin/env bash
# A deployment with nothing but the AWS CLI and jq: `REVISION=shop:42 RUN=1042 ./aws-cli.sh`. Ends with 0 only when the new version serves.
# The same RUN again watches the same deployment instead of starting another, also when it has ended.
set -euo pipefail

: "${REVISION:?expected a task definition to deploy, family:revision}" "${RUN:?expected what names this run of the pipeline}"
cluster=${CLUSTER:-production}
service=${SERVICE:-shop}
environment=${ENVIRONMENT:-production}
every=${EVERY:-15}

machine=$(aws ssm get-parameter --name "/cutover/${INSTALLATION:-default}" --query Parameter.Value --output text | jq -r .stateMachineArn)
# With the environment in it: two environments of one run are two deployments.
name="$service-$environment-$RUN"
execution="${machine/:stateMachine:/:execution:}:$name"
input=$(jq -cn --arg cluster "$cluster" --arg service "$service" --arg revision "$REVISION" \
  '{cluster: $cluster, service: $service, taskDefinition: $revision}')

if ! started=$(aws stepfunctions start-execution --state-machine-arn "$machine" --name "$name" --input "$input" 2>&1); then
  case "$started" in
    *ExecutionAlreadyExists*) echo "$name was started before: watching it" ;;
    *) echo "$started" >&2 && exit 8 ;;
  esac
fi

while status=$(aws stepfunctions describe-execution --execution-arn "$execution" --query status --output text); [ "$status" = RUNNING ]; do
  sleep "$every"
done

echo "$name: $status"
[ "$status" = SUCCEEDED ] && exit 0
# Step Functions has the reason: which alarm, what kept green from getting healthy, or why it was refused.
aws stepfunctions describe-execution --execution-arn "$execution" --query '[error,cause]' --output text >&2
case "$(aws stepfunctions describe-execution --execution-arn "$execution" --query error --output text)" in
  RolledBack) exit 2 ;;
  Refused) exit 3 ;;
  *) exit 4 ;;
esac
