#!/usr/bin/env bash
# Makes target/venv with the pinned packages of requirements.txt, once per change of that file.
set -euo pipefail
cd "$(dirname "$0")/.."
wanted=$(sha256sum tools/requirements.txt)
[ "$(cat target/venv/made-from 2>/dev/null || true)" != "$wanted" ] || exit 0
rm -rf target/venv
/usr/bin/python3 -m venv target/venv
target/venv/bin/pip install --quiet --disable-pip-version-check -r tools/requirements.txt
echo "$wanted" > target/venv/made-from
