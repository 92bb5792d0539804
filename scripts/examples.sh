#!/usr/bin/env bash
# Prepares the programs in examples/typescript: installs their SDKs with npm, and a Node that runs TypeScript if this machine's is
# too old. The argument is the folder for that Node. Without npm it does nothing, and the tests of the examples are skipped.
set -euo pipefail
cd "$(dirname "$0")/.."
node=$1
version=22.23.5
examples=examples/typescript

# runs_typescript PROGRAM succeeds if this Node runs TypeScript without a build step, as 22.18 and newer do.
runs_typescript() {
  "$1" -e '[a, b] = process.versions.node.split(".").map(Number); process.exit(a > 22 || a === 22 && b >= 18 ? 0 : 1)' 2>/dev/null
}

command -v npm >/dev/null || { echo "the examples in TypeScript are not tested, because npm is missing"; exit 0; }
if ! runs_typescript node && ! runs_typescript "$node/bin/node"; then
  package=node-$(node -p 'process.platform + "-" + process.arch')
  npm install --silent --no-audit --no-fund --prefix "$node" "$package@$version"
  mkdir -p "$node/bin"
  ln -sf "../node_modules/$package/bin/node" "$node/bin/node"
fi
# npm ci deletes and reinstalls all packages, so it runs only if their list has changed.
if ! cmp -s $examples/package-lock.json $examples/node_modules/.installed; then
  npm ci --silent --prefix $examples
  cp $examples/package-lock.json $examples/node_modules/.installed
fi
