#!/bin/bash
# Makes crates/cloud/static/vendor/mediabunny-<version>/mediabunny.js: the parts of mediabunny that entry.js names, from the
# packages of the lock file beside this script; byte for byte the same each time, and fails if it is not the file that
# the pages expect.
#   tools/mediabunny/build.sh [FILE]   FILE: where to write; else the file is compared with the one in the repository
set -euo pipefail

version=1.61.0

here=$(cd "$(dirname "$0")" && pwd)
kept=$here/../../crates/cloud/static/vendor/mediabunny-$version/mediabunny.js
out=${1:+$(realpath -m "$1")}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cp "$here"/{entry.js,package.json,package-lock.json} "$work"
cd "$work"
npm ci --silent --no-audit --no-fund
npx esbuild entry.js --bundle --format=esm --minify --target=es2022 --charset=utf8 --legal-comments=none \
  --banner:js="// mediabunny $version, MPL-2.0: license.txt beside this file; made by tools/mediabunny/build.sh." \
  --log-level=error --outfile=built.js

if [ -n "$out" ]; then
  cp built.js "$out"
else
  cmp built.js "$kept"
fi
sha256sum built.js
