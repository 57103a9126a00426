// Who the ends of a connection are: by the kernel, or by the PROXY header that it began with.
#include <sys/socket.h>

#include <cerrno>

#include "net/reactor.h"

namespace sluice::net {

namespace {

constexpr int kBadRequest = 400;

}  // namespace

// The header is looked at where it lies in the kernel's buffer, and taken from there when it is
// complete: what comes behind it is read as if nothing had been before.
void Reactor::ReadGreeting(uint32_t id, Connection& connection) {
  uint8_t bytes[proxy::kMaxHeaderBytes];
  ssize_t seen;
  do {
    seen = recv(connection.fd, bytes, sizeof(bytes), MSG_PEEK);
    counters_[kSyscalls]++;
  } while (seen < 0 && errno == EINTR);
  if (seen < 0) {
    if (errno != EAGAIN) Fail(id, connection, errno);
    return;
  }
  if (seen == 0) {
    connection.peer_done = connection.read_done = true;
    Event(kEvEnd, id);
    return;
  }
  proxy::Header header;
  proxy::Reason reason = proxy::Reason::kNone;
  switch (proxy::Parse(bytes, static_cast<size_t>(seen), &header, &reason)) {
    case proxy::Result::kPartial:
      if (connection.fin_waits) RefuseGreeting(id, connection, proxy::Reason::kTruncated);
      return;
    case proxy::Result::kBad:
      RefuseGreeting(id, connection, reason);
      return;
    case proxy::Result::kComplete:
      break;
  }
  recv(connection.fd, bytes, header.bytes, 0);
  counters_[kSyscalls]++;
  counters_[kBytesRead] += static_cast<double>(header.bytes);
  if (header.family != 0) {
    if (id >= greetings_.size()) greetings_.resize(connections_.size());
    greetings_[id] = std::make_unique<proxy::Header>(header);
  }
  connection.state = Connection::State::kOpen;
  connection.unframed = true;
  // Until the engine resumes it, which has to choose a framer for the rest.
  connection.paused = true;
  const auto size = static_cast<size_t>(seen);
  connection.readable = size > header.bytes || size == sizeof(bytes) || connection.fin_waits;
  Event(kEvConnect, id)[2] = 0;
}

void Reactor::RefuseGreeting(uint32_t id, Connection& connection, proxy::Reason reason) {
  connection.read_done = true;
  counters_[kBadProxyHeaders]++;
  int32_t* record = Event(kEvBad, id);
  record[2] = kBadRequest;
  record[3] = kProxyReasons + static_cast<int32_t>(reason);
}

bool Reactor::AddressOf(int32_t id, bool peer, AddressText* out) {
  const Connection* connection = connections_.Find(id);
  if (connection == nullptr || connection->fd < 0) return false;
  const size_t index = static_cast<uint32_t>(id);
  if (index < greetings_.size() && greetings_[index]) {
    const proxy::Header& header = *greetings_[index];
    const proxy::Endpoint& end = peer ? header.source : header.destination;
    *out = FormatIp(end.address, header.family, end.port);
    return true;
  }
  return SocketAddress(connection->fd, peer, out);
}

std::string_view Reactor::ClientAddress(int32_t id) {
  const Connection* connection = connections_.Find(id);
  if (connection == nullptr || !connection->accepted || connection->fd < 0) return {};
  const auto index = static_cast<size_t>(id);
  if (index >= clients_.size()) clients_.resize(connections_.size());
  std::unique_ptr<std::string>& client = clients_[index];
  if (client == nullptr) {
    AddressText text;
    client = std::make_unique<std::string>();
    // A Unix socket has a path or nothing: neither is the client's.
    if (AddressOf(id, true, &text) && text.family != 0) {
      constexpr std::string_view kMapped = "::ffff:";
      const bool is_mapped =
          text.address.starts_with(kMapped) && text.address.find('.') != std::string::npos;
      *client = is_mapped ? text.address.substr(kMapped.size()) : text.address;
    }
  }
  return *client;
}

}  // namespace sluice::net
