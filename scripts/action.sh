#!/usr/bin/env bash
# What action.yml runs. Its inputs come as INPUT_ variables, never as text of this script: nobody's branch name is run.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
cutover() { "${CUTOVER:-$here/cutover}" "$@"; }
output() { printf '%s=%s\n' "$1" "$2" >>"${GITHUB_OUTPUT:-/dev/null}"; }
summary="${GITHUB_STEP_SUMMARY:-/dev/null}"

target=("$INPUT_SERVICE")
[ -z "${INPUT_ENVIRONMENT:-}" ] || target+=(--env "$INPUT_ENVIRONMENT")
[ -z "${INPUT_CONFIG:-}" ] || target+=(--config "$INPUT_CONFIG")
[ -z "${INPUT_REGION:-}" ] || target+=(--region "$INPUT_REGION")

what=()
while IFS= read -r image; do [ -z "$image" ] || what+=(--image "$image"); done <<<"${INPUT_IMAGES:-}"
[ -z "${INPUT_TASK_DEFINITION:-}" ] || what+=(--task-definition "$INPUT_TASK_DEFINITION")

how=()
while IFS= read -r alarm; do [ -z "$alarm" ] || how+=(--alarm "$alarm"); done <<<"${INPUT_ALARMS:-}"
[ -z "${INPUT_STRATEGY:-}" ] || how+=(--strategy "$INPUT_STRATEGY")
[ -z "${INPUT_WHEN_BUSY:-}" ] || how+=(--when-busy "$INPUT_WHEN_BUSY")

outcome_of() {
  case "$1" in
    0) echo succeeded ;; 1) echo usage ;; 2) echo rolledBack ;; 3) echo refused ;; 4) echo stuck ;; 5) echo aborted ;;
    6) echo waiting ;; 7) echo unwatched ;; 8) echo unavailable ;; *) echo interrupted ;;
  esac
}

# Runs a command, shows what it says and keeps it; its exit code is the function's.
shown() {
  local file="$1"
  shift
  "$@" 2>&1 | tee -a "$file"
  return "${PIPESTATUS[0]}"
}

deploy() {
  local run="${GITHUB_RUN_ID:-0}-${GITHUB_RUN_ATTEMPT:-1}" service="${INPUT_SERVICE##*/}"
  service="${service//[^A-Za-z0-9_-]/-}"
  local name="${INPUT_NAME:-${service:0:$((35 - ${#run}))}-$run}"
  local report="${RUNNER_TEMP:-.}/cutover-$name.html" code=0 timeout=()
  [ -z "${INPUT_TIMEOUT:-}" ] || timeout=(--timeout "$INPUT_TIMEOUT")
  output name "$name"

  cutover deploy "${target[@]}" "${what[@]}" "${how[@]}" --name "$name" --wait-until "${INPUT_WAIT_UNTIL:-done}" "${timeout[@]}" || code=$?

  output outcome "$(outcome_of "$code")"
  # The report is about the deployment; whether it can be written says nothing of how that went.
  if cutover report "${target[@]}" --deployment "$name" --output "$report" --markdown >>"$summary"; then
    output report "$report"
  else
    echo "there is no report of $name" >&2
  fi
  return "$code"
}

# The comment of an earlier push is written over: one a service and environment.
comment() {
  local body="$1" marker="$2" number="${GITHUB_REF_NAME%%/*}" comments id
  comments="repos/$GITHUB_REPOSITORY/issues/$number/comments"
  id="$(gh api "$comments" --paginate --jq ".[] | select(.body | startswith(\"$marker\")) | .id" | head -n 1)"
  if [ -n "$id" ]; then
    gh api --silent --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$id" -F "body=@$body"
  else
    gh api --silent --method POST "$comments" -F "body=@$body"
  fi
}

plan() {
  local said body says code=0 strict=() marker environment="${INPUT_ENVIRONMENT:-}"
  scratch="$(mktemp -d)"
  trap 'rm -rf "$scratch"' EXIT
  said="$scratch/said"
  body="$scratch/body"
  [ "${INPUT_STRICT:-false}" != true ] || strict=(--strict)
  if [ "${#what[@]}" -gt 0 ]; then shown "$said" cutover deploy "${target[@]}" "${what[@]}" "${how[@]}" --dry-run || code=$?; fi
  shown "$said" cutover preflight "${target[@]}" "${how[@]}" "${strict[@]}" || code=$?

  output outcome "$(outcome_of "$code")"
  says="$(outcome_of "$code")"
  [ "$code" != 0 ] || says='no problems were found'
  marker="<!-- cutover ${INPUT_SERVICE//[^A-Za-z0-9_\/-]/-} ${environment//[^A-Za-z0-9_-]/-} -->"
  {
    printf '%s\n### Cutover would deploy %s %s: %s\n\n' "$marker" "$INPUT_SERVICE" "$environment" "$says"
    printf '````text\n'
    cat "$said"
    printf '````\n'
  } >"$body"
  cat "$body" >>"$summary"
  if [ "${GITHUB_EVENT_NAME:-}" = pull_request ] && [ -n "${GH_TOKEN:-}" ]; then
    comment "$body" "$marker" || echo 'could not comment on the pull request: does the job have pull-requests: write?' >&2
  fi
  return "$code"
}

case "${INPUT_COMMAND:-deploy}" in
  deploy) deploy ;;
  plan) plan ;;
  *)
    echo "command: expected deploy or plan, found \"$INPUT_COMMAND\"" >&2
    exit 1
    ;;
esac
