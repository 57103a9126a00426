#!/bin/sh
# Builds the tests of slab, output queue and timer wheel with ASan and UBSan, and runs them.
set -eu
cd "$(dirname "$0")/../.."
out=build/native-test
mkdir -p "$out"
cxx=${CXX:-$(command -v clang++ || command -v g++)}
flags='-std=c++20 -Wall -Wextra -Wconversion -Werror -O1 -g -fno-omit-frame-pointer'
sanitize='-fsanitize=address,undefined -fno-sanitize-recover=all'

# shellcheck disable=SC2086
"$cxx" $flags $sanitize -Inative test/native/net_test.cc native/net/slab.cc \
  native/net/shared_memory.cc native/net/output_queue.cc native/net/timer_wheel.cc \
  -o "$out/net_test"
"$out/net_test"
