#!/usr/bin/env bash
# Runs the state machine file over test/oracle/scenarios in moto's Step Functions interpreter and in the simulator's, and
# fails on any difference. Needs Python 3.11 or newer; makes or reuses the virtual environment .venv-ci.
set -euo pipefail
cd "$(dirname "$0")/.."

source scripts/venv.sh
install test/oracle/requirements.txt

runs=$(mktemp)
trap 'rm -f "$runs"' EXIT
# moto talks to no one, but boto3 does not sign without credentials.
AWS_ACCESS_KEY_ID=none AWS_SECRET_ACCESS_KEY=none "$venv/bin/python" test/oracle/run_moto.py >"$runs"
npx --no-install node test/oracle/compare.ts "$runs"
