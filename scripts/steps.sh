#!/usr/bin/env bash
# Runs the named steps in order, stops at the first that fails, and ends with a table of where
# the time went and how many tests ran. Usage: steps.sh step...
set -euo pipefail
cd "$(dirname "$0")/.."
logs=target/test-output
mkdir -p "$logs"
rm -f "$logs"/*.log
# Most tests wait for sockets and timers more than they work, so more run at once than there are cores.
export RUST_TEST_THREADS=${RUST_TEST_THREADS:-$((2 * $(nproc)))}

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

# The test programs of a crate as `build` left them. Cargo, told to test one crate alone, would choose other
# features for what it depends on and build most of that again.
test_programs() { # test_programs <crate>
  cargo test --workspace --no-run --message-format=json 2>/dev/null |
    sed -n 's#.*"manifest_path":"[^"]*/crates/'"$1"'/Cargo.toml".*"executable":"\([^"]*\)".*#\1#p'
}

# What the second run of the cloud's tests runs, on PostgreSQL: of tests/it all but scripts/sqlite-only-tests.txt,
# and the inline tests of `db`, because no others use a database.
on_second_database() {
  local list=scripts/sqlite-only-tests.txt programs program of_sqlite both all tests status=0
  mapfile -t programs < <(test_programs cloud)
  if [ "${#programs[@]}" -ne 2 ]; then
    echo "The cloud has two test programs, inline and tests/it, not ${#programs[@]}." >&2
    return 1
  fi
  of_sqlite=$(sed -n 's/^\([a-z].*\)/^\1(::|$)/p' $list | paste -sd '|')
  both=$(sed -n 's/^+ \(.*\)/^\1$/p' $list | paste -sd '|')
  for program in "${programs[@]}"; do
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

# Runs a step's tests with an empty folder in which they note their SQL statements.
noting() { # noting <step> <command...>
  local folder=$PWD/$logs/statements/$1
  rm -rf "$folder"
  mkdir -p "$folder"
  PEERVIEW_TEST_STATEMENTS=$folder "${@:2}"
}

step_setup() { scripts/setup-tests.sh && node_modules; }
step_fmt()   { cargo fmt --all --check; }
step_lint()  { cargo clippy --workspace --all-targets -- -D warnings; }
step_deny()  { scripts/deny.sh; }
step_build() { cargo test --workspace --no-run; }
step_rust()  { noting rust in_memory cargo test --workspace --no-fail-fast; }
step_postgres() {
  PEERVIEW_TEST_DATABASE=postgres noting postgres on_second_database && cargo xtask statements "$logs/statements"
}
step_e2e()   { in_memory cargo test -p peerview --test e2e; }
step_timing() {
  # One page at a time, with nothing running beside it.
  PEERVIEW_TIMED_PAIRS=5000 cargo test -p cloud --test it -- answers_known_and_unknown_alike --test-threads 1
}
step_attack() { in_memory cargo bench --profile dev -p peerview --bench attack; }
step_bench() { ulimit -n "$(ulimit -Hn)" && cargo bench -p relay --bench load && cargo bench -p peerview --bench figures; }
step_reach() { in_memory cargo test -p peerview --test reach -- --lab ${CASES:-}; }
step_interop() { in_memory scripts/interop.sh ${CASES:-}; }
step_asvs()      { cargo xtask asvs gaps "$logs"; }
step_asvs_rows() { cargo xtask asvs rows "$logs"; }
step_asvs_tests() {
  local names
  mapfile -t names < <(cargo xtask asvs names)
  in_memory cargo test --workspace --no-fail-fast -- asvs_ "${names[@]}" ||
    echo "Some failed: the table says which rows are red."
}

step_js() {
  local tests
  mapfile -t tests < <(find crates/cloud/static/js -name '*.test.js' | sort)
  if [ "${#tests[@]}" -eq 0 ]; then
    echo "no *.test.js found below crates/cloud/static/js" >&2
    return 1
  fi
  node --test "${tests[@]}"
}

# axe-core for the browser stories, the type checker for the pages' JavaScript.
node_modules() {
  [ tools/js/node_modules -nt tools/js/package-lock.json ] ||
    npm --prefix tools/js ci --no-audit --no-fund
}

step_types() {
  node_modules
  scripts/vendor-js.sh --check
  npm --prefix tools/js run --silent check
}

table=""
table_row() { table+=$(printf '  %-10s %5d s  %s' "$1" "$2" "$3")$'\n'; }

count() { # count <awk program> over all logs of this run
  cat "$logs"/*.log 2>/dev/null | awk "$1 END { print n + 0 }"
}

finish() {
  local status=$?
  printf '\nWhere the time went:\n%s' "$table"
  local passed failed
  passed=$(count '/^test result:/ { n += $4 } /^(#|ℹ) pass / { n += $3 }')
  failed=$(count '/^test result:/ { n += $6 } /^(#|ℹ) fail / { n += $3 }')
  if [ $((passed + failed)) -gt 0 ]; then
    printf '\n%d passed, %d failed\n' "$passed" "$failed"
  fi
  exit $status
}
trap finish EXIT

for step in "$@"; do
  printf '\n== %s\n' "$step"
  started=$SECONDS
  status=0
  "step_$step" 2>&1 | tee "$logs/$step.log" || status=$?
  if [ $status -ne 0 ]; then
    table_row "$step" $((SECONDS - started)) "FAILED"
    exit $status
  fi
  table_row "$step" $((SECONDS - started)) "ok"
done
