#!/usr/bin/env bash
# Screenshots and Lighthouse scores. They take minutes, so `make test` does not run them. Usage: look.sh tour|lighthouse
#   tour        retakes the screenshots of docs/tour.md and of Help
#   lighthouse  prints the Lighthouse scores of Log in, Devices and Live view with 31 recorders; fails below 95
set -euo pipefail
cd "$(dirname "$0")/.."
stories() { cargo test -p peerview --test e2e -- "$@"; }

case "${1:-}" in
  tour)
    scripts/setup-tests.sh
    stories --ignored the_tour_is_photographed
    ;;
  lighthouse)
    scripts/setup-tests.sh
    [ tools/lighthouse/node_modules -nt tools/lighthouse/package-lock.json ] ||
      npm --prefix tools/lighthouse ci --no-audit --no-fund
    stories --ignored --nocapture lighthouse_gives_pages
    ;;
  *)
    sed -n 's/^# *//;2,4p' "$0" >&2
    exit 2
    ;;
esac
