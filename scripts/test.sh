#!/usr/bin/env bash
# Runs all tests, with gotestsum (its path is the argument). A group runs even where one before it failed, so that one
# run tells all that is wrong. At the end stand the skipped tests with their reasons; in CI only those that
# .ci/skips.txt lists may be skipped.
set -uo pipefail
cd "$(dirname "$0")/.."
gotestsum=$1
module=$(go list -m)
reports=$(mktemp -d)
trap 'rm -rf "$reports"' EXIT
status=0

# run NAME FLAG… PACKAGE… runs the tests of packages; the report is kept as NAME.
run() {
  "$gotestsum" --format standard-quiet --hide-summary skipped --jsonfile "$reports/$1.json" -- -timeout 20m "${@:2}" && return
  status=$?
  echo "the group of tests \"$1\" ended with exit status $status" >&2 # one that is killed says nothing itself
}

# The renderer counts pixels by the million, which the race detector makes ten times slower: there it watches the tests
# that draw whole videos, and nowhere else. The samples of the API reference and the examples are programs of their own, and what
# they call is the program as it is built: nothing there is for the detector to see.
render=$module/internal/render/... # all its packages
videos="$module/internal/render $module/internal/render/film"
samples=$module/internal/web/reference/samples
examples=$module/examples
run race -race -gcflags="$render=-race=false" $(go list ./... | grep -vxF -e "$(go list "$render")" -e "$samples" -e "$examples")
run videos -race -run 'Render|SameRequest|Shortest|Stills' $videos
run plain "$render" "$samples" "$examples"
# How much memory a decode takes can't be measured under the race detector, which takes memory of its own.
run memory -run MemoryOfOneDecode "$module/internal/media"

strict=
[ "${CI:-}" != true ] || strict=-strict
go run ./scripts/skips -allowed .ci/skips.txt $strict "$reports"/*.json || status=$?
exit $status
