#!/usr/bin/env bash
# Checks licences, banned crates and sources with cargo-deny, and RustSec advisories if their
# database is reachable. Installs cargo-deny if it is missing, which takes some minutes.
set -euo pipefail
cd "$(dirname "$0")/.."
version=0.20.2

if ! cargo deny --version 2>/dev/null | grep -q "$version"; then
  echo "Installing cargo-deny $version with cargo (once on this machine)."
  cargo install cargo-deny --version "$version" --locked --debug
fi

cargo deny --all-features check --hide-inclusion-graph bans licenses sources

if timeout 60 cargo deny fetch db 2>/dev/null; then
  cargo deny --all-features check --hide-inclusion-graph --disable-fetch advisories
else
  echo "NOT CHECKED: advisories. The RustSec database cannot be fetched from this network;"
  echo "run 'make deny' once where github.com can be reached."
fi
