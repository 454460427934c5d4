#!/bin/bash
# Copies the third-party modules that pages load from tools/js/node_modules, where the lock file checks their hashes, to
# crates/cloud/static/vendor.
#   scripts/vendor-js.sh           copies
#   scripts/vendor-js.sh --check   compares, and fails if a file is not the one of the lock file
set -euo pipefail
cd "$(dirname "$0")/.."

version=$(node -p "require('./tools/js/package.json').devDependencies.qr")
from=tools/js/node_modules/qr
to=crates/cloud/static/vendor/qr-$version

[ "$(node -p "require('./$from/package.json').version")" = "$version" ] ||
  { echo "tools/js/node_modules has another version of qr: run npm ci there" >&2; exit 1; }
mkdir -p "$to"
for pair in decode.js:decode.js index.js:index.js LICENSE-MIT:license.txt; do
  if [ "${1:-}" = --check ]; then
    cmp "$from/${pair%:*}" "$to/${pair#*:}"
  else
    cp "$from/${pair%:*}" "$to/${pair#*:}"
  fi
done
