// One body for both HTTP/1 fuzz targets. The first byte of an input chooses the setting, the second
// one how the rest is cut:
//
//   bit 0 lenient_lf   bit 1 small limits   bit 2 end of the stream   bits 3..5 expected responses
//   bit 6 the next 12 bytes are limits, in the ranges that a listener may have
//
// Invariants: every way of cutting gives the same events; events are balanced (LogHost sees to
// that); nothing outside a piece is read (each piece is an allocation of its own).
#ifndef SLUICE_TEST_FUZZ_HTTP1_FUZZ_H_
#define SLUICE_TEST_FUZZ_HTTP1_FUZZ_H_

#include <algorithm>
#include <cstring>

#include "../native/http1_log.h"

namespace sluice::http1 {

constexpr size_t kLimitBytes = 12;

// Limits made of kLimitBytes bytes: all that LIMIT_RANGES in src/net/listener-policy.ts allows, as
// far as inputs are long enough to meet them.
inline void ReadLimits(const uint8_t* bytes, Limits& limits) {
  const auto number = [bytes](size_t at) { return bytes[at] | uint32_t{bytes[at + 1]} << 8u; };
  constexpr uint32_t kMost = 64 * 1024;
  limits.max_headers = 1 + bytes[0] % kMaxHeaders;
  limits.max_head_bytes = std::min(64 + number(1), kMost);
  limits.max_start_line_bytes = std::min(16 + number(3), kMost);
  limits.max_chunk_extension_bytes = number(5);
  limits.max_trailer_bytes = number(7);
  limits.max_body_bytes = number(9);
  limits.max_requests = bytes[11];
}

struct Setting {
  explicit Setting(uint8_t bits) : ends((bits & 4u) != 0), expected(bits >> 3u & 7u) {
    limits.lenient_lf = (bits & 1u) != 0;
    if ((bits & 2u) == 0) return;
    limits.max_head_bytes = 96;
    limits.max_start_line_bytes = 32;
    limits.max_headers = 4;
    limits.max_chunk_extension_bytes = 8;
    limits.max_trailer_bytes = 32;
    limits.max_interim_responses = 1;
  }

  Limits limits;
  bool ends;
  uint32_t expected;
};

template <typename NextSize>
std::string FeedPieces(Role role, const Setting& setting, const uint8_t* data, size_t size,
                       NextSize next_size) {
  Framer framer(role, setting.limits);
  const uint32_t expected = setting.expected;
  framer.set_expect_any(expected == 7);
  constexpr uint32_t kKinds[] = {0, kHeadMethod, kUpgrade, kConnectMethod};
  for (uint32_t i = 0; i < expected; ++i) framer.Expect(kKinds[(expected + i) % 4]);

  LogHost host;
  while (size > 0) {
    const size_t piece_size = std::min(size, next_size());
    const auto piece = std::make_unique<uint8_t[]>(piece_size);
    std::memcpy(piece.get(), data, piece_size);
    framer.Feed(piece.get(), piece_size, host);
    data += piece_size;
    size -= piece_size;
  }
  if (setting.ends) host.Finished(framer.Finish(host));
  return host.Take();
}

inline int FuzzOne(Role role, const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  Setting setting(data[0]);
  const bool has_limits = (data[0] & 64u) != 0;
  uint32_t seed = data[1];
  data += 2;
  size -= 2;
  if (has_limits) {
    if (size < kLimitBytes) return 0;
    ReadLimits(data, setting.limits);
    data += kLimitBytes;
    size -= kLimitBytes;
  }
  const std::string whole = FeedPieces(role, setting, data, size, [=] { return size; });
  const std::string bytes = FeedPieces(role, setting, data, size, [] { return size_t{1}; });
  const std::string pieces = FeedPieces(role, setting, data, size, [&seed] {
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

}  // namespace sluice::http1

#endif  // SLUICE_TEST_FUZZ_HTTP1_FUZZ_H_
