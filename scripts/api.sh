#!/usr/bin/env bash
# Fails if the OpenAPI document breaks callers of the version in .ci/openapi-released.json.gz: a path, a field of an answer or a value that
# is gone, a field of a request that is new and required, a type that changed. The argument is the path of oasdiff. What is meant to break is
# a line in .ci/openapi-breaks.txt.
set -euo pipefail
cd "$(dirname "$0")/.."
oasdiff=$1
now=internal/web/openapi/openapi.json
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
gunzip -c .ci/openapi-released.json.gz >"$folder/released.json"

# broken BEFORE AFTER succeeds if callers of BEFORE are broken by AFTER.
broken() {
  local status=0
  "$oasdiff" breaking --fail-on ERR --err-ignore .ci/openapi-breaks.txt "$1" "$2" >"$folder/found" || status=$?
  [ "$status" -le 1 ] || { cat "$folder/found" >&2; exit "$status"; } # it could not compare them
  [ "$status" = 1 ]
}

# The check itself is checked: a path and a field that are gone must be found.
sed 's|"/api/v1/create_runway":|"/api/v1/gone":|; s/"progressRatio":/"gone":/g' "$folder/released.json" >"$folder/changed.json"
if ! broken "$folder/released.json" "$folder/changed.json" || ! grep -q path-removed "$folder/found" || ! grep -q property-removed "$folder/found"; then
  echo "oasdiff finds no break where there is one:" >&2
  cat "$folder/found" >&2
  exit 2
fi

if broken "$folder/released.json" "$now"; then
  echo "$now breaks callers of the released API. Keep what they use, or say in CHANGELOG.md what breaks and add to .ci/openapi-breaks.txt:" >&2
  "$oasdiff" breaking --format singleline --err-ignore .ci/openapi-breaks.txt "$folder/released.json" "$now" >&2 || true
  exit 1
fi
echo "the API breaks no caller"
