// The header of the PROXY protocol, versions 1 and 2: what a connection begins with to tell on
// whose behalf it was made (haproxy.org/download/3.0/doc/proxy-protocol.txt).
//
// A header is parsed from its first byte on as often as more of it has come: it is short, and so
// nothing has to be remembered in between.
#ifndef SLUICE_CODEC_PROXY_HEADER_H_
#define SLUICE_CODEC_PROXY_HEADER_H_

#include <cstddef>
#include <cstdint>

namespace sluice::proxy {

// A header of version 2 could have 64 KB; nobody has found use for more than this.
inline constexpr size_t kMaxHeaderBytes = 4096;

struct Endpoint {
  uint8_t address[16];  // network byte order; the first four bytes of IPv4
  uint16_t port;
};

struct Header {
  size_t bytes = 0;
  // 4 or 6; 0: the connection speaks for itself (LOCAL, UNKNOWN), or for something without an IP
  // address.
  int family = 0;
  Endpoint source{};
  Endpoint destination{};
};

enum class Result { kComplete, kPartial, kBad };

enum class Reason : int32_t {
  kNone = 0,
  kSignature,
  kLine,
  kAddress,
  kPort,
  kTooLong,
  kVersion,
  kCommand,
  kFamily,
  kTransport,
  kLength,
  kVector,
  kChecksum,
  kTruncated,  // for users: the connection ended in the header
  kCount,
};

// kComplete fills in `header`, kBad `reason`. What is bad is told as soon as it is seen.
Result Parse(const uint8_t* data, size_t size, Header* header, Reason* reason);

const char* ReasonText(Reason reason);

}  // namespace sluice::proxy

#endif  // SLUICE_CODEC_PROXY_HEADER_H_
