// Lines of a head or trailer section: where they end and how a field line splits. Inline, since
// every header line passes here.
#ifndef SLUICE_CODEC_HTTP1_LINES_H_
#define SLUICE_CODEC_HTTP1_LINES_H_

#include "http1.h"
#include "http1_scan.h"

namespace sluice::http1 {

// What refused a head; kNone when it was merely incomplete.
struct Refusal {
  int status = 0;
  Reason reason = Reason::kNone;
};

inline const uint8_t* Refuse(Refusal* refusal, int status, Reason reason) {
  *refusal = {status, reason};
  return nullptr;
}

// The byte after a line end at `p`, or nullptr: incomplete, or (with `refusal` set) no line end.
inline const uint8_t* LineEnd(const uint8_t* p, const uint8_t* end, bool lenient_lf,
                              Reason otherwise, Refusal* refusal) {
  if (p == end) return nullptr;
  if (*p == '\r') {
    if (end - p < 2) return nullptr;
    if (p[1] == '\n') return p + 2;
    return Refuse(refusal, 400, otherwise);
  }
  if (*p == '\n') {
    // RFC 9112 section 2.2 leaves a bare LF to the recipient. Two hops that disagree about it can
    // be played against each other, so it takes a flag.
    return lenient_lf ? p + 1 : Refuse(refusal, 400, Reason::kBareLineFeed);
  }
  return Refuse(refusal, 400, otherwise);
}

struct FieldLine {
  const uint8_t* name;
  const uint8_t* name_end;
  const uint8_t* value;
  const uint8_t* value_end;
  const uint8_t* line_end;  // where the line's CRLF, or lenient LF, begins
};

// Splits the field line that begins at `p`; `section` is where its section begins. Returns the
// first byte of the next line, or nullptr when the line is incomplete (`refusal` untouched) or
// broken.
inline const uint8_t* ParseFieldLine(const uint8_t* section, const uint8_t* p, const uint8_t* end,
                                     bool lenient_lf, FieldLine* line, Refusal* refusal) {
  const uint8_t* const name_end = ScanToken(section, p, end);
  if (name_end == end) return nullptr;
  if (name_end == p || *name_end != ':') {
    // RFC 9112 sections 5.1 and 5.2: neither is ever repaired here.
    if (name_end == p && IsBlank(*p)) return Refuse(refusal, 400, Reason::kFoldedLine);
    if (IsBlank(*name_end)) return Refuse(refusal, 400, Reason::kSpaceBeforeColon);
    return Refuse(refusal, 400, Reason::kBadHeaderName);
  }
  const uint8_t* value = name_end + 1;
  while (value != end && IsBlank(*value)) ++value;
  const uint8_t* const line_end = ScanValue(section, value, end);
  const uint8_t* const next = LineEnd(line_end, end, lenient_lf, Reason::kBadHeaderValue, refusal);
  if (next == nullptr) return nullptr;
  const uint8_t* value_end = line_end;
  while (value_end != value && IsBlank(value_end[-1])) --value_end;
  *line = {p, name_end, value, value_end, line_end};
  return next;
}

// The end of a section of lines: the byte after the first empty line, seen from `from`, which must
// be a line's LF or earlier. Without one returns nullptr and sets `*resume` to where to go on.
inline const uint8_t* FindEmptyLine(const uint8_t* from, const uint8_t* end,
                                    const uint8_t** resume) {
  for (const uint8_t* p = from;;) {
    const void* const found = std::memchr(p, '\n', static_cast<size_t>(end - p));
    if (found == nullptr) {
      *resume = end;
      return nullptr;
    }
    const uint8_t* const lf = static_cast<const uint8_t*>(found);
    const auto rest = end - lf;
    if (rest >= 2 && lf[1] == '\n') return lf + 2;
    if (rest >= 3 && lf[1] == '\r' && lf[2] == '\n') return lf + 3;
    if (rest == 1 || (rest == 2 && lf[1] == '\r')) {
      *resume = lf;
      return nullptr;
    }
    p = lf + 1;
  }
}

}  // namespace sluice::http1

#endif  // SLUICE_CODEC_HTTP1_LINES_H_
