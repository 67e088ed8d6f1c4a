#!/usr/bin/env bash
# Install tilelint, of the checkout that is named, for a step of an action that comes later.
# Isolated (-I) and away from the workspace: nothing of a pull request is imported, let alone executed.
set -euo pipefail
source="$1"
home="$RUNNER_TEMP/tilelint"
mkdir -p "$home"
cd "$home"
python="$(command -v python3 || command -v python)"
"$python" -I -m venv venv
bin=venv/bin
[ -d "$bin" ] || bin=venv/Scripts
pip=("$bin/python" -I -m pip --disable-pip-version-check --quiet install)
"${pip[@]}" --require-hashes --only-binary :all: --requirement "$source/.github/action/requirements.txt"
"${pip[@]}" --no-deps --no-build-isolation "$source"
