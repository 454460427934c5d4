#!/usr/bin/env bash
# Runs all tests in Rust as `cargo test --workspace --no-run` left them, the cloud's on both databases.
# Two lanes at once: the stories, whose browsers leave a sixth of two cores idle; and the others, which mostly wait and
# need that sixth, then the cloud's, which need all and disturb the stories least as the last and the least urgent. What
# the second lane says is shown when it is over.
# Usage: run-tests.sh FOLDER, for their output and their notes of statements.
set -euo pipefail
cd "$(dirname "$0")/.."
logs=$1
source scripts/in-memory.sh

# Lines `crate program` of all test programs as `build` left them. Cargo, told to test one crate alone, would
# choose other features for what it depends on and build most of that again.
test_programs() {
  cargo test --workspace --no-run --message-format=json 2>/dev/null | sed -nE \
    's#.*"manifest_path":"[^"]*/crates/([^/]*)/Cargo.toml".*"profile":\{[^}]*"test":true\}.*"executable":"([^"]*)".*#\1 \2#p'
}

# Runs these programs one after another, each in the folder of its crate, and says how long each took.
run_programs() { # run_programs <lines of test_programs>
  local crate program started status=0
  while read -r crate program; do
    started=$SECONDS
    (cd "crates/$crate" && "$program") || status=1
    echo "$crate ${program##*/} took $((SECONDS - started)) s"
  done <<<"$1"
  return $status
}

# What the second run of the cloud's tests runs, on PostgreSQL: of tests/it all but scripts/sqlite-only-tests.txt,
# and the inline tests of `db`, because no others use a database.
on_second_database() {
  local list=scripts/sqlite-only-tests.txt of_cloud program of_sqlite both all tests status=0
  mapfile -t of_cloud < <(sed -n 's/^cloud //p' <<<"$programs")
  if [ "${#of_cloud[@]}" -ne 2 ]; then
    echo "The cloud has two test programs, inline and tests/it, not ${#of_cloud[@]}." >&2
    return 1
  fi
  of_sqlite=$(sed -n 's/^\([a-z].*\)/^\1(::|$)/p' $list | paste -sd '|')
  both=$(sed -n 's/^+ \(.*\)/^\1$/p' $list | paste -sd '|')
  for program in "${of_cloud[@]}"; do
    all=$("$program" --list | sed -n 's/: test$//p')
    if [[ $program == */it-* ]]; then
      mapfile -t tests < <(grep -vE "$of_sqlite" <<<"$all"; grep -E "${both:-^$}" <<<"$all")
    else
      mapfile -t tests < <(grep '^db::' <<<"$all")
    fi
    (cd crates/cloud && in_memory "$program" --exact "${tests[@]}") || status=1
  done
  return $status
}

# Runs tests with an empty folder in which they note their SQL statements.
noting() { # noting <database> <command...>
  local folder=$PWD/$logs/statements/$1
  rm -rf "$folder"
  mkdir -p "$folder"
  PEERVIEW_TEST_STATEMENTS=$folder "${@:2}"
}

cloud_tests() {
  local status=0
  noting sqlite in_memory run_programs "$(grep '^cloud ' <<<"$programs")" || status=1
  PEERVIEW_TEST_DATABASE=postgres noting postgres on_second_database && cargo xtask statements "$logs/statements" ||
    status=1
  return $status
}

others() {
  local status=0
  in_memory run_programs "$(grep -v -e '^cloud ' -e '/e2e-' <<<"$programs")" || status=1
  renice -n 5 $BASHPID >/dev/null
  cloud_tests || status=1
  return $status
}

status=0
rm -rf "$logs/statements"
programs=$(test_programs)
others >"$logs/others.txt" 2>&1 &
others=$!
in_memory run_programs "$(grep '/e2e-' <<<"$programs")" || status=1
wait $others || status=1
cat "$logs/others.txt"
exit $status
