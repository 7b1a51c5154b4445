#!/usr/bin/env bash
# Deploys over HTTP in an account that moto's server plays: the package of `npm run package` installed by CloudFormation,
# its zip files run as Lambdas, the state machine by moto's own interpreter. Prints `N passed, M failed`; what the handlers
# and moto logged is in dist/wire. Needs Python 3.11 or newer; makes or reuses the virtual environment .venv-ci.
set -euo pipefail
cd "$(dirname "$0")/.."

venv=.venv-ci
requirements=test/wire/requirements.txt
installed=$venv/wire-requirements.txt

if [ ! -x "$venv/bin/python" ]; then
  python3 -m venv "$venv" || {
    echo "wire: expected python3 with its venv module (Debian: apt-get install python3-venv)" >&2
    exit 1
  }
  printf '*\n' >"$venv/.gitignore"
fi
if ! cmp -s "$requirements" "$installed"; then
  "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$requirements"
  cp "$requirements" "$installed"
fi

npx --no-install node infra/packaging/package-cfn.ts >/dev/null
npx --no-install node test/wire/run.ts
