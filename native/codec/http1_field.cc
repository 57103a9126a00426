// Field names and values that the codec itself must understand.
#include <arpa/inet.h>

#include <algorithm>
#include <array>

#include "http1_parse.h"
#include "http1_scan.h"

namespace sluice::http1 {

namespace {

struct KnownField {
  const char* name = nullptr;
  uint8_t size = 0;
  Field field = Field::kOther;
};

// First letter and length together tell the known names apart, so one slot decides.
constexpr size_t Slot(uint8_t first, size_t size) { return (size - (first & 31u)) & 31u; }

constexpr KnownField kKnownList[] = {
    {"host", 4, Field::kHost},
    {"connection", 10, Field::kConnection},
    {"content-length", 14, Field::kContentLength},
    {"transfer-encoding", 17, Field::kTransferEncoding},
    {"expect", 6, Field::kExpect},
    {"trailer", 7, Field::kTrailer},
    {"upgrade", 7, Field::kUpgrade},
    {"te", 2, Field::kHopByHop},
    {"keep-alive", 10, Field::kHopByHop},
    {"proxy-connection", 16, Field::kHopByHop},
    {"proxy-authenticate", 18, Field::kHopByHop},
    {"proxy-authorization", 19, Field::kHopByHop},
    // No field of HTTP, and HTTP_PROXY to whatever is behind CGI, which then asks that proxy.
    {"proxy", 5, Field::kHopByHop},
};

constexpr std::array<KnownField, 32> MakeKnownFields() {
  std::array<KnownField, 32> table{};
  for (const KnownField& known : kKnownList) {
    table[Slot(static_cast<uint8_t>(known.name[0]), known.size)] = known;
  }
  return table;
}

constexpr std::array<KnownField, 32> kKnownFields = MakeKnownFields();

constexpr bool SlotsAreDistinct() {
  size_t used = 0;
  for (const KnownField& known : kKnownFields) used += known.name != nullptr ? 1 : 0;
  return used == std::size(kKnownList);
}
static_assert(SlotsAreDistinct());

// "_" with bit 5 set, as EqualsLower sees it.
constexpr char kLookalikeLength[] = "content\177length";
constexpr char kLookalikeEncoding[] = "transfer\177encoding";

constexpr const char* kForbiddenTrailers[] = {
    // Framing and routing.
    "content-length",
    "transfer-encoding",
    "host",
    "connection",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "upgrade",
    "via",
    "forwarded",
    "x-real-ip",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-forwarded-port",
    "x-forwarded-server",
    "x-forwarded-prefix",
    "x-original-url",
    "x-rewrite-url",
    "x-http-method-override",
    "max-forwards",
    // Authentication and cookies.
    "authorization",
    "proxy-authorization",
    "proxy-authenticate",
    "www-authenticate",
    "authentication-info",
    "proxy-authentication-info",
    "cookie",
    "set-cookie",
    // Request modifiers and response control.
    "expect",
    "cache-control",
    "pragma",
    "range",
    "if-match",
    "if-none-match",
    "if-modified-since",
    "if-unmodified-since",
    "if-range",
    "age",
    "date",
    "expires",
    "location",
    "retry-after",
    "vary",
    "warning",
    // Content format.
    "content-encoding",
    "content-type",
    "content-range",
};

const uint8_t* SkipBlanks(const uint8_t* p, const uint8_t* end) {
  while (p != end && IsBlank(*p)) ++p;
  return p;
}

bool IsIpv6(const uint8_t* p, size_t size) {
  char text[INET6_ADDRSTRLEN] = {};
  if (size >= sizeof(text)) return false;
  std::memcpy(text, p, size);
  in6_addr address;
  return inet_pton(AF_INET6, text, &address) == 1;
}

}  // namespace

Field ClassifyField(const uint8_t* name, size_t size) {
  const KnownField& known = kKnownFields[Slot(name[0], size)];
  if (known.size != size) return Field::kOther;
  if (EqualsLower(name, known.name, size)) return known.field;
  // `Content_Length` reads as Content-Length to gateways that pass names on as variables.
  if (known.field == Field::kContentLength && EqualsLower(name, kLookalikeLength, size)) {
    return Field::kLookalike;
  }
  if (known.field == Field::kTransferEncoding && EqualsLower(name, kLookalikeEncoding, size)) {
    return Field::kLookalike;
  }
  return Field::kOther;
}

bool IsForbiddenTrailer(const uint8_t* name, size_t size) {
  if (ClassifyField(name, size) != Field::kOther) return true;
  return std::any_of(std::begin(kForbiddenTrailers), std::end(kForbiddenTrailers),
                     [=](const char* forbidden) {
                       return std::strlen(forbidden) == size && EqualsLower(name, forbidden, size);
                     });
}

bool IsValidHost(const uint8_t* p, size_t size) {
  const uint8_t* const end = p + size;
  if (p != end && *p == '[') {
    // RFC 3986 section 3.2.2: IP-literal. IPvFuture and zone identifiers name nothing here.
    const uint8_t* const inside = ++p;
    while (p != end && (Is(*p, kHexChar) || *p == ':' || *p == '.')) ++p;
    if (p == end || *p != ']' || !IsIpv6(inside, static_cast<size_t>(p - inside))) return false;
    ++p;
  } else {
    for (;;) {
      p = ScanBytes(p, end, kHostChar);
      if (p == end || *p != '%') break;
      if (end - p < 3 || !Is(p[1], kHexChar) || !Is(p[2], kHexChar)) return false;
      p += 3;
    }
  }
  if (p == end) return true;
  if (*p++ != ':') return false;
  uint32_t port = 0;
  for (; p != end; ++p) {
    if (*p < '0' || *p > '9') return false;
    port = port * 10 + (*p - uint32_t{'0'});
    if (port > 65535) return false;
  }
  return true;
}

bool ParseContentLength(const uint8_t* p, size_t size, uint64_t* length) {
  if (size == 0) return false;
  uint64_t value = 0;
  for (size_t i = 0; i < size; ++i) {
    if (p[i] < '0' || p[i] > '9') return false;
    // No overflow: value <= 2^53 before the step.
    value = value * 10 + (p[i] - uint64_t{'0'});
    if (value > kMaxContentLength) return false;
  }
  *length = value;
  return true;
}

Refusal CheckTransferEncoding(const uint8_t* line, size_t line_size, const uint8_t* value,
                              size_t size) {
  const Refusal broken{400, Reason::kBadTransferEncoding};
  // A tab is white space to the grammar and part of the coding's name to some parsers.
  if (std::memchr(line, '\t', line_size) != nullptr) return broken;
  if (EqualsLower(value, size, "chunked")) return {};
  // What is well formed is a coding that we do not know (501); everything else is broken. RFC 9112
  // section 6.3: in a list chunked must be the last coding, and stand nowhere else.
  const uint8_t* const end = value + size;
  const uint8_t* p = value;
  size_t elements = 0;
  for (;;) {
    const uint8_t* const begin = p;
    p = ScanBytes(p, end, kTokenChar);
    if (p == begin) return broken;
    ++elements;
    const bool chunked = EqualsLower(begin, static_cast<size_t>(p - begin), "chunked");
    p = SkipBlanks(p, end);
    if (p == end) {
      if (chunked || elements == 1) return {501, Reason::kUnknownTransferCoding};
      return broken;
    }
    if (*p != ',' || chunked) return broken;
    p = SkipBlanks(p + 1, end);
  }
}

bool ReadUpgrade(const uint8_t* list, size_t size, bool* names_h2c) {
  const uint8_t* const end = list + size;
  bool names_any = false;
  for (const uint8_t* p = list; p != end;) {
    p = SkipBlanks(p, end);
    const uint8_t* const name = p;
    p = ScanBytes(p, end, kTokenChar);
    if (p != name) {
      names_any = true;
      if (EqualsLower(name, static_cast<size_t>(p - name), "h2c")) *names_h2c = true;
      if (p != end && *p == '/') {
        const uint8_t* const version = ++p;
        p = ScanBytes(p, end, kTokenChar);
        if (p == version) return false;
      }
    }
    p = SkipBlanks(p, end);
    if (p == end) break;
    if (*p++ != ',') return false;
  }
  return names_any;
}

}  // namespace sluice::http1
