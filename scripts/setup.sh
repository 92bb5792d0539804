#!/usr/bin/env bash
# Installs what is missing of the system packages that are named, with apt-get. It asks for no password and does
# nothing where all is there.
#   scripts/setup.sh run            what the program needs at run time
#   scripts/setup.sh test           that and what the tests need
#   scripts/setup.sh has PACKAGE…   installs nothing; says which of them are missing
set -euo pipefail

# has PACKAGE tells whether what we need of the package is there, whoever installed it.
has() {
  case $1 in
    ffmpeg) command -v ffmpeg && command -v ffprobe ;;
    libc6-dev) echo '#include <stdlib.h>' | gcc -E - ;;
    libcurl4-openssl-dev) echo '#include <curl/curl.h>' | gcc -E - ;;
    libblocksruntime-dev) echo '#include <Block.h>' | gcc -E - ;;
    gobjc) [ -e "$(gcc -print-file-name=include/objc/objc.h)" ] ;;
    libgnustep-base-dev) [ -e /usr/include/GNUstep/Foundation/Foundation.h ] ;;
    nodejs) node -e 'fetch' ;;
    php-cli) command -v php ;;
    php-curl) php -r 'curl_version();' ;;
    default-jdk-headless) command -v java && command -v javac ;;
    ocaml-findlib) command -v ocamlfind ;;
    libcohttp-lwt-unix-ocaml-dev) ocamlfind query cohttp-lwt-unix ;;
    r-base-core) command -v Rscript ;;
    r-cran-httr2) Rscript --vanilla -e 'q(status = !nzchar(system.file(package = "httr2")))' ;;
    *) command -v "$1" ;;
  esac >/dev/null 2>&1
}

# Without what is wanted some tests are skipped: those of the API reference, which look at its page in a browser and run
# its samples. In CI all of it is needed.
wanted=
case ${1:-} in
  run) needed=ffmpeg ;;
  test)
    needed="ffmpeg gcc libc6-dev" # the race detector links with C
    wanted="chromium curl nodejs python3 ruby php-cli php-curl default-jdk-headless libcurl4-openssl-dev
      ocaml-findlib libcohttp-lwt-unix-ocaml-dev r-base-core r-cran-httr2 clang gobjc libblocksruntime-dev libgnustep-base-dev"
    ;;
  has) needed=${*:2} ;;
  *) echo "usage: $0 run|test|has PACKAGE…" >&2; exit 2 ;;
esac
if [ "${CI:-}" = true ]; then
  needed="$needed $wanted" wanted=
fi

# lacking PACKAGE… prints those that are missing.
lacking() {
  local package
  for package in "$@"; do
    has "$package" || printf ' %s' "$package"
  done
}
# Names of packages hold no spaces, so the lists may be split.
missing=$(lacking $needed)
skipped=$(lacking $wanted)
[ -z "$missing$skipped" ] && exit 0
if [ "$1" = has ]; then
  echo "missing:$missing"
  exit 1
fi

# give_up HOW says what is missing, and fails unless the tests can do without it.
give_up() {
  [ -z "$skipped" ] || echo "missing:$skipped. Some tests are skipped. $1$skipped" >&2
  [ -z "$missing" ] && exit 0
  echo "missing:$missing. $1$missing" >&2
  exit 1
}
command -v apt-get >/dev/null || give_up "Install with this system's package manager, where it has them:"
as_root=
if [ "$(id -u)" -ne 0 ]; then
  sudo -n true 2>/dev/null || give_up "Install them with: sudo apt-get install"
  as_root="sudo -n"
fi
install() {
  echo "installing $*"
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$@" >/dev/null
}
$as_root apt-get update -qq
[ -z "$missing" ] || install $missing
[ -z "$skipped" ] || install $skipped || { missing= && give_up "Not all of them could be installed:"; }
