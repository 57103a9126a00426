#include "net/address.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <cstddef>
#include <cstring>

namespace sluice::net {

bool ParseIp(const std::string& host, uint16_t port, Address* out) {
  std::memset(out, 0, sizeof(*out));
  auto* v4 = reinterpret_cast<sockaddr_in*>(&out->storage);
  if (inet_pton(AF_INET, host.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
    out->length = sizeof(*v4);
    return true;
  }
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&out->storage);
  std::memset(out, 0, sizeof(*out));
  const size_t zone = host.find('%');
  if (inet_pton(AF_INET6, host.substr(0, zone).c_str(), &v6->sin6_addr) != 1) return false;
  if (zone != std::string::npos) {
    v6->sin6_scope_id = if_nametoindex(host.c_str() + zone + 1);
    if (v6->sin6_scope_id == 0) return false;
  }
  v6->sin6_family = AF_INET6;
  v6->sin6_port = htons(port);
  out->length = sizeof(*v6);
  return true;
}

bool ParseUnixPath(std::string_view path, Address* out) {
  std::memset(out, 0, sizeof(*out));
  auto* un = reinterpret_cast<sockaddr_un*>(&out->storage);
  if (path.empty() || path.size() >= sizeof(un->sun_path)) return false;
  un->sun_family = AF_UNIX;
  std::memcpy(un->sun_path, path.data(), path.size());
  size_t length = offsetof(sockaddr_un, sun_path) + path.size();
  if (path[0] == '@' || path[0] == '\0') {
    un->sun_path[0] = '\0';
  } else {
    if (path.find('\0') != std::string_view::npos) return false;
    length++;
  }
  out->length = static_cast<socklen_t>(length);
  return true;
}

AddressText FormatIp(const void* bytes, int family, uint16_t port) {
  char buffer[INET6_ADDRSTRLEN] = "";
  inet_ntop(family == 4 ? AF_INET : AF_INET6, bytes, buffer, sizeof(buffer));
  return AddressText{buffer, port, family};
}

AddressText FormatAddress(const Address& address) {
  AddressText text;
  if (address.family() == AF_INET) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(&address.storage);
    text = FormatIp(&v4->sin_addr, 4, ntohs(v4->sin_port));
  } else if (address.family() == AF_INET6) {
    const auto* v6 = reinterpret_cast<const sockaddr_in6*>(&address.storage);
    text = FormatIp(&v6->sin6_addr, 6, ntohs(v6->sin6_port));
  } else if (address.family() == AF_UNIX) {
    const auto* un = reinterpret_cast<const sockaddr_un*>(&address.storage);
    const size_t size = address.length - offsetof(sockaddr_un, sun_path);
    if (address.length > offsetof(sockaddr_un, sun_path)) {
      const bool is_abstract = un->sun_path[0] == '\0';
      text.address.assign(un->sun_path, is_abstract ? size : strnlen(un->sun_path, size));
      if (is_abstract) text.address[0] = '@';
    }
  }
  return text;
}

bool SocketAddress(int fd, bool peer, AddressText* out) {
  Address address{};
  address.length = sizeof(address.storage);
  auto* pointer = reinterpret_cast<sockaddr*>(&address.storage);
  const int result =
      peer ? getpeername(fd, pointer, &address.length) : getsockname(fd, pointer, &address.length);
  if (result != 0) return false;
  *out = FormatAddress(address);
  return true;
}

}  // namespace sluice::net
