#!/usr/bin/env bash
# Builds the binary with cargo's own progress output, and starts the demo. Usage: demo.sh [flags of peerview demo]
set -euo pipefail
cd "$(dirname "$0")/.."

need() {
  command -v "$1" >/dev/null && return
  echo "The demo needs $2. On Debian: $3" >&2
  exit 1
}
need cargo "Rust" "curl https://sh.rustup.rs -sSf | sh"
need cc "a C compiler" "sudo apt-get install build-essential"

echo "Building Peerview. The first time takes some minutes; later, seconds." >&2
cargo build -p peerview
echo "Starting." >&2
exec cargo run --quiet -p peerview -- demo "$@"
