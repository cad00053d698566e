#!/bin/sh
# Builds the capture helper into .cache/capture, after installing what that takes (as root, on Debian); arguments are
# make's. It must not know what the helper is for.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)

missing=
for package in clang gcc libc6-dev libbpf-dev libelf-dev zlib1g-dev make pkg-config; do
  status=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null) || status=
  [ "$status" = 'install ok installed' ] || missing="$missing $package"
done
if [ -n "$missing" ]; then
  if [ "$(id -u)" != 0 ]; then
    echo "build.sh: missing packages; as root: apt-get install$missing" >&2
    exit 3
  fi
  export DEBIAN_FRONTEND=noninteractive
  apt-get -qq update
  # shellcheck disable=SC2086 # a list
  apt-get -qq install -y --no-install-recommends $missing >/dev/null
fi
# One at a time: tests that run side by side all want it.
exec flock "$here" make --no-print-directory -s -C "$here" "$@"
