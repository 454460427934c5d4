#!/usr/bin/env bash
# Builds what people install: for amd64 and arm64 a static binary and a Debian package, their checksums and the
# bill of materials, all into target/package. Fetches its tools into target/tools and ~/.cargo/bin when missing.
#   packaging/build.sh [amd64] [arm64]
set -euo pipefail
cd "$(dirname "$0")/.."
out=target/package tools=target/tools/package
cargo_deb=3.8.0
declare -A triples=([amd64]=x86_64-unknown-linux-musl [arm64]=aarch64-unknown-linux-musl)
read -ra architectures <<<"${*:-amd64 arm64}"
for architecture in "${architectures[@]}"; do
  if [ -z "${triples[$architecture]:-}" ]; then
    echo "No packages are made for '$architecture'; known: ${!triples[*]}." >&2
    exit 2
  fi
done

# Zig brings a C compiler and a musl for both architectures.
if [ ! -x $tools/bin/cargo-zigbuild ]; then
  echo "Installing cargo-zigbuild and Zig into $tools."
  python3 -m venv $tools
  $tools/bin/pip install --quiet --disable-pip-version-check -r packaging/requirements.txt
fi
if ! cargo deb --version 2>/dev/null | grep -q " $cargo_deb$"; then
  echo "Installing cargo-deb $cargo_deb with cargo (once on this machine)."
  cargo install cargo-deb --version "$cargo_deb" --locked --debug
fi
export PATH=$PWD/$tools/bin:$PATH

version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -1)
# Sources without a history, such as an archive, are given the variable.
commit=${PEERVIEW_COMMIT:-$(git describe --always --dirty --exclude='*' --abbrev=12)}
export PEERVIEW_VERSION="$version (commit $commit)"

mkdir -p $out/empty
for architecture in "${architectures[@]}"; do
  triple=${triples[$architecture]}
  rustup target add "$triple" 2>/dev/null
  cargo zigbuild --release --package peerview --target "$triple"
  cp "target/$triple/release/peerview" "$out/peerview-$architecture"
  cargo deb --quiet --package peerview --target "$triple" --no-build --no-strip --output "$out/peerview_$architecture.deb" >/dev/null
done
# For the container, which has no authorities of its own.
cp /etc/ssl/certs/ca-certificates.crt $out/
scripts/sbom.sh $out/peerview.cdx.json
(cd $out && sha256sum peerview-* peerview_*.deb peerview.cdx.json >SHA256SUMS)
ls -sh $out
