#!/usr/bin/env bash
# Runs all tests with gotestsum, whose path is the argument. A group runs even if one before it failed, so that one run
# shows all failures. At the end the skipped tests are listed with their reasons. In CI only those in .ci/skips.txt may be
# skipped.
set -uo pipefail
cd "$(dirname "$0")/.."
gotestsum=$1
module=$(go list -m)
# temporary makes a folder for all temporary files of the tests and prints its path. It lies in memory where there is enough of it:
# the tests sync thousands of small files. No proof is lost by that: a killed process leaves the same files in memory as on
# the disk, and the tests of a full disk mount one of their own.
temporary() {
  local memory=/dev/shm dir
  if [ -z "${TMPDIR:-}" ] && [ "$(stat -f -c %T $memory)" = tmpfs ] && [ "$(df -Pm $memory | awk 'END { print $4 }')" -gt 6000 ] &&
    [ "$(awk '$1 == "MemAvailable:" { print int($2 / 1024) }' /proc/meminfo)" -gt 10000 ]; then
    dir=$(mktemp -d $memory/test.XXXXXX) # short: a socket's path has 107 bytes at most
    cp /bin/true "$dir/true"
    if "$dir/true"; then # the tests build programs there and start them, which some machines forbid
      rm "$dir/true"
      echo "$dir"
      return
    fi
    rm -r "$dir"
  fi
  mktemp -d
} 2>/dev/null

TMPDIR=$(temporary)
export TMPDIR
trap 'rm -rf "$TMPDIR"' EXIT
chmod 1777 "$TMPDIR" # PostgreSQL runs as a user of its own
reports=$TMPDIR/reports
mkdir "$reports"
status=0

# Six packages start the program: it is linked once for all of them. If it can't be built, their tests say why.
if go build -ldflags=-w -o "$TMPDIR/filmgate" ./cmd/filmgate; then
  export FILMGATE_TEST_PROGRAM=$TMPDIR/filmgate
fi

# run NAME FLAG… PACKAGE… runs the tests of packages and saves the report as NAME.json. No debugger reads the programs of the
# tests, and without what it would need they are linked in four fifths of the time. The lint runs go vet.
run() {
  "$gotestsum" --format standard-quiet --hide-summary skipped --jsonfile "$reports/$1.json" -- -timeout 40m -vet=off -ldflags=-w "${@:2}" && return
  status=$?
  echo "the group of tests \"$1\" ended with exit status $status" >&2 # a killed group prints nothing itself
  return $status
}

# The race detector makes the renderer ten times slower, so of its tests only those that draw whole videos run with it. SQLite is
# C translated to Go: a fourth of the time of the tests that use it went into checks of its pointers, which are C's, and a third of
# the rest into reports of its accesses to the detector. Nearly all are to C's heap, which the detector does not watch. (SQLite's Go
# parts and its C library are built with the detector: what they share with others, such as sync.Map, would else be taken for a
# race.) Of pictures' pixels, too, no two goroutines share any while one writes. Contact sheets and the OpenAPI document are tested by
# one goroutine: there is no race to find, and with the detector that took five times as long. The samples of the API reference, the
# studio in its browser, the examples and the chaos run are separate programs that call the built program, in which the race detector
# would find nothing.
render=$module/internal/render/...
videos="$module/internal/render $module/internal/render/film"
samples=$module/internal/web/reference/samples
studio=$module/internal/web/studio/browser
# These take longest, and wait much: they come first, so that the others are tested meanwhile.
slow="$module/cmd/filmgate $module/internal/gateway $module/internal/store/postgres $module/internal/node $module/internal/media $module/internal/queue $module/internal/transfer $module/internal/store/sqlite"
examples=$module/examples
chaos=$module/internal/chaos
sheet=$module/internal/contactsheet
document=$module/internal/web/openapi
# The tests of the program that compare it with the OpenAPI document.
compare="^($(grep -hoE '^func Test\w+' cmd/filmgate/openapi_*_test.go | cut -c6- | paste -sd '|'))$"
# These packages test everything twice, on SQLite and on PostgreSQL. With PostgreSQL they run without the detector, which sees the
# same code with SQLite, and PostgreSQL's own code in the tests of its store and of moves.
both=$(grep -rlF --include='*_test.go' -e 'postgrestest.Both(' -e 'rowstest.' internal | xargs dirname | sort -u | sed "s|^|$module/|")
# The tests wait for a third of their time: for polls, for other processes and for the disk. So more packages are tested at once
# than there are processors, and more tests of a package that may run side by side.
processors=$(getconf _NPROCESSORS_ONLN)
# A program with the detector waits a second at its end for a race with what still runs then. No test does: a tenth is left of it.
export GORACE="atexit_sleep_ms=100 ${GORACE:-}"
# These wait for nothing, and each keeps one processor busy at most. They run beside the race group, with what that leaves: it waits for
# a fourth of its time. The memory of a decode can't be measured with the race detector, which needs memory itself.
busy() {
  renice -n 10 "$BASHPID" >/dev/null
  run videos -race -run 'Render|SameRequest|Shortest|PreviewsAndThumbnails' $videos
  run compare -run "$compare" "$module/cmd/filmgate"
  run memory -run MemoryOfOneDecode "$module/internal/media"
  run drawing -p 1 "$sheet" "$document" "$render"
  exit $status
}
busy & busy=$!
POSTGRESTEST_ONLY=sqlite run race -p $((processors + 2)) -parallel $((2 * processors)) -race -gcflags="$render=-race=false" -gcflags="modernc.org/...=-d=checkptr=0" -gcflags="modernc.org/sqlite/lib=-d=checkptr=0 -race=false" \
  -gcflags="image/...=-race=false" -gcflags="golang.org/x/image/...=-race=false" -gcflags="compress/...=-race=false" -skip "$compare" \
  $slow $(go list ./... | grep -vxF -e "${slow// /$'\n'}" -e "$(go list "$render")" -e "$samples" -e "$studio" -e "$examples" -e "$chaos" -e "$sheet" -e "$document")
# First the tests that take long and wait.
POSTGRESTEST_ONLY=postgres run plain -p $((processors + 2)) "$examples" "$studio" "$samples" "$chaos" $both
wait "$busy" || status=$?

strict=
[ "${CI:-}" != true ] || strict=-strict
go run ./scripts/skips -allowed .ci/skips.txt $strict "$reports"/*.json || status=$?
exit $status
