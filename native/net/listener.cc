#include "net/listener.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>

#include "net/address.h"

namespace sluice::net {

namespace {

int Fail(int fd, const char* system_call, ListenError* error) {
  error->code = errno;
  error->system_call = system_call;
  if (fd >= 0) close(fd);
  return -1;
}

// Removes the socket file of a server that is gone. Keeps everything else.
bool RemoveStaleSocket(const Address& address, const std::string& path) {
  struct stat status {};
  if (lstat(path.c_str(), &status) != 0 || !S_ISSOCK(status.st_mode)) return false;
  const int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (probe < 0) return false;
  const bool refused =
      connect(probe, address.sockaddr_pointer(), address.length) != 0 && errno == ECONNREFUSED;
  close(probe);
  return refused && unlink(path.c_str()) == 0;
}

}  // namespace

int OpenListener(const ListenOptions& options, ListenError* error) {
  const bool is_unix = !options.path.empty();
  Address address{};
  const bool valid = is_unix ? ParseUnixPath(options.path, &address)
                             : ParseIp(options.host, options.port, &address);
  if (!valid) {
    errno = EINVAL;
    return Fail(-1, "listen", error);
  }
  const int fd = socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return Fail(fd, "socket", error);
  const int on = 1;
  if (!is_unix) {
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0) {
      return Fail(fd, "setsockopt", error);
    }
    if (options.reuse_port && setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) != 0) {
      return Fail(fd, "setsockopt", error);
    }
    if (address.family() == AF_INET6) {
      const int only = options.ipv6_only ? 1 : 0;
      if (setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof(only)) != 0) {
        return Fail(fd, "setsockopt", error);
      }
    }
    if (options.defer_seconds > 0) {
      setsockopt(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, &options.defer_seconds,
                 sizeof(options.defer_seconds));
    }
  }
  int result = bind(fd, address.sockaddr_pointer(), address.length);
  if (result != 0 && errno == EADDRINUSE && is_unix) {
    result = RemoveStaleSocket(address, options.path)
                 ? bind(fd, address.sockaddr_pointer(), address.length)
                 : -1;
    if (result != 0) errno = EADDRINUSE;
  }
  if (result != 0) return Fail(fd, "bind", error);
  if (listen(fd, options.backlog) != 0) return Fail(fd, "listen", error);
  return fd;
}

bool InheritListener(int fd, ListenError* error) {
  const auto fail = [error](const char* system_call, int code) {
    error->code = code;
    error->system_call = system_call;
    return false;
  };
  int type = 0;
  int listens = 0;
  socklen_t size = sizeof(int);
  if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) != 0) return fail("getsockopt", errno);
  size = sizeof(int);
  if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) != 0) {
    return fail("getsockopt", errno);
  }
  if (type != SOCK_STREAM || listens == 0) return fail("listen", EINVAL);
  const int flags = fcntl(fd, F_GETFL);
  if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0) return fail("fcntl", errno);
  if (fcntl(fd, F_SETFD, FD_CLOEXEC) != 0) return fail("fcntl", errno);
  return true;
}

}  // namespace sluice::net
