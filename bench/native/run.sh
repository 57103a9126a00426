#!/bin/sh
# Builds the native benchmarks into build/native-bench/, as the addon is built, and runs them: the HTTP/1
# codec and the timer wheel, or the one that is named, "http1" or "timers".
set -eu
cd "$(dirname "$0")/../.."
only=${1:-}
out=build/native-bench
mkdir -p "$out"
cxx=${CXX:-$(command -v g++ || command -v clang++)}

bench() {
  name=$1
  shift
  [ -z "$only" ] || [ "$only" = "$name" ] || return 0
  # shellcheck disable=SC2086
  "$cxx" -std=c++20 -O3 -fno-exceptions -fno-rtti -fPIC -Inative ${CXXFLAGS:-} \
    "bench/native/${name}_bench.cc" "$@" -o "$out/${name}_bench"
  "$out/${name}_bench"
}

bench http1 native/codec/http1*.cc
bench timers native/net/timer_wheel.cc
