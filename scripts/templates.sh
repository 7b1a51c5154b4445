#!/usr/bin/env bash
# Synthesises every template (cdk-nag makes a finding that nobody explained fail) and lints them with cfn-lint from
# the virtual environment .venv-ci; parses the Terraform that adopt and leave print with hclfmt, which scripts/ci-tools.sh builds.
set -euo pipefail
cd "$(dirname "$0")/.."

source scripts/venv.sh
install infra/requirements.txt

npm run --silent synth
# W3005: a DependsOn that a reference implies; the CDK writes them and CloudFormation ignores them.
"$venv/bin/cfn-lint" -i W3005 -t cdk.out/*.template.json

# The package for people without the CDK has templates of its own: other parameters, other code.
npx --no-install node infra/packaging/package-cfn.ts >/dev/null
"$venv/bin/cfn-lint" -i W3005 -t dist/cloudformation/*.template.json
"$venv/bin/cfn-lint" -t examples/notifications/*.yaml examples/ci/codepipeline.yaml

# What `cutover adopt --emit` and `leave --emit` print, for a service of each controller, before the move and behind it.
emitted=dist/emitted
rm -rf "$emitted"
npx --no-install node verify/moving/emit.ts --to "$emitted"
"$venv/bin/cfn-lint" -t "$emitted"/*.template.json
for file in "$emitted"/*.tf; do
  "$venv/bin/hclfmt" -check "$file" >/dev/null || { echo "$file is not HCL" >&2; exit 1; }
done
echo "hclfmt: $(find "$emitted" -name '*.tf' | wc -l) emitted files"
echo "cfn-lint: clean"
