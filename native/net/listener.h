// Listening sockets. They belong to whoever opened them, not to a reactor, so that they can
// outlive the thread that accepts from them.
#ifndef SLUICE_NET_LISTENER_H_
#define SLUICE_NET_LISTENER_H_

#include <cstdint>
#include <string>

namespace sluice::net {

struct ListenOptions {
  std::string host;  // literal address
  uint16_t port = 0;
  std::string path;  // not empty: a unix socket
  int backlog = 4096;
  bool reuse_port = false;
  bool ipv6_only = false;
  int defer_seconds = 0;  // TCP_DEFER_ACCEPT: wake us when the first bytes are there
};

struct ListenError {
  int code = 0;  // errno
  const char* system_call = "";
};

// Returns the descriptor of a non-blocking listening socket, or -1 with `error` filled in.
// A stale socket file is replaced only when nobody answers on it.
int OpenListener(const ListenOptions& options, ListenError* error);

// Makes a listening stream socket that another process opened ready for a reactor. False, with
// `error` filled in, when `fd` is something else.
bool InheritListener(int fd, ListenError* error);

}  // namespace sluice::net

#endif  // SLUICE_NET_LISTENER_H_
