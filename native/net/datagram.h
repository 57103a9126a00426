// One message to a unix datagram socket: how a service tells its manager what it does.
#ifndef SLUICE_NET_DATAGRAM_H_
#define SLUICE_NET_DATAGRAM_H_

#include <string>

namespace sluice::net {

// Sends `text` to a path, or to an abstract name with a leading '@'. Never waits: a message that
// finds no room is lost. 0 or a negative errno.
int SendDatagram(const std::string& path, const std::string& text);

}  // namespace sluice::net

#endif  // SLUICE_NET_DATAGRAM_H_
