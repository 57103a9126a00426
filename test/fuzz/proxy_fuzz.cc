// Fuzzes the parser of PROXY headers. Invariants: it makes no difference how much of a connection's
// first bytes is there when a header is complete or bad; a header is no longer than it may be, nor
// than what there is; nothing outside of the bytes is read (each time they are an allocation).
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

#include "../native/proxy_log.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sluice::proxy;
  std::unique_ptr<uint8_t[]> bytes;
  const auto prefix = [&](size_t length) {
    bytes = std::make_unique<uint8_t[]>(length);
    std::memcpy(bytes.get(), data, length);
    return bytes.get();
  };
  std::vector<size_t> sizes;
  for (size_t length = 0; length <= size; ++length) sizes.push_back(length);
  const std::string whole = LogOf(std::vector<size_t>{size}, prefix);
  const std::string grown = LogOf(sizes, prefix);
  Header header;
  Reason reason = Reason::kNone;
  const bool is_whole = Parse(data, size, &header, &reason) == Result::kComplete;
  const bool fits = header.bytes <= size && header.bytes <= kMaxHeaderBytes;
  if (whole != grown || (is_whole && (!fits || header.bytes == 0))) {
    std::fprintf(stderr, "whole:\n%s\ngrown:\n%s\n", whole.c_str(), grown.c_str());
    std::abort();
  }
  return 0;
}
