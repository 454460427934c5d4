#!/bin/bash
# Makes crates/cloud/static/vendor/libde265-<version>/libde265.wasm from the sources beside this file; byte for byte the same
# each time, and fails if it is not the file that the pages expect. The only tool is clang of PyPI's ziglang.
#   tools/libde265/build.sh [FILE]   FILE: where to write; else the file is compared with the one in the repository
set -euo pipefail

version=1.1.3
# Debian's libde265_1.1.3.orig.tar.gz, which is upstream's release.
source_sha256=554228bd17788c99a7e63b37ab5634722190e6e2bf60c1dcb01cef328e133905
zig_version=0.17.1

here=$(cd "$(dirname "$0")" && pwd)
kept=$here/../../crates/cloud/static/vendor/libde265-$version/libde265.wasm
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

echo "$source_sha256  $here/libde265_$version.orig.tar.gz" | sha256sum --check --quiet
# No path of this machine gets into the file.
tar -xzf "$here/libde265_$version.orig.tar.gz" -C "$work" --strip-components=1
cp -r "$here/include" "$here/decoder.cc" "$work"
cd "$work"
numeric=0x01010300
sed "s/@NUMERIC_VERSION@/$numeric/; s/@PACKAGE_VERSION@/$version/" \
  libde265/de265-version.h.in > libde265/de265-version.h

if [ -z "${ZIG:-}" ]; then
  python3 -m venv zig
  zig/bin/pip install --quiet "ziglang==$zig_version"
  ZIG=zig/bin/python-zig
fi
[ "$($ZIG version)" = "$zig_version" ] || { echo "zig $zig_version is needed" >&2; exit 1; }

# image-io, quality and visualize are for command line programs.
sources=$(ls libde265/*.cc | grep -v -e image-io -e quality -e visualize | LC_ALL=C sort)
flags=(-target wasm32-wasi -mexec-model=reactor -std=c++17 -O3 -msimd128 -fno-exceptions -fno-rtti
  -fno-sanitize=all -DNDEBUG -DHAVE_POSIX_MEMALIGN=1 -D_WASI_EMULATED_SIGNAL -Iinclude -I. -w
  # decoder.cc asks whether pictures are unfinished, which the public interface does not say.
  -fno-access-control
  -Wl,--strip-all -Wl,--max-memory=100663296)
# shellcheck disable=SC2086
$ZIG c++ "${flags[@]}" decoder.cc $sources -o built.wasm

if [ $# -gt 0 ]; then
  cp built.wasm "$1"
else
  cmp built.wasm "$kept"
fi
sha256sum built.wasm
