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

source scripts/in-memory.sh

step_setup() { scripts/setup-tests.sh && node_modules; }
step_fmt()   { cargo fmt --all --check; }
step_lint()  { cargo clippy --workspace --all-targets -- -D warnings; }
step_deny()  { scripts/deny.sh; }
step_build() { cargo test --workspace --no-run; }
step_rust()  { scripts/run-tests.sh "$logs"; }
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
