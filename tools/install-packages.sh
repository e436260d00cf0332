#!/usr/bin/env bash
# Installs the packages of the lists given that are missing; without root and sudo it names them.
set -euo pipefail

if ! command -v dpkg-query >/dev/null; then
  echo "This is no Debian or Ubuntu: install what stands in $* by hand, then run the targets 'build'" >&2
  echo "and the programs in target/debug themselves." >&2
  exit 1
fi

# Namespaces are no matter of packages: what forbids them is said where they are needed, and here.
restricted=/proc/sys/kernel/apparmor_restrict_unprivileged_userns
if [ "$(id -u)" != 0 ] && [ "$(cat $restricted 2>/dev/null || true)" = 1 ]; then
  echo "AppArmor keeps namespaces from ordinary users here, so that readers and cards cannot be" >&2
  echo "simulated. Allow them with: sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0" >&2
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
"${as_root[@]}" apt-get update -qq

# Ubuntu has Chromium as a snap only, and packages of that name which install the snap.
snaps=()
for package in "${missing[@]}"; do
  candidate=$(LC_ALL=C apt-cache policy "$package" | sed -n 's/^  Candidate: //p')
  case "$candidate" in '' | '(none)' | *snap*) snaps+=("$package") ;; esac
done
if [ ${#snaps[@]} -gt 0 ]; then
  echo "These packages cannot be had here as .deb: ${snaps[*]}" >&2
  echo "Ubuntu has Chromium as a snap only, which cannot see a simulated world. Add a source that has" >&2
  echo "'chromium' and 'chromium-driver' as .deb (they are in Debian), then run this again." >&2
  exit 1
fi

echo "Installing packages: ${missing[*]}"
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
  apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
