#!/usr/bin/env bash
# Installs what is missing of the system packages that are named, with apt-get. It asks for no password and does
# nothing where all is there.
#   scripts/setup.sh run     what the program needs at run time
#   scripts/setup.sh test    that and what the tests need
set -euo pipefail

# has PACKAGE tells whether what we need of the package is there, whoever installed it.
has() {
  case $1 in
    ffmpeg) command -v ffmpeg >/dev/null && command -v ffprobe >/dev/null ;;
    gcc) command -v gcc >/dev/null ;;
    libc6-dev) echo '#include <stdlib.h>' | gcc -E - >/dev/null 2>&1 ;;
  esac
}

case ${1:-} in
  run) packages=(ffmpeg) ;;
  test) packages=(ffmpeg gcc libc6-dev) ;; # the race detector links with C
  *) echo "usage: $0 run|test" >&2; exit 2 ;;
esac

missing=()
for package in "${packages[@]}"; do
  has "$package" || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

if ! command -v apt-get >/dev/null; then
  echo "missing: ${missing[*]}. Install them with this system's package manager, then try again." >&2
  exit 1
fi
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! sudo -n true 2>/dev/null; then
    echo "missing: ${missing[*]}. Install them with: sudo apt-get install ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo -n)
fi
echo "installing ${missing[*]}"
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "${missing[@]}" >/dev/null
