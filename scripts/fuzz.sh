#!/usr/bin/env bash
# Fuzzes the targets of fuzz/targets with libFuzzer and a nightly compiler, each for SECONDS, and
# prints how many inputs ran. Usage: fuzz.sh [seconds] [target...]
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-120}
shift || true

if ! cargo fuzz --version >/dev/null 2>&1; then
  echo "Installing cargo-fuzz with cargo (once on this machine)."
  cargo install cargo-fuzz --version 0.13.2 --locked --debug
fi
rustup toolchain list | grep -q '^nightly' || rustup toolchain install nightly --profile minimal

# The same versions as the product, plus those of libFuzzer.
cp Cargo.lock fuzz/Cargo.lock
cargo +nightly fuzz build --dev

# "group target" of every target in fuzz/targets.
list=$(for group in pure media server; do
  sed -n "s/^ *(\"\([a-z0-9_]*\)\", .*/$group \1/p" "fuzz/targets/$group.rs"
done)

mkdir -p target/fuzz
failed=()
while read -r group target; do
  [ $# -eq 0 ] || [[ " $* " == *" $target "* ]] || continue
  program=$(find fuzz/target -path "*/debug/$group" -type f | head -1)
  mkdir -p "target/fuzz/$target" "fuzz/artifacts/$target"
  log=target/fuzz/$target.log
  # New inputs are written below target/; copy those worth keeping to fuzz/corpus by hand.
  PEERVIEW_FUZZ=$target "$program" "target/fuzz/$target" "fuzz/corpus/$target" \
    -artifact_prefix="fuzz/artifacts/$target/" -max_total_time="$seconds" -max_len=8192 \
    -timeout=20 -rss_limit_mb=2048 -print_final_stats=1 >"$log" 2>&1 </dev/null || failed+=("$target")
  runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  printf '  %-16s %12s runs  %s\n' "$target" "${runs:-?}" \
    "$(grep -oE 'cov: [0-9]+' "$log" | tail -1)"
done <<<"$list"

if [ ${#failed[@]} -gt 0 ]; then
  echo "Broken: ${failed[*]}. The inputs are below fuzz/artifacts, the reports in target/fuzz/*.log."
  exit 1
fi
