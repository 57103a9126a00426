// The codec for bytes that do not come from a socket of ours.
#ifndef SLUICE_NET_DIRECT_FRAMER_H_
#define SLUICE_NET_DIRECT_FRAMER_H_

#include "net/reactor.h"

namespace sluice::net {

struct Reactor::DirectFramer {
  DirectFramer(http1::Role role, const http1::Limits& limits, BatchMemory& memory, int32_t id)
      : framer(role, limits), ring(nullptr, 0), host(memory, ring) {
    host.set_subject(id);
  }

  http1::Framer framer;
  RecordRing ring;
  RecordHost host;
};

}  // namespace sluice::net

#endif  // SLUICE_NET_DIRECT_FRAMER_H_
