#!/usr/bin/env bash
# Looks at the app from outside. Takes minutes, so `make test` does none of it. Usage: look.sh tour|lighthouse
#   tour        takes the pictures of docs/tour.md and of Help anew
#   lighthouse  prints what Lighthouse says of Log in, Devices and Live view with 31 recorders; fails below 95
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
