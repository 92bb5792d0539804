#!/usr/bin/env bash
# Prepares the pages of the studio (internal/web/studio/page): installs with npm what builds them. The first argument is the folder of
# the Node that scripts/examples.sh may have installed. With "build" as the second argument it builds them into
# internal/web/studio/built. Without npm it does nothing, and the test that builds them is skipped.
set -euo pipefail
cd "$(dirname "$0")/.."
node=$1
page=internal/web/studio/page

command -v npm >/dev/null || { echo "the pages of the studio are not built, because npm is missing"; exit 0; }
[ ! -x "$node/bin/node" ] || PATH=$node/bin:$PATH
# npm ci deletes and reinstalls all packages, so it runs only if their list has changed.
if ! cmp -s $page/package-lock.json $page/node_modules/.installed; then
  npm ci --silent --no-audit --no-fund --prefix $page
  cp $page/package-lock.json $page/node_modules/.installed
fi
[ "${2:-}" != build ] || (cd $page && npm run check && npm run build)
