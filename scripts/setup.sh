#!/usr/bin/env bash
# Installs missing system packages with apt-get. It asks for no password, and does nothing if all packages work.
#   scripts/setup.sh run            installs what the program needs at run time
#   scripts/setup.sh test           also installs what the tests need
#   scripts/setup.sh has PACKAGE…   installs nothing and prints which of the packages are missing
set -euo pipefail

# r_loads LIBRARY… succeeds if R can load the libraries.
r_loads() {
  Rscript --vanilla -e 'q(status = !all(sapply(commandArgs(TRUE), requireNamespace, quietly = TRUE)))' "$@"
}

# has PACKAGE succeeds if what we need from the package works, however it was installed. It loads what our tests load,
# because an installed program may lack libraries (python3-minimal, r-cran-httr2 without the packages that it suggests).
has() {
  case $1 in
    ffmpeg) command -v ffmpeg && command -v ffprobe ;;
    chromium) chromium --version ;;
    curl) curl --version ;;
    python3) python3 -c 'import http.client' ;;
    ruby) ruby -e 'require "net/http"; require "uri"' ;;
    libc6-dev) gcc -E - <<<'#include <stdlib.h>' ;;
    libcurl4-openssl-dev) gcc -E - <<<'#include <curl/curl.h>' ;;
    libblocksruntime-dev) gcc -E - <<<'#include <Block.h>' ;;
    gobjc) [ -e "$(gcc -print-file-name=include/objc/objc.h)" ] ;;
    libgnustep-base-dev) [ -e /usr/include/GNUstep/Foundation/Foundation.h ] ;;
    nodejs) node -e 'fetch' ;;
    npm) npm --version ;;
    php-cli) php -r '' ;;
    php-curl) php -r 'curl_version();' ;;
    default-jdk-headless) java --list-modules | grep java.net.http && javac --version ;;
    ocaml-findlib) command -v ocamlfind ;;
    libcohttp-lwt-unix-ocaml-dev) ocamlfind query cohttp-lwt-unix ;;
    netbase) getent services http ;; # cohttp looks up the port of a scheme in /etc/services
    r-base-core) Rscript --version ;;
    r-cran-httr2) r_loads httr2 ;;
    r-cran-jsonlite) r_loads jsonlite ;; # httr2 needs it for JSON bodies, but only suggests it
    nginx-light) command -v nginx || [ -x /usr/sbin/nginx ] ;;
    libheif-examples) command -v heif-convert ;;
    postgresql) command -v initdb || ls /usr/lib/postgresql/*/bin/initdb ;;
    *) command -v "$1" ;;
  esac >/dev/null 2>&1
}

# tests_of PACKAGE prints which tests are skipped without the package.
tests_of() {
  case $1 in
    chromium) echo "the API reference in a browser, and all its samples" ;;
    curl) echo "the sample in Shell" ;;
    nodejs) echo "the sample in JavaScript" ;;
    npm) echo "the examples in TypeScript" ;;
    python3) echo "the sample in Python" ;;
    ruby) echo "the sample in Ruby" ;;
    php-*) echo "the sample in PHP" ;;
    default-jdk-headless) echo "the sample in Java" ;;
    libcurl4-openssl-dev) echo "the sample in C" ;;
    ocaml-findlib | libcohttp-lwt-unix-ocaml-dev | netbase) echo "the sample in OCaml" ;;
    r-*) echo "the sample in R" ;;
    clang | gobjc | libblocksruntime-dev | libgnustep-base-dev) echo "the sample in Objective-C" ;;
    nginx-light) echo "a server behind nginx" ;;
    libheif-examples) echo "pictures in HEIC" ;;
    postgresql) echo "tasks and jobs in PostgreSQL" ;;
  esac
}

# Without a wanted package some tests are skipped. In CI all wanted packages are needed.
wanted=
case ${1:-} in
  run) needed=ffmpeg ;;
  test)
    needed="ffmpeg gcc libc6-dev" # the race detector links with C
    wanted="chromium curl nodejs npm python3 ruby php-cli php-curl default-jdk-headless libcurl4-openssl-dev
      ocaml-findlib libcohttp-lwt-unix-ocaml-dev netbase r-base-core r-cran-httr2 r-cran-jsonlite
      clang gobjc libblocksruntime-dev libgnustep-base-dev nginx-light libheif-examples postgresql"
    ;;
  has) needed=${*:2} ;;
  *) echo "usage: $0 run|test|has PACKAGE…" >&2; exit 2 ;;
esac
if [ "${CI:-}" = true ]; then
  needed="$needed $wanted" wanted=
fi

# missing_of PACKAGE… prints the packages that are missing. They are looked for at the same time: each check starts a program.
missing_of() {
  local package missing
  missing=$(for package in "$@"; do { has "$package" || echo "$package"; } & done; wait)
  for package in "$@"; do
    [[ $'\n'$missing$'\n' != *$'\n'$package$'\n'* ]] || printf ' %s' "$package"
  done
}
# Package names contain no spaces, so the lists may be split into words.
missing=$(missing_of $needed)
skipped=$(missing_of $wanted)
[ -z "$missing$skipped" ] && exit 0
if [ "$1" = has ]; then
  echo "missing:$missing"
  exit 1
fi

# give_up HOW prints what is missing and how to install it, and fails unless only tests are skipped.
give_up() {
  local package
  if [ -n "$skipped" ]; then
    echo "some tests will be skipped, because these packages are missing:"
    for package in $skipped; do printf '  %-30s %s\n' "$package" "$(tests_of "$package")"; done
    echo "$1$skipped"
  fi >&2
  [ -z "$missing" ] && exit 0
  echo "missing:$missing. $1$missing" >&2
  exit 1
}
packages="apt-get install -y --no-install-recommends"
command -v apt-get >/dev/null || give_up "Install with this system's package manager, under its names for them:"
as_root=
if [ "$(id -u)" -ne 0 ]; then
  sudo -n true 2>/dev/null || give_up "Install with: sudo $packages"
  as_root="sudo -n"
fi
install() {
  echo "installing $*"
  $as_root env DEBIAN_FRONTEND=noninteractive $packages -qq "$@" >/dev/null
}
# The tests start a PostgreSQL of their own, so Debian's package need not make and start one. What is set already stays.
quiet_postgresql() {
  local conf=/etc/postgresql-common/createcluster.conf
  [ -e "$conf" ] && return
  $as_root mkdir -p "${conf%/*}"
  echo 'create_main_cluster = false' | $as_root tee "$conf" >/dev/null
}
$as_root apt-get update -qq
case " $missing $skipped " in *" postgresql "*) quiet_postgresql ;; esac
[ -z "$missing" ] || install $missing
[ -z "$skipped" ] || install $skipped || { missing= && give_up "Not all could be installed with: $packages"; }
