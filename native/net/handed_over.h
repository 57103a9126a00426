// Connections whose worker has died and that wait for another one to take them over.
//
//   reactor of the dead worker --PutHandedOver--> list of the row --TakeHandedOver--> another's
//                                                      |
//                                                      +--CloseHandedOver--> closed: nobody came
//
// A row is a listener of the process, whose sockets all workers accept from: its number is never
// given to another one. This list is the only thing here that threads share, and they share it when
// one of them dies.
#ifndef SLUICE_NET_HANDED_OVER_H_
#define SLUICE_NET_HANDED_OVER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "codec/proxy_header.h"

namespace sluice::net {

// A request that is longer, as far as it has been read, is not begun anew by another worker.
inline constexpr size_t kMaxRepeatBytes = 16 * 1024;
// Connections that wait for another worker; further ones are closed.
inline constexpr size_t kMaxHandedOver = 16384;

struct HandedOver {
  int fd = -1;
  // Everything is said; the peer may still have to read it.
  bool lingers = false;
  // A worker has died with what is to be done for it.
  bool repeats = false;
  // Nobody has looked at it yet: it is as if it had just been accepted.
  bool is_new = false;
  // What the peer has sent and nobody has answered.
  std::string bytes;
  // What its PROXY header has told, if there was one.
  std::unique_ptr<proxy::Header> greeting;
  uint64_t since_ms = 0;
};

// Gives a descriptor away; false when there are too many, and it stays the caller's.
bool PutHandedOver(int32_t row, HandedOver&& connection);
// Takes the one that has waited longest; false if there is none.
bool TakeHandedOver(int32_t row, HandedOver* connection);
size_t CountHandedOver(int32_t row);
// Closes those that have waited for so long.
void CloseHandedOver(int32_t row, uint64_t waited_ms);

}  // namespace sluice::net

#endif  // SLUICE_NET_HANDED_OVER_H_
