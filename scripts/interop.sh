#!/usr/bin/env bash
# Runs third-party programs against ours, and cameras that behave as bug reports describe, and
# prints what came out. Fails if something that should work does not.
# Usage: interop.sh [clients] [servers] [name of a case...]
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup-tests.sh interop
venv=target/tools/interop-venv
wanted=tools/interop/requirements.txt
if [ ! "$venv/installed" -nt "$wanted" ]; then
  # Debian's Python: another one first in PATH may lack venv or be too old.
  /usr/bin/python3 -m venv --clear "$venv"
  "$venv/bin/pip" install -q -r "$wanted"
  touch "$venv/installed"
fi

# With the examples, cargo chooses the same features as for the tests and builds nothing twice.
cargo build --workspace --bins --examples
exec "$venv/bin/python" tools/interop/main.py target/debug/peerview target/debug/examples/recorder "$@"
