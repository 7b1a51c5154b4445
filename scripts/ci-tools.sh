#!/usr/bin/env bash
# Installs what the steps of .ci/run use beside npm's packages, where it is missing: Python with venv, Go, zsh, fish and a Chromium by apt,
# hclfmt and actionlint by Go into .venv-ci/bin. Fails when something is still missing, so that no step has to skip itself.
set -euo pipefail
cd "$(dirname "$0")/.."
actionlint=v1.7.12
hclfmt=v2.24.0

packages=()
needs() { command -v "$1" >/dev/null || packages+=("$2"); }
needs python3 python3
needs go golang-go
needs zsh zsh
needs fish fish
needs git git
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || packages+=(chromium)
python3 -c 'import ensurepip, venv' 2>/dev/null || packages+=(python3-venv)

if [ "${#packages[@]}" -gt 0 ]; then
  command -v apt-get >/dev/null || {
    echo "expected ${packages[*]} (names of Debian packages), found no apt-get to install them with: install them and run this again" >&2
    exit 1
  }
  sudo=()
  [ "$(id -u)" = 0 ] || sudo=(sudo)
  "${sudo[@]}" apt-get update -qq
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${packages[@]}" >/dev/null
fi

source scripts/venv.sh
bin="$PWD/$venv/bin"
# Here, so that steps which run beside each other find them installed.
for requirements in infra/requirements.txt test/{local,oracle,wire}/requirements.txt; do install "$requirements"; done
[ -x "$bin/actionlint" ] || GOBIN="$bin" go install "github.com/rhysd/actionlint/cmd/actionlint@$actionlint"
[ -x "$bin/hclfmt" ] || GOBIN="$bin" go install "github.com/hashicorp/hcl/v2/cmd/hclfmt@$hclfmt"

missing=()
for tool in python3 go zsh fish git; do command -v "$tool" >/dev/null || missing+=("$tool"); done
if [ "${#missing[@]}" -gt 0 ]; then
  echo "expected ${missing[*]} after installing, found none of them" >&2
  exit 1
fi
echo "tools: $(python3 --version), $(go version | cut -d' ' -f3), $(zsh --version | cut -d' ' -f1-2), $(fish --version)"
