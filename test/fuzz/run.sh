#!/bin/sh
# Fuzzes each native target for the given number of seconds (default 60), and each filter with random
# scripts for a tenth of that, a second at least. Inputs that libFuzzer finds worth keeping go to
# build/fuzz/, not to the seeds. An argument after the seconds names a single target: a source file
# here, or "scripts". Each target ends with a line such as
#
#   fuzz: target=dubbo_fuzz executions=123456 seconds=60 findings=0
set -eu
cd "$(dirname "$0")/../.."
seconds=${1:-60}
only=${2:-}
cxx=${CXX:-clang++}
out=build/fuzz
mkdir -p "$out"
failed=0

# Tells what a run's log says about a target: its name, status, how the log tells executions, seconds.
# Remembers when it found something.
report() {
  findings=0
  if [ "$2" -ne 0 ]; then
    findings=1
    failed=1
    tail -60 "$out/$1.log" | cut -c 1-2000
  fi
  executions=$(sed -n "$3" "$out/$1.log" | awk '{ sum += $1 } END { print sum + 0 }')
  echo "fuzz: target=$1 executions=$executions seconds=$4 findings=$findings"
}

for source in test/fuzz/*_fuzz.cc; do
  name=$(basename "$source" .cc)
  [ -z "$only" ] || [ "$only" = "$name" ] || continue
  protocol=${name%%_*}
  "$cxx" -std=c++20 -O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer,address,undefined \
    -fno-sanitize-recover=all "$source" native/codec/"$protocol"*.cc -o "$out/$name"
  mkdir -p "$out/corpus-$name"
  status=0
  "$out/$name" -max_total_time="$seconds" -max_len=4096 -timeout=5 -print_final_stats=1 \
    -artifact_prefix="$out/" -dict="test/fuzz/$protocol.dict" \
    "$out/corpus-$name" "test/fuzz/corpus/$protocol" >"$out/$name.log" 2>&1 || status=$?
  report "$name" "$status" 's/^stat::number_of_executed_units: *//p' "$seconds"
done

# Short runs leave them to the unit test, which plays the same cases every time.
if [ "$only" = scripts ] || { [ -z "$only" ] && [ "$seconds" -ge 60 ]; }; then
  node scripts/setup.mjs
  status=0
  begun=$(date +%s)
  # The seed is in the log.
  SLUICE_FUZZ_SECONDS=$(((seconds + 9) / 10)) node --enable-source-maps --test --test-force-exit \
    dist/test/unit/filters/random-events.test.js >"$out/scripts.log" 2>&1 || status=$?
  report scripts "$status" 's/.*script-fuzz .* executions=\([0-9]*\) .*/\1/p' $(($(date +%s) - begun))
fi
exit "$failed"
