// Fuzzes the Dubbo framing. The first byte of an input chooses the setting, the second one how the
// rest is cut:
//
//   bit 0 small limit   bit 1 end of the stream
//
// Invariants: every way of cutting gives the same events; events are balanced (LogHost sees to
// that); nothing outside a piece is read (each piece is an allocation of its own).
#include <algorithm>
#include <cstring>
#include <memory>

#include "../native/dubbo_log.h"

namespace sluice::dubbo {
namespace {

template <typename NextSize>
std::string FeedPieces(uint8_t setting, const uint8_t* data, size_t size, NextSize next_size) {
  Limits limits;
  if ((setting & 1u) != 0) limits.max_body_bytes = 64;
  Framer framer(limits);
  LogHost host;
  while (size > 0) {
    const size_t piece_size = std::min(size, next_size());
    const auto piece = std::make_unique<uint8_t[]>(piece_size);
    std::memcpy(piece.get(), data, piece_size);
    framer.Feed(piece.get(), piece_size, host);
    data += piece_size;
    size -= piece_size;
  }
  if ((setting & 2u) != 0) host.Finished(framer.Finish());
  return host.Take();
}

}  // namespace
}  // namespace sluice::dubbo

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using sluice::dubbo::FeedPieces;
  if (size < 2) return 0;
  const uint8_t setting = data[0];
  uint32_t seed = data[1];
  data += 2;
  size -= 2;
  const std::string whole = FeedPieces(setting, data, size, [=] { return size; });
  const std::string bytes = FeedPieces(setting, data, size, [] { return size_t{1}; });
  const std::string pieces = FeedPieces(setting, data, size, [&seed] {
    seed = seed * 1664525u + 1013904223u;
    return size_t{seed >> 24u} % 40 + 1;
  });
  if (whole != bytes || whole != pieces) {
    std::fprintf(stderr, "whole:\n%s\nbytes:\n%s\npieces:\n%s\n", whole.c_str(), bytes.c_str(),
                 pieces.c_str());
    std::abort();
  }
  return 0;
}
