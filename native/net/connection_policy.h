// What is allowed to the peers of a listener's connections, or of an upstream's, and how long they
// are waited for. Most connections share one of a few policies.
#ifndef SLUICE_NET_CONNECTION_POLICY_H_
#define SLUICE_NET_CONNECTION_POLICY_H_

#include <cstdint>

#include "net/framer.h"

namespace sluice::net {

// All times are ticks, 0 for ever.
struct ConnectionPolicy {
  CodecLimits limits;
  uint32_t high_watermark = 256 * 1024;  // queued bytes; the low one is a quarter
  uint32_t first_byte_ticks = 0;         // HTTP requests: from ACCEPT to the first byte
  uint32_t head_ticks = 0;               // from a head's first byte to its last
  uint32_t body_ticks = 0;               // between two pieces of a body
  uint32_t min_body_bytes = 0;           // of a body in `body_ticks`
  uint32_t write_ticks = 0;              // the peer takes nothing of our output

  bool operator==(const ConnectionPolicy&) const = default;
};

}  // namespace sluice::net

#endif  // SLUICE_NET_CONNECTION_POLICY_H_
