// The head parser: one pass over start line and field lines, which fills a Head and refuses what
// RFC 9112 does not allow. It needs the whole head in one piece; the Framer sees to that.
#include "http1_lines.h"
#include "http1_parse.h"
#include "http1_scan.h"

namespace sluice::http1 {

namespace {

struct Method {
  const char* name;
  uint8_t size;
  uint32_t flags;
};

// RFC 9110 section 9.2.2.
constexpr Method kMethods[] = {
    {"GET", 3, kIdempotent},        {"HEAD", 4, kIdempotent | kHeadMethod},
    {"PUT", 3, kIdempotent},        {"DELETE", 6, kIdempotent},
    {"OPTIONS", 7, kIdempotent},    {"TRACE", 5, kIdempotent},
    {"CONNECT", 7, kConnectMethod},
};

uint32_t MethodFlags(const uint8_t* p, size_t size) {
  for (const Method& method : kMethods) {
    if (method.size == size && std::memcmp(p, method.name, size) == 0) return method.flags;
  }
  return 0;
}

// HTTP-version (RFC 9112 section 2.3) at `p`, eight bytes. Sets kHttp10.
bool ParseVersion(const uint8_t* p, uint32_t* flags, Refusal* refusal) {
  constexpr char kOneOne[] = "HTTP/1.1";
  if (Load<uint64_t>(p) == Load<uint64_t>(kOneOne)) return true;
  const auto digit = [](uint8_t c) { return c >= '0' && c <= '9'; };
  if (std::memcmp(p, "HTTP/", 5) != 0 || !digit(p[5]) || p[6] != '.' || !digit(p[7])) {
    Refuse(refusal, 400, Reason::kBadVersion);
    return false;
  }
  if (p[5] != '1') {
    Refuse(refusal, 505, Reason::kUnsupportedVersion);
    return false;
  }
  // RFC 9110 section 2.5: a higher minor version is read as the highest one known.
  if (p[7] == '0') *flags |= kHttp10;
  return true;
}

// Splits an absolute-form target (RFC 9112 section 3.2.2). False if it is not one.
bool ParseAbsoluteForm(const uint8_t* base, Head* head) {
  const uint8_t* const target = base + head->target.begin;
  const size_t size = head->target.end - head->target.begin;
  size_t scheme = 0;
  if (size > 7 && EqualsLower(target, "http", 4) && std::memcmp(target + 4, "://", 3) == 0) {
    scheme = 7;
  } else if (size > 8 && EqualsLower(target, "https", 5) &&
             std::memcmp(target + 5, "://", 3) == 0) {
    scheme = 8;
  } else {
    return false;
  }
  size_t end = scheme;
  while (end < size && target[end] != '/' && target[end] != '?') ++end;
  const bool nameless = end == scheme || target[scheme] == ':';
  if (nameless || !IsValidHost(target + scheme, end - scheme)) return false;
  head->authority = {head->target.begin + static_cast<uint32_t>(scheme),
                     head->target.begin + static_cast<uint32_t>(end)};
  head->origin_target = {head->authority.end, head->target.end};
  return true;
}

const uint8_t* ParseRequestLine(bool lenient_lf, const uint8_t* begin, const uint8_t* end,
                                Head* head, Refusal* refusal) {
  const auto offset = [begin](const uint8_t* p) { return static_cast<uint32_t>(p - begin); };
  const uint8_t* p;
  if (end - begin >= 4 && Load<uint32_t>(begin) == Load<uint32_t>("GET ")) {
    p = begin + 3;
    head->flags |= kIdempotent;
  } else {
    p = ScanBytes(begin, end, kTokenChar);
    if (p == end) return nullptr;
    if (p == begin || *p != ' ') return Refuse(refusal, 400, Reason::kBadMethod);
    head->flags |= MethodFlags(begin, static_cast<size_t>(p - begin));
  }
  head->method = {0, offset(p)};

  const uint8_t* const target = ++p;
  p = ScanTarget(begin, p, end);
  if (p == end) return nullptr;
  // Without a version it is a request of HTTP/0.9, or cut short.
  if (p == target || *p != ' ') return Refuse(refusal, 400, Reason::kBadTarget);
  head->target = {offset(target), offset(p)};
  head->origin_target = head->target;

  ++p;
  if (end - p < 8) {
    // Too short to judge; if the line ends here all the same, it is broken.
    return std::memchr(p, '\n', static_cast<size_t>(end - p)) != nullptr
               ? Refuse(refusal, 400, Reason::kBadVersion)
               : nullptr;
  }
  if (!ParseVersion(p, &head->flags, refusal)) return nullptr;
  p = LineEnd(p + 8, end, lenient_lf, Reason::kBadVersion, refusal);
  if (p == nullptr) return nullptr;
  if (p[-2] != '\r') head->flags |= kBareLf;

  if ((head->flags & kConnectMethod) != 0) return Refuse(refusal, 405, Reason::kConnectRefused);
  if (*target == '/') return p;
  if (*target == '*' && head->target.end - head->target.begin == 1) {
    // RFC 9112 section 3.2.4.
    if (head->method.end == 7 && std::memcmp(begin, "OPTIONS", 7) == 0) return p;
    return Refuse(refusal, 400, Reason::kBadTarget);
  }
  return ParseAbsoluteForm(begin, head) ? p : Refuse(refusal, 400, Reason::kBadTarget);
}

const uint8_t* ParseStatusLine(bool lenient_lf, const uint8_t* begin, const uint8_t* end,
                               Head* head, Refusal* refusal) {
  const auto offset = [begin](const uint8_t* p) { return static_cast<uint32_t>(p - begin); };
  // "HTTP/1.1 200" and at least the line's end.
  if (end - begin < 13) {
    return std::memchr(begin, '\n', static_cast<size_t>(end - begin)) != nullptr
               ? Refuse(refusal, 400, Reason::kBadStatusLine)
               : nullptr;
  }
  if (!ParseVersion(begin, &head->flags, refusal)) return nullptr;
  uint32_t status = 0;
  for (size_t i = 9; i < 12; ++i) {
    if (begin[i] < '0' || begin[i] > '9') return Refuse(refusal, 400, Reason::kBadStatusLine);
    status = status * 10 + (begin[i] - uint32_t{'0'});
  }
  if (begin[8] != ' ' || status < 100) return Refuse(refusal, 400, Reason::kBadStatusLine);
  head->status = static_cast<uint16_t>(status);

  const uint8_t* p = begin + 12;
  head->reason = {12, 12};
  // RFC 9112 section 4: the space belongs there even without a reason, yet many leave it out.
  if (*p == ' ') {
    ++p;
    const uint8_t* const reason = p;
    p = ScanValue(begin, p, end);
    head->reason = {offset(reason), offset(p)};
  }
  p = LineEnd(p, end, lenient_lf, Reason::kBadStatusLine, refusal);
  if (p != nullptr && p[-2] != '\r') head->flags |= kBareLf;
  return p;
}

// What the field lines of one head add up to.
struct FieldState {
  const uint8_t* base;
  Head* head;
  Refusal refusal;
  bool has_host = false;
  bool has_transfer_encoding = false;
  bool close = false;
  bool keep_alive = false;
  bool upgrade_option = false;
  bool upgrade_field = false;
  bool upgrade_h2c = false;
  bool upgrade_broken = false;
  uint32_t option_count = 0;
  uint32_t nominated_count = 0;
  Span nominated[kMaxConnectionOptions];
};

bool Broken(FieldState* state, int status, Reason reason) {
  state->refusal = {status, reason};
  return false;
}

// RFC 9110 section 7.6.1.
bool ReadConnection(const uint8_t* value, size_t size, FieldState* state) {
  return ForEachOption(value, size, [state](const uint8_t* p, size_t length) {
    if (++state->option_count > kMaxConnectionOptions ||
        ScanBytes(p, p + length, kTokenChar) != p + length) {
      return false;
    }
    if (EqualsLower(p, length, "close")) {
      state->close = true;
    } else if (EqualsLower(p, length, "keep-alive")) {
      state->keep_alive = true;
    } else {
      switch (ClassifyField(p, length)) {
        case Field::kHost:
        case Field::kContentLength:
        case Field::kTransferEncoding:
          return false;  // an attempt to make the next hop see another message
        case Field::kUpgrade:
          state->upgrade_option = true;
          break;
        case Field::kConnection:
        case Field::kHopByHop:
          break;  // dropped in any case
        default: {
          const auto begin = static_cast<uint32_t>(p - state->base);
          state->nominated[state->nominated_count++] = {begin,
                                                        begin + static_cast<uint32_t>(length)};
        }
      }
    }
    return true;
  });
}

// Takes note of a field that is not Field::kOther. False with `state->refusal` set if it is broken.
bool ReadKnownField(Field field, const FieldLine& line, HeaderLine* header, FieldState* state) {
  Head* const head = state->head;
  const bool request = head->role == Role::kRequest;
  const auto size = static_cast<size_t>(line.value_end - line.value);
  switch (field) {
    case Field::kHost:
      if (!request) return true;
      if (state->has_host) return Broken(state, 400, Reason::kDuplicateHost);
      if (!IsValidHost(line.value, size)) return Broken(state, 400, Reason::kBadHost);
      state->has_host = true;
      // RFC 9112 section 3.2.2: the target's authority replaces the field.
      header->dropped = head->authority.begin != head->authority.end;
      return true;
    case Field::kConnection:
      header->dropped = true;
      if (ReadConnection(line.value, size, state)) return true;
      return Broken(state, 400, Reason::kBadConnection);
    case Field::kContentLength:
      header->dropped = true;
      if ((head->flags & kHasLength) != 0) {
        return Broken(state, 400, Reason::kDuplicateContentLength);
      }
      if (!ParseContentLength(line.value, size, &head->content_length)) {
        return Broken(state, 400, Reason::kBadContentLength);
      }
      head->flags |= kHasLength;
      return true;
    case Field::kTransferEncoding: {
      header->dropped = true;
      // RFC 9112 section 6.1: a coding of HTTP/1.0 is faulty framing.
      if ((head->flags & kHttp10) != 0) {
        return Broken(state, 400, Reason::kTransferEncodingOnHttp10);
      }
      if (state->has_transfer_encoding) return Broken(state, 400, Reason::kBadTransferEncoding);
      const uint8_t* const rest = line.name_end + 1;
      state->refusal =
          CheckTransferEncoding(rest, static_cast<size_t>(line.line_end - rest), line.value, size);
      state->has_transfer_encoding = true;
      head->flags |= kChunked;
      return state->refusal.reason == Reason::kNone;
    }
    case Field::kExpect:
      if (!request) return true;
      if (!EqualsLower(line.value, size, "100-continue")) {
        return Broken(state, 417, Reason::kUnknownExpectation);
      }
      // RFC 9110 section 10.1.1: ignored in a request of HTTP/1.0, which knows no interim response.
      if ((head->flags & kHttp10) != 0) {
        header->dropped = true;
      } else {
        head->flags |= kExpectContinue;
      }
      return true;
    case Field::kTrailer:
      head->flags |= kHasTrailerField;
      return true;
    case Field::kUpgrade:
      header->dropped = true;
      state->upgrade_field = true;
      if (!ReadUpgrade(line.value, size, &state->upgrade_h2c)) state->upgrade_broken = true;
      return true;
    case Field::kHopByHop:
      header->dropped = true;
      return true;
    case Field::kLookalike:
      return Broken(state, 400, Reason::kLookalikeHeader);
    case Field::kOther:
      return true;
  }
  return true;
}

// Drops the lines that Connection named.
void DropNominated(const FieldState& state) {
  Head* const head = state.head;
  for (uint32_t n = 0; n < state.nominated_count; ++n) {
    const Span name = state.nominated[n];
    for (uint32_t i = 0; i < head->header_count; ++i) {
      HeaderLine* const header = &head->headers[i];
      if (header->name.end - header->name.begin == name.end - name.begin &&
          EqualNames(state.base + header->name.begin, state.base + name.begin,
                     name.end - name.begin)) {
        header->dropped = true;
      }
    }
  }
}

// What can be said only when all lines were read.
bool JudgeFields(FieldState* state) {
  Head* const head = state->head;
  const bool http10 = (head->flags & kHttp10) != 0;
  // RFC 9112 section 6.3 allows to prefer Transfer-Encoding; we trust neither.
  if ((head->flags & (kHasLength | kChunked)) == (kHasLength | kChunked)) {
    return Broken(state, 400, Reason::kLengthAndTransferEncoding);
  }
  if (state->nominated_count != 0) {
    DropNominated(*state);
    head->flags |= kNominates;
  }
  // RFC 9112 section 9.3.
  if (!state->close && (!http10 || state->keep_alive)) head->flags |= kKeepAlive;
  const bool upgrade = state->upgrade_field && !state->upgrade_broken;
  if (head->role == Role::kResponse) {
    if (upgrade && head->status == 101) head->flags |= kUpgrade;
    return true;
  }

  if (!state->has_host && !http10) return Broken(state, 400, Reason::kMissingHost);
  if (AnnouncesBody(*head)) return true;
  head->flags |= kNoBody;
  // RFC 9110 section 7.8: an Upgrade of HTTP/1.0 is ignored; so is what is no list of protocols,
  // which the next hop could read in its own way.
  // Nor is h2c offered on: behind an accepted one requests would pass unseen. With a body the
  // switch would come while the request is still on its way: nobody does that.
  if (state->upgrade_option && upgrade && !state->upgrade_h2c && !http10) {
    head->flags |= kUpgrade;
  }
  return true;
}

}  // namespace

const uint8_t* ParseStartLine(Role role, bool lenient_lf, const uint8_t* begin, const uint8_t* end,
                              Head* head, Refusal* refusal) {
  head->role = role;
  head->flags = 0;
  head->content_length = 0;
  head->status = 0;
  head->method = head->target = head->origin_target = head->authority = head->reason = {0, 0};
  head->header_count = 0;
  return role == Role::kRequest ? ParseRequestLine(lenient_lf, begin, end, head, refusal)
                                : ParseStatusLine(lenient_lf, begin, end, head, refusal);
}

const uint8_t* ParseHead(Role role, const Limits& limits, const uint8_t* begin, const uint8_t* end,
                         Head* head, Refusal* refusal) {
  const auto offset = [begin](const uint8_t* p) { return static_cast<uint32_t>(p - begin); };
  const uint8_t* p = ParseStartLine(role, limits.lenient_lf, begin, end, head, refusal);
  if (p == nullptr) return nullptr;
  if (offset(p) > limits.max_start_line_bytes) {
    return Refuse(refusal, 414, Reason::kStartLineTooLong);
  }

  FieldState state;
  state.base = begin;
  state.head = head;
  for (;;) {
    if (p == end) return nullptr;
    if (*p == '\r' || *p == '\n') {
      const uint8_t* const after =
          LineEnd(p, end, limits.lenient_lf, Reason::kBadHeaderName, refusal);
      if (after == nullptr) return nullptr;
      if (*p == '\n') head->flags |= kBareLf;
      head->bytes = offset(after);
      if (JudgeFields(&state)) return after;
      *refusal = state.refusal;
      return nullptr;
    }
    FieldLine line;
    const uint8_t* const next = ParseFieldLine(begin, p, end, limits.lenient_lf, &line, refusal);
    if (next == nullptr) return nullptr;
    if (head->header_count == limits.max_headers) {
      return Refuse(refusal, 431, Reason::kTooManyHeaders);
    }
    HeaderLine* const header = &head->headers[head->header_count++];
    header->name = {offset(line.name), offset(line.name_end)};
    header->value = {offset(line.value), offset(line.value_end)};
    header->dropped = false;
    if (*line.line_end == '\n') head->flags |= kBareLf;
    const Field field = ClassifyField(line.name, static_cast<size_t>(line.name_end - line.name));
    if (field != Field::kOther && !ReadKnownField(field, line, header, &state)) {
      *refusal = state.refusal;
      return nullptr;
    }
    p = next;
  }
}

}  // namespace sluice::http1
