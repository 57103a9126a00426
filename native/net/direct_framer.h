// The codec for bytes that do not come from a socket of ours.
#ifndef SLUICE_NET_DIRECT_FRAMER_H_
#define SLUICE_NET_DIRECT_FRAMER_H_

#include "net/reactor.h"

namespace sluice::net {

struct Reactor::DirectFramer {
  DirectFramer(FramerKind kind, const CodecLimits& limits, BatchMemory& memory, double* counters,
               int32_t id, int32_t client)
      : framer(kind, limits), ring(nullptr, 0), host(memory, ring, counters) {
    host.set_subject(id);
    host.set_client(client);
  }

  Framer framer;
  RecordRing ring;
  RecordHost host;
};

}  // namespace sluice::net

#endif  // SLUICE_NET_DIRECT_FRAMER_H_
