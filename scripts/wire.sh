#!/usr/bin/env bash
# Deploys over HTTP in an account that moto's server plays: the package of `npm run package` installed by CloudFormation,
# its zip files run as Lambdas, the state machine by moto's own interpreter. Prints `N passed, M failed`; what the handlers
# and moto logged is in dist/wire. Needs Python 3.11 or newer; makes or reuses the virtual environment .venv-ci.
set -euo pipefail
cd "$(dirname "$0")/.."

source scripts/venv.sh
install test/wire/requirements.txt

npx --no-install node infra/packaging/package-cfn.ts >/dev/null
npx --no-install node test/wire/run.ts
