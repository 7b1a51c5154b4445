#!/usr/bin/env bash
# Unmodified clients (boto3, the AWS CLI) in a world of `cutover local`, and their errors beside those of moto's server; then
# `cutover selfcheck` in moto's account. Each prints `N passed, M failed`; what the two servers print is in dist/local. Needs Python 3.11 or newer.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/venv.sh
install test/local/requirements.txt
mkdir -p dist/local
# Below the ports from which the kernel gives connections theirs.
port=24700
moto=24790

# Not by npx, which does not pass its end on.
node_modules/.bin/node cli/cutover.mjs local --port "$port" >dist/local/world.log 2>&1 &
world=$!
"$venv/bin/moto_server" -p "$moto" >dist/local/moto.log 2>&1 &
server=$!
trap 'kill "$world" "$server" 2>/dev/null || true; wait' EXIT

for ((tries = 0; tries < 300; tries++)); do
  if curl -fs -o /dev/null "http://127.0.0.1:$((port + 1))/healthz" && curl -fs -o /dev/null "http://127.0.0.1:$moto/moto-api/"; then break; fi
  sleep 0.2
done
"$venv/bin/python" test/local/tour.py "http://127.0.0.1:$port" "http://127.0.0.1:$moto"
"$venv/bin/python" test/local/selfcheck.py "http://127.0.0.1:$moto" node_modules/.bin/node cli/cutover.mjs
