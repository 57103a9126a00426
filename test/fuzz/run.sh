#!/bin/sh
# Fuzzes each target for the given number of seconds (default 60). Inputs that libFuzzer finds worth
# keeping go to build/fuzz/, not to the seeds. An argument after the seconds names a single target.
set -eu
cd "$(dirname "$0")/../.."
seconds=${1:-60}
only=${2:-}
cxx=${CXX:-clang++}
out=build/fuzz
mkdir -p "$out"

for source in test/fuzz/*_fuzz.cc; do
  name=$(basename "$source" .cc)
  [ -z "$only" ] || [ "$only" = "$name" ] || continue
  protocol=${name%%_*}
  "$cxx" -std=c++20 -O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer,address,undefined \
    -fno-sanitize-recover=all "$source" native/codec/"$protocol"*.cc -o "$out/$name"
  mkdir -p "$out/corpus-$name"
  dictionary=
  [ ! -f "test/fuzz/$protocol.dict" ] || dictionary="-dict=test/fuzz/$protocol.dict"
  # shellcheck disable=SC2086
  "$out/$name" -max_total_time="$seconds" -max_len=4096 -timeout=5 -print_final_stats=1 \
    -artifact_prefix="$out/" $dictionary "$out/corpus-$name" "test/fuzz/corpus/$protocol"
done
