#!/usr/bin/env bash
# Runs the state machine file over test/oracle/scenarios in moto's Step Functions interpreter and in the simulator's, and
# fails on any difference. Needs Python 3.11 or newer; makes or reuses the virtual environment .venv-ci.
set -euo pipefail
cd "$(dirname "$0")/.."

venv=.venv-ci
requirements=test/oracle/requirements.txt
installed=$venv/oracle-requirements.txt

if [ ! -x "$venv/bin/python" ]; then
  python3 -m venv "$venv" || {
    echo "oracle: expected python3 with its venv module (Debian: apt-get install python3-venv)" >&2
    exit 1
  }
  printf '*\n' >"$venv/.gitignore"
fi
if ! cmp -s "$requirements" "$installed"; then
  "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$requirements"
  cp "$requirements" "$installed"
fi

runs=$(mktemp)
trap 'rm -f "$runs"' EXIT
# moto talks to no one, but boto3 does not sign without credentials.
AWS_ACCESS_KEY_ID=none AWS_SECRET_ACCESS_KEY=none "$venv/bin/python" test/oracle/run_moto.py >"$runs"
npx --no-install node test/oracle/compare.ts "$runs"
