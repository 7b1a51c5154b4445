#!/usr/bin/env bash
# Installs the CloudFormation package, unchanged, in an account that ministack plays, sees it refuse, sweep and answer `cutover
# selfcheck`, and removes it again. What ministack logged is in dist/ministack. Needs Python 3.11 or newer; makes or reuses the virtual
# environment .venv-ministack.
set -euo pipefail
cd "$(dirname "$0")/.."

# Its own: ministack pins another botocore than moto's scripts do.
venv=.venv-ministack
source scripts/venv.sh
install test/ministack/requirements.txt

npx --no-install node infra/packaging/package-cfn.ts >/dev/null
# ministack runs the Lambdas with the node on PATH: npm's, which is the runtime's version.
PATH="$(dirname "$(npx --no-install -c 'command -v node')"):$PATH" "$venv/bin/python" test/ministack/run.py
