#include "net/datagram.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "net/address.h"

namespace sluice::net {

int SendDatagram(const std::string& path, const std::string& text) {
  Address address{};
  if (!ParseUnixPath(path, &address)) return -EINVAL;
  const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return -errno;
  const ssize_t sent = sendto(fd, text.data(), text.size(), MSG_NOSIGNAL,
                              address.sockaddr_pointer(), address.length);
  const int result = sent < 0 ? -errno : 0;
  close(fd);
  return result;
}

}  // namespace sluice::net
