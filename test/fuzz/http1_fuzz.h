// One body for both HTTP/1 fuzz targets. The first byte of an input chooses the setting, the second
// one how the rest is cut:
//
//   bit 0 lenient_lf   bit 1 small limits   bit 2 end of the stream   bits 3..5 expected responses
//
// Invariants: every way of cutting gives the same events; events are balanced (LogHost sees to
// that); nothing outside a piece is read (each piece is an allocation of its own).
#ifndef SLUICE_TEST_FUZZ_HTTP1_FUZZ_H_
#define SLUICE_TEST_FUZZ_HTTP1_FUZZ_H_

#include <algorithm>
#include <cstring>

#include "../native/http1_log.h"

namespace sluice::http1 {

template <typename NextSize>
std::string FeedPieces(Role role, uint8_t setting, const uint8_t* data, size_t size,
                       NextSize next_size) {
  Limits limits;
  limits.lenient_lf = (setting & 1u) != 0;
  if ((setting & 2u) != 0) {
    limits.max_head_bytes = 96;
    limits.max_start_line_bytes = 32;
    limits.max_headers = 4;
    limits.max_chunk_extension_bytes = 8;
    limits.max_trailer_bytes = 32;
    limits.max_interim_responses = 1;
  }
  Framer framer(role, limits);
  const uint32_t expected = setting >> 3u & 7u;
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
  if ((setting & 4u) != 0) host.Finished(framer.Finish(host));
  return host.Take();
}

inline int FuzzOne(Role role, const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  const uint8_t setting = data[0];
  uint32_t seed = data[1];
  data += 2;
  size -= 2;
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
