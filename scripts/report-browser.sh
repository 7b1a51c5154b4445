#!/usr/bin/env bash
# The report in a real Chromium, without network: what is on the page, by keyboard, dark, on paper, with 5,000 events.
# Pictures for a person are left in dist/report/.
set -euo pipefail
cd "$(dirname "$0")/.."
CHROMIUM="${CHROMIUM:-$(command -v chromium || command -v chromium-browser || true)}"
if [ -z "$CHROMIUM" ]; then
  echo 'expected a Chromium, found none: apt-get install -y chromium, or set CHROMIUM to its path' >&2
  exit 1
fi
export CHROMIUM
npx vitest run --config vitest.browser.config.ts
