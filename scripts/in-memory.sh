#!/usr/bin/env bash
# Keeps temporary files of tests in memory; sourced by the scripts that run them.

# Runs a command with its temporary files in memory if there is room, because hundreds of tests create a
# database or a browser profile, sync it to the disk and then remove it. Files of killed programs are
# removed at the end; files of a killed run are removed by the next run.
in_memory() (
  scratch=/dev/shm/peerview-test-$BASHPID
  for old in /dev/shm/peerview-test-*; do
    kill -0 "${old##*-}" 2>/dev/null || rm -rf "$old"
  done
  free=$(df --output=avail -k /dev/shm 2>/dev/null | tail -1)
  # PostgreSQL runs as its own user and needs to read it: 755.
  if [ "${free:-0}" -ge $((2 * 1024 * 1024)) ] && mkdir -m 755 "$scratch"; then
    trap 'rm -rf "$scratch"' EXIT
    export TMPDIR=$scratch
  fi
  "$@"
)
