#!/usr/bin/env bash
# For the scripts beside it: `source scripts/venv.sh` makes or reuses the virtual environment whose directory is $venv, by
# default .venv-ci.
# `install FILE` puts a requirements file into it, once until the file changes.
venv=${venv:-.venv-ci}

if [ ! -x "$venv/bin/python" ]; then
  python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "$0: expected Python 3.11 or newer as python3, found $(python3 --version 2>&1 || echo none): install one and put it first on PATH" >&2
    exit 1
  }
  python3 -m venv "$venv" || {
    rm -rf "$venv"
    echo "$0: expected python3 with its venv module (Debian: apt-get install python3-venv)" >&2
    exit 1
  }
  printf '*\n' >"$venv/.gitignore"
fi
# An environment that an older Python made, or whose Python is gone.
"$venv/bin/python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
  echo "$0: expected Python 3.11 or newer in $venv, found $("$venv/bin/python" --version 2>&1): remove $venv and run this again" >&2
  exit 1
}

install() {
  local installed
  installed="$venv/$(printf '%s' "$1" | tr / -)"
  if cmp -s "$1" "$installed"; then return; fi
  "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$1"
  cp "$1" "$installed"
}
