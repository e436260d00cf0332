#!/usr/bin/env bash
# Makes target/venv with the pinned packages of requirements.txt, once per change of that file.
set -euo pipefail
cd "$(dirname "$0")/.."
# Of this package only the axe.min.js in it is used, so what it would need to run itself stays away.
axe="axe-playwright-python==0.1.8"
# Of this one only what signs and writes TwiML is used, which needs nothing but Python's own library.
twilio="twilio==9.13.0"
wanted="$(sha256sum tools/requirements.txt) $axe $twilio"
[ "$(cat target/venv/made-from 2>/dev/null || true)" != "$wanted" ] || exit 0
rm -rf target/venv
/usr/bin/python3 -m venv target/venv
target/venv/bin/pip install --quiet --disable-pip-version-check -r tools/requirements.txt
target/venv/bin/pip install --quiet --disable-pip-version-check --no-deps "$axe" "$twilio"
echo "$wanted" > target/venv/made-from
