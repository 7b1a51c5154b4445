#!/usr/bin/env bash
# From an empty folder to the report of somebody's own service: what a person types, with the seconds of each step. The account
# is `cutover local` of the same package, which the command line finds by AWS_ENDPOINT_URL; the report is opened in a Chromium. Then size,
# installation and start-up beside the clone's, as ratios. `scripts/clean-machine.sh [FILE.tgz]`; without a file it packs one.
set -euo pipefail
packed="${1:+$(realpath "$1")}"
cd "$(dirname "$0")/.."
root="$PWD"
own="$(cd "$(dirname "$(readlink -f node_modules/.bin/node)")" && pwd)"
CHROMIUM="${CHROMIUM:-$(command -v chromium || command -v chromium-browser || true)}"
[ -n "$CHROMIUM" ] || { echo 'expected a Chromium, found none: apt-get install -y chromium, or set CHROMIUM to its path' >&2; exit 1; }
# Below the ports from which the kernel gives connections theirs.
port=24810

[ -n "$packed" ] || packed="$root/$(PATH="$own:$PATH" node infra/packaging/package-npm.ts | cut -d' ' -f1)"
scratch="$(mktemp -d)"
world=
trap '[ -z "$world" ] || kill "$world" 2>/dev/null || true; wait; rm -rf "$scratch"' EXIT
cd "$scratch"
mkdir home
bare() { env -i HOME="$scratch/home" PATH="$own:/usr/local/bin:/usr/bin:/bin" "$@"; }
milliseconds() { date +%s%3N; }
steps=0
# typed TEXT COMMAND...: one thing that a person types, and how long it takes.
typed() {
  local text="$1" began
  shift
  began="$(milliseconds)"
  "$@"
  steps=$((steps + 1))
  echo "step $steps: $text ($(($(milliseconds) - began)) ms)"
}

install_it() { PATH="$own:$PATH" npm install --no-audit --no-fund --loglevel=error "$packed" >/dev/null; }
rehearse_it() {
  bare env AWS_ENDPOINT_URL="http://127.0.0.1:$port" AWS_REGION=us-east-1 AWS_ACCESS_KEY_ID=any AWS_SECRET_ACCESS_KEY=any \
    node_modules/.bin/cutover rehearse production/shop --report report.html >rehearsal.log
}
open_it() { "$CHROMIUM" --headless --no-sandbox --disable-gpu --user-data-dir="$scratch/profile" --dump-dom "file://$PWD/report.html" >page.html 2>/dev/null; }

typed 'npm install cutover' install_it
installed_ms=$(milliseconds)
# Not a step of the person's: they have an account.
(cd node_modules/cutover && exec env -i HOME="$scratch/home" PATH="$own:/usr/bin:/bin" node cli/bin/cutover.mjs local --port "$port") >world.log 2>&1 &
world=$!
for ((tries = 0; tries < 300; tries++)); do
  if curl -fs -o /dev/null "http://127.0.0.1:$((port + 1))/healthz"; then break; fi
  sleep 0.2
done
[ "$tries" -lt 300 ] || { cat world.log >&2; exit 1; }
echo "the account is up after $(($(milliseconds) - installed_ms)) ms"
typed 'npx cutover rehearse production/shop --report report.html' rehearse_it
typed 'open report.html' open_it

grep -q '  SUCCEEDED' rehearsal.log || { cat rehearsal.log >&2; exit 1; }
if ! grep -q 'shop' page.html || ! grep -qi '<svg' page.html; then
  echo 'expected a report with charts in the page, found none' >&2
  exit 1
fi

ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.3f", a / b }'; }
size_of() { du -sk "$1" | cut -f1; }
# The processor's time of `cutover help`, in ms: the least of five, other work on the machine only adds to it.
cpu_of() {
  for _ in 1 2 3 4 5; do
    { TIMEFORMAT='%U %S'; time bare "$@" help >/dev/null; } 2>&1 | awk '{ printf "%d\n", ($1 + $2) * 1000 }'
  done | sort -n | head -1
}
kill "$world"
wait "$world" 2>/dev/null || true
world=
ours=$(size_of node_modules/cutover)
clone=$(size_of "$root/node_modules/")
packaged_cpu=$(cpu_of node node_modules/cutover/cli/bin/cutover.mjs)
source_cpu=$(cpu_of node "$root/cli/cutover.mjs")
echo "size installed: $ours kB, the clone's packages $clone kB, ratio $(ratio "$ours" "$clone")"
echo "CPU of help: $packaged_cpu ms, of the sources $source_cpu ms, ratio $(ratio "$packaged_cpu" "$source_cpu")"
echo "$steps steps"
