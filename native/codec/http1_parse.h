// Inside of the HTTP/1 codec: parsing of complete heads and field lines. Not for its hosts.
#ifndef SLUICE_CODEC_HTTP1_PARSE_H_
#define SLUICE_CODEC_HTTP1_PARSE_H_

#include <cstddef>
#include <cstdint>

#include "http1.h"
#include "http1_lines.h"

namespace sluice::http1 {

// 2^53: the largest length that a script can count exactly.
inline constexpr uint64_t kMaxContentLength = uint64_t{1} << 53;

// More options in Connection than any honest peer sends; bounds the search for nominated lines.
inline constexpr uint32_t kMaxConnectionOptions = 32;

// Fields that matter to framing or must not be forwarded.
enum class Field : uint8_t {
  kOther,
  kHost,
  kConnection,
  kContentLength,
  kTransferEncoding,
  kExpect,
  kTrailer,
  kUpgrade,
  kHopByHop,
  kLookalike,
};

// Whether a head says that a body follows it; not every message with such a head has one.
inline bool AnnouncesBody(const Head& head) {
  return (head.flags & kChunked) != 0 ||
         ((head.flags & kHasLength) != 0 && head.content_length != 0);
}

Field ClassifyField(const uint8_t* name, size_t size);

// uri-host [ ":" port ] (RFC 9112 section 3.2), without user information or lists; may be empty.
bool IsValidHost(const uint8_t* p, size_t size);

// Decimal digits up to kMaxContentLength.
bool ParseContentLength(const uint8_t* p, size_t size, uint64_t* length);

// Judges a Transfer-Encoding value; `line` is everything between the colon and the line end.
Refusal CheckTransferEncoding(const uint8_t* line, size_t line_size, const uint8_t* value,
                              size_t size);

// Judges an Upgrade value (RFC 9110 section 7.8): names, each perhaps with "/" and a version. Sets
// `*names_h2c` if that is one of them.
bool ReadUpgrade(const uint8_t* list, size_t size, bool* names_h2c);

// Calls `visit(name, size)` for each option of a Connection value; false if one is not a token or
// `visit` returned false.
template <typename Visit>
bool ForEachOption(const uint8_t* p, size_t size, Visit visit);

// Parses the start line in [begin, end) into `head`. Returns the byte after it, or nullptr when it
// is incomplete or broken.
const uint8_t* ParseStartLine(Role role, bool lenient_lf, const uint8_t* begin, const uint8_t* end,
                              Head* head, Refusal* refusal);

// Parses the head in [begin, end). Returns the byte after it, or nullptr when it is incomplete or
// broken. Framing flags of responses that depend on the request are the Framer's to set.
const uint8_t* ParseHead(Role role, const Limits& limits, const uint8_t* begin, const uint8_t* end,
                         Head* head, Refusal* refusal);

template <typename Visit>
bool ForEachOption(const uint8_t* p, size_t size, Visit visit) {
  size_t i = 0;
  while (i < size) {
    while (i < size && (p[i] == ' ' || p[i] == '\t' || p[i] == ',')) ++i;
    const size_t begin = i;
    while (i < size && p[i] != ',' && p[i] != ' ' && p[i] != '\t') ++i;
    if (i == begin) break;
    if (!visit(p + begin, i - begin)) return false;
    while (i < size && (p[i] == ' ' || p[i] == '\t')) ++i;
    if (i < size && p[i] != ',') return false;
  }
  return true;
}

}  // namespace sluice::http1

#endif  // SLUICE_CODEC_HTTP1_PARSE_H_
