// Socket addresses as text, and back.
#ifndef SLUICE_NET_ADDRESS_H_
#define SLUICE_NET_ADDRESS_H_

#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace sluice::net {

struct Address {
  sockaddr_storage storage;
  socklen_t length;

  const sockaddr* sockaddr_pointer() const { return reinterpret_cast<const sockaddr*>(&storage); }
  int family() const { return storage.ss_family; }
};

// A literal IPv4 or IPv6 address, the latter with an optional %zone. False when it is neither.
bool ParseIp(const std::string& host, uint16_t port, Address* out);

// A path of the file system, or an abstract name with a leading '@' or NUL.
bool ParseUnixPath(std::string_view path, Address* out);

struct AddressText {
  std::string address;  // or the path; empty for an unnamed unix socket
  uint16_t port = 0;
  int family = 0;  // 4, 6, or 0 for unix sockets
};

AddressText FormatAddress(const Address& address);
// The same of an IP address in network byte order; `family` is 4 or 6.
AddressText FormatIp(const void* bytes, int family, uint16_t port);

// The peer's or our own address of `fd`; false when the kernel does not know it (any more).
bool SocketAddress(int fd, bool peer, AddressText* out);

}  // namespace sluice::net

#endif  // SLUICE_NET_ADDRESS_H_
