#!/bin/sh
# Builds the native benchmarks into build/native-bench/, as the addon is built, and runs them.
set -eu
cd "$(dirname "$0")/../.."
out=build/native-bench
mkdir -p "$out"
cxx=${CXX:-$(command -v g++ || command -v clang++)}
"$cxx" -std=c++20 -O3 -fno-exceptions -fno-rtti -fPIC ${CXXFLAGS:-} bench/native/http1_bench.cc \
  native/codec/http1*.cc -o "$out/http1_bench"
"$out/http1_bench"
