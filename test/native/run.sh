#!/bin/sh
# Builds the native tests with ASan and UBSan into build/native-test/ and runs them.
set -eu
cd "$(dirname "$0")/../.."
out=build/native-test
mkdir -p "$out"
cxx=${CXX:-$(command -v clang++ || command -v g++)}
flags='-std=c++20 -Wall -Wextra -Wconversion -Werror -O1 -g -fno-omit-frame-pointer'
sanitize='-fsanitize=address,undefined -fno-sanitize-recover=all'

for codec in dubbo http1 proxy; do
  # shellcheck disable=SC2086
  "$cxx" $flags $sanitize "test/native/${codec}_test.cc" native/codec/"$codec"*.cc \
    -o "$out/${codec}_test"
  "$out/${codec}_test" test/vectors
done
