#!/usr/bin/env bash
# Installs the packages of the lists given that are missing; without root and sudo it names them.
set -euo pipefail

if ! command -v dpkg-query >/dev/null; then
  echo "This is no Debian or Ubuntu: install what stands in $* by hand, then run the targets 'build'" >&2
  echo "and the programs in target/debug themselves." >&2
  exit 1
fi

missing=()
while read -r package; do
  case "$package" in '' | '#'*) continue ;; esac
  status=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true)
  [ "$status" = "install ok installed" ] || missing+=("$package")
done < <(cat "$@")
[ ${#missing[@]} -gt 0 ] || exit 0

if [ "$(id -u)" = 0 ]; then
  as_root=()
elif command -v sudo >/dev/null; then
  as_root=(sudo)
else
  echo "These packages are missing, and neither root nor sudo is there to install them:" >&2
  echo "  ${missing[*]}" >&2
  echo "Ask an administrator for: apt-get install ${missing[*]}" >&2
  exit 1
fi
echo "Installing packages: ${missing[*]}"
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
  apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
