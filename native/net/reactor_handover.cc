// What becomes of a worker's connections when its engine dies: others go on with them.
//
//   nothing was read of it, or nothing is unanswered  -> taken over as it is; the former once
//   its PROXY header has not come                     -> the same, as often as need be
//   a head has begun                                  -> taken over; its bytes are read again
//   idempotent requests without a byte of an answer   -> the same, once: two workers that die with
//                                                        them are enough
//   others without a byte of an answer                -> 502, and the connection ends
//   everything else                                   -> closed
//
// The engine tells in shared memory how many requests of each connection it has answered, so that
// native code knows without a call; all output of these answers was queued before. Who sent the
// event that the engine has died with is not served again: it may be the reason.
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

#include "net/reactor.h"

namespace sluice::net {

namespace {

constexpr std::string_view kBadGateway =
    "HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

}  // namespace

// Whether the engine has answered all requests of a client, as far as it is framed here.
bool Reactor::IsAnswered(uint32_t id, const Connection& connection) const {
  return connection.framer_kind == kFramerHttpRequest && connection.framer &&
         connection.framer->asked() == Answered(id);
}

// Nothing has begun that is not over.
bool Reactor::IsQuiet(uint32_t id, const Connection& connection) const {
  return IsAnswered(id, connection) && connection.framer->idle();
}

// Called with all bytes of requests once the framer has seen them. `is_fresh`: nothing had begun.
void Reactor::Remember(Connection& connection, const uint8_t* data, size_t size, bool is_fresh) {
  const bool is_idempotent = host_.TakeAreIdempotent();
  Framer& framer = *connection.framer;
  const size_t before = is_fresh ? 0 : framer.last_request().size();
  if (is_fresh) connection.answering = false;
  if (!is_fresh && !connection.repeatable) return;
  connection.repeatable = is_idempotent && before + size <= kMaxRepeatBytes;
  if (!connection.repeatable) {
    framer.Forget();
  } else if (is_fresh) {
    framer.Remember(data, size);
  } else {
    framer.RememberMore(data, size);
  }
}

// Gives the connection away as far as that is possible. False: it is to be closed.
bool Reactor::HandOver(uint32_t id, Connection& connection) {
  HandedOver out;
  if (!IsTransferable(id, connection, &out)) return false;
  out.fd = connection.fd;
  if (id < greetings_.size()) out.greeting = std::move(greetings_[id]);
  if (out.lingers) {
    const auto size = static_cast<ssize_t>(kBadGateway.size());
    if (send(out.fd, kBadGateway.data(), kBadGateway.size(), MSG_NOSIGNAL) != size) return false;
    shutdown(out.fd, SHUT_WR);
  }
  epoll_ctl(epoll_fd_, EPOLL_CTL_DEL, out.fd, nullptr);
  if (!PutHandedOver(rows_[id], std::move(out))) return false;
  connection.fd = -1;
  live_--;
  return true;
}

bool Reactor::IsTransferable(uint32_t id, const Connection& connection, HandedOver* out) const {
  const bool is_greeting = connection.state == Connection::State::kGreeting;
  const bool is_open = connection.state == Connection::State::kOpen;
  if ((!is_open && !is_greeting) || !connection.accepted || rows_[id] < 0 ||
      connection.write_error != 0 || connection.end_requested || connection.queued() > 0) {
    return false;
  }
  const bool is_culprit = Int(id) == culprit_;
  if (is_greeting) {
    // What has come of the header lies in the kernel's buffer still.
    out->is_new = true;
    return !is_culprit && !connection.peer_done;
  }
  if (!connection.framer) {
    // Some engines are at work as soon as there is a connection, and may have died of that.
    out->repeats = out->is_new = true;
    return !is_culprit && !connection.repeated && !connection.unframed && !connection.answering &&
           !connection.peer_done;
  }
  const Framer& framer = *connection.framer;
  if (connection.framer_kind != kFramerHttpRequest || framer.failed()) return false;
  const uint32_t answered = Answered(id);
  if (framer.asked() == answered) {
    out->bytes = framer.pending_head();
    return !is_culprit && !connection.peer_done && (framer.idle() || framer.in_head());
  }
  if (connection.answering || answered > framer.asked()) return false;
  out->repeats = connection.repeatable && !connection.repeated && !is_culprit;
  out->lingers = !out->repeats;
  if (out->repeats) out->bytes = framer.last_request();
  return true;
}

int Reactor::TakeOver(int32_t row, int32_t listener_id, bool* is_new) {
  if (closed_) return -ECANCELED;
  if (!in_batch_) UpdateClock();
  const auto listener = std::find_if(
      listeners_.begin(), listeners_.end(),
      [listener_id](const Listener& one) { return one.fd >= 0 && one.id == listener_id; });
  HandedOver taken;
  while (listener != listeners_.end() && TakeHandedOver(row, &taken)) {
    const uint32_t id = NewConnection(taken.fd, Connection::State::kOpen, listener->policy);
    Connection& connection = connections_[id];
    connection.accepted = true;
    rows_[id] = row;
    SetInterest(id, connection, false);
    if (taken.lingers) {
      Linger(id, connection);
      continue;
    }
    counters_[kTakenOver]++;
    connection.repeated = taken.repeats;
    if (taken.greeting) {
      if (id >= greetings_.size()) greetings_.resize(connections_.size());
      greetings_[id] = std::move(taken.greeting);
    }
    if (!taken.bytes.empty()) {
      connection.inherited = connection.readable = true;
      inherited_[id] = std::move(taken.bytes);
      ReadLater(id, connection);
    }
    *is_new = taken.is_new;
    return static_cast<int>(id);
  }
  return -ENOENT;
}

// Like recv(), but what another worker has read of the connection comes first.
ssize_t Reactor::Receive(uint32_t id, Connection& connection, uint8_t* data, size_t size) {
  if (!connection.inherited) {
    counters_[kSyscalls]++;
    return recv(connection.fd, data, size, 0);
  }
  std::string& bytes = inherited_[id];
  const size_t taken = std::min(size, bytes.size());
  std::memcpy(data, bytes.data(), taken);
  bytes.erase(0, taken);
  if (bytes.empty()) {
    inherited_.erase(id);
    connection.inherited = false;
  }
  return static_cast<ssize_t>(taken);
}

}  // namespace sluice::net
