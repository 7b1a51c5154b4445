#!/bin/sh
# Installs Cutover, or the newer version beside this script, with nothing but the AWS CLI: copies the Lambdas' zip files into a bucket of the
# stack's Region, then creates or updates the stack. `sh install.sh BUCKET ClusterArns=... ServiceArns=... ListenerArns=... TaskRoleArns=...`;
# of an update the parameters may be left out, they keep their values. STACK: the stack's name, Cutover by default.
set -eu

usage() {
  echo "error: $1" >&2
  echo 'what to do: sh install.sh BUCKET ClusterArns=... ServiceArns=... ListenerArns=... TaskRoleArns=...' >&2
  exit 1
}

[ $# -gt 0 ] || usage 'expected a bucket in the Region of the stack, found nothing'
bucket=${1#s3://}
bucket=${bucket%/}
shift
case "$bucket" in
  '' | *[!a-z0-9.-]*) usage "expected the name of a bucket, found \"$bucket\"" ;;
esac
for parameter in "$@"; do
  case "$parameter" in
    [A-Z]*=*) ;;
    *) usage "expected NAME=VALUE, a parameter of the template, found \"$parameter\"" ;;
  esac
done
command -v aws >/dev/null || usage 'expected the AWS CLI (aws), found none'

here=$(cd "$(dirname "$0")" && pwd)
# Named by their content: this adds and never overwrites, so that running deployments keep theirs.
aws s3 sync "$here" "s3://$bucket/cutover/" --exclude '*' --include '*.zip'
aws cloudformation deploy --stack-name "${STACK:-Cutover}" --capabilities CAPABILITY_IAM --no-fail-on-empty-changeset \
  --template-file "$here/Cutover.template.json" --s3-bucket "$bucket" --s3-prefix cutover \
  --parameter-overrides "AssetBucket=$bucket" "$@"
