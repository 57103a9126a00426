// The reactor's sockets: accepting, connecting, reading, closing.
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "net/reactor.h"

namespace sluice::net {

namespace {

// How many connections one wake-up takes, so that those already accepted are served in between.
constexpr uint32_t kAcceptsPerWake = 64;
// Less room than this is not worth a recv(): a new chunk is begun.
constexpr uint32_t kLeastRead = 16 * 1024;
constexpr uint32_t kLingerBytes = 256 * 1024;
constexpr uint32_t kScratchBytes = 16 * 1024;
// As in reactor.cc: when a batch is large enough to be served.
constexpr size_t kReadAhead = size_t{256} * 1024;
constexpr uint32_t kReadMargin = 64;
// Of a client connection, in the kernel. What is sent and not acknowledged yet does not count.
constexpr int kUnsentBytes = 128 * 1024;
constexpr uint32_t kListenerBit = 1u << 31;
// Edge-triggered: level-triggered, the kernel looks at every socket once more after it was served.
constexpr uint32_t kReadable = EPOLLIN | EPOLLRDHUP | EPOLLET;

void SetNoDelay(int fd) {
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));  // fails for unix sockets: no matter
}

// What a slow client does not take waits in our queue, whose limits we know, and not in the kernel,
// which would keep megabytes for each until it runs short of memory for all connections.
void LimitUnsent(int fd) {
  const int bytes = kUnsentBytes;
  setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &bytes, sizeof(bytes));  // as above
}

uint64_t Tag(uint32_t id, uint32_t generation) { return (uint64_t{generation} << 32) | id; }

}  // namespace

int Reactor::AddListener(int fd, int32_t listener_id, int32_t row) {
  if (closed_) return -ECANCELED;
  uint32_t index = 0;
  while (index < listeners_.size() && listeners_[index].fd >= 0) index++;
  if (index == listeners_.size()) listeners_.emplace_back();
  Listener& listener = listeners_[index];
  listener.fd = fd;
  listener.id = listener_id;
  listener.generation++;
  listener.retry_at = TimerWheel::kNever;
  listener.policy = 0;
  listener.row = row;
  // Accepted sockets inherit both, which saves system calls for each.
  SetNoDelay(fd);
  LimitUnsent(fd);
  if (!WatchListener(index)) {
    listener.fd = -1;
    return -errno;
  }
  listening_++;
  UpdateKeepAlive();
  return 0;
}

bool Reactor::WatchListener(uint32_t index) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = Tag(index | kListenerBit, listeners_[index].generation);
  return epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, listeners_[index].fd, &event) == 0;
}

int Reactor::RemoveListener(int32_t listener_id) {
  for (Listener& listener : listeners_) {
    if (listener.fd < 0 || listener.id != listener_id) continue;
    epoll_ctl(epoll_fd_, EPOLL_CTL_DEL, listener.fd, nullptr);
    listener.fd = -1;
    listener.generation++;
    listening_--;
    UpdateKeepAlive();
    return 0;
  }
  return -ENOENT;
}

int Reactor::SetListenerPolicy(int32_t listener_id, uint32_t policy) {
  if (policy >= policies_.size()) return -EINVAL;
  for (Listener& listener : listeners_) {
    if (listener.fd < 0 || listener.id != listener_id) continue;
    listener.policy = static_cast<uint16_t>(policy);
    return 0;
  }
  return -ENOENT;
}

void Reactor::Accept(uint32_t index) {
  const int listener_fd = listeners_[index].fd;
  // Asking once more than there are connections costs a system call. Level-triggered, the kernel
  // tells again of those that were left, so we ask for as many as there were the last time.
  uint32_t& expected = listeners_[index].expected;
  const uint32_t asked = expected;
  for (uint32_t i = 0; i < asked; i++) {
    const int fd = accept4(listener_fd, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    counters_[kSyscalls]++;
    if (fd < 0) {
      if (errno == EAGAIN) {
        expected = std::max(i, 1u);
        return;
      }
      counters_[kAcceptErrors]++;
      if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS) {
        int32_t* record = Event(kEvAccept, kNoConnection);
        record[2] = listeners_[index].id;
        record[3] = errno;
        // Level-triggered, the listener would wake us for ever: look away for a tick.
        epoll_ctl(epoll_fd_, EPOLL_CTL_DEL, listener_fd, nullptr);
        listeners_[index].retry_at = now_ + 1;
        StartTicking();
        return;
      }
      continue;  // ECONNABORTED and the like concern one connection
    }
    counters_[kAccepts]++;
    const uint32_t id = NewConnection(fd, Connection::State::kOpen, listeners_[index].policy);
    connections_[id].accepted = true;
    rows_[id] = listeners_[index].row;
    SetInterest(id, connections_[id], false);
    Event(kEvAccept, id)[2] = listeners_[index].id;
  }
  expected = std::min(asked * 2, kAcceptsPerWake);
}

uint32_t Reactor::NewConnection(int fd, Connection::State state, uint16_t policy) {
  const uint32_t id = connections_.Allocate();
  if (id >= rows_.size()) rows_.resize(connections_.size());
  rows_[id] = -1;
  if (id < kAnsweredCount) memory_->answered()[id] = 0;
  Connection& connection = connections_[id];
  const uint32_t generation = connection.generation + 1;
  connection = Connection{};
  connection.generation = generation;
  connection.fd = fd;
  connection.state = state;
  connection.last_read = connection.last_written = now_;
  connection.policy = policy;
  connection.high_watermark = policies_[policy].high_watermark;
  live_++;
  return id;
}

int Reactor::AdoptConnection(int fd) {
  if (closed_) return -ECANCELED;
  const int flags = fcntl(fd, F_GETFL);
  if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0) return -errno;
  SetNoDelay(fd);
  const uint32_t id = NewConnection(fd, Connection::State::kOpen, 0);
  SetInterest(id, connections_[id], false);
  UpdateKeepAlive();
  return static_cast<int>(id);
}

int Reactor::ReleaseConnection(int32_t id) {
  Execute();
  Connection* connection = connections_.Find(id);
  if (connection == nullptr || connection->state != Connection::State::kOpen) return -EBADF;
  if (connection->queued() > 0) return -EBUSY;
  const int fd = connection->fd;
  if (connection->registered) epoll_ctl(epoll_fd_, EPOLL_CTL_DEL, fd, nullptr);
  connection->fd = -1;
  connection->registered = false;
  live_--;
  FreeConnection(static_cast<uint32_t>(id), *connection);
  if (!in_batch_) Kick();
  return fd;
}

int Reactor::Connect(const Address& address, uint32_t timeout_ms, uint32_t policy) {
  if (closed_) return -ECANCELED;
  if (policy >= policies_.size()) return -EINVAL;
  const int fd = socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -errno;
  if (address.family() != AF_UNIX) SetNoDelay(fd);
  const int result = connect(fd, address.sockaddr_pointer(), address.length);
  counters_[kSyscalls] += 3;
  if (result != 0 && errno != EINPROGRESS) {
    const int error = errno;
    close(fd);
    return -error;
  }
  counters_[kConnects]++;
  if (!in_batch_) UpdateClock();
  const uint32_t id =
      NewConnection(fd, Connection::State::kConnecting, static_cast<uint16_t>(policy));
  Connection& connection = connections_[id];
  if (result == 0) {
    connection.state = Connection::State::kOpen;
    SetInterest(id, connection, false);
    Event(kEvConnect, id)[2] = 0;
    Kick();
  } else {
    SetInterest(id, connection, true);
    if (timeout_ms > 0) {
      connection.native_due = TickAfter(timeout_ms);
      Arm(id, connection);
    }
  }
  if (!in_batch_) {
    UpdateKeepAlive();
    if (!wheel_.empty()) StartTicking();
  }
  return static_cast<int>(id);
}

void Reactor::OnConnectionEvent(uint32_t id, uint32_t generation, uint32_t events) {
  Connection& connection = connections_[id];
  if (connection.generation != generation || connection.fd < 0) return;
  switch (connection.state) {
    case Connection::State::kConnecting:  // -> Open | Dead
      FinishConnect(id, connection);
      if (connection.state != Connection::State::kOpen) return;
      break;
    case Connection::State::kLingering:  // -> Free
      Discard(id, connection);
      return;
    case Connection::State::kGreeting:  // -> Open | Dead
      if ((events & (EPOLLRDHUP | EPOLLHUP)) != 0) connection.fin_waits = true;
      if (!connection.read_done) ReadGreeting(id, connection);
      return;
    case Connection::State::kClosing:  // -> Lingering | Free, when the output is sent or refused
      connection.blocked = false;
      MarkDirty(id, connection);
      return;
    case Connection::State::kOpen:
      break;
    case Connection::State::kFree:
    case Connection::State::kDead:
      return;
  }
  if ((events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0 && connection.blocked) {
    connection.blocked = false;
    MarkDirty(id, connection);
  }
  if ((events & ~static_cast<uint32_t>(EPOLLOUT)) == 0) return;
  connection.readable = true;
  if ((events & (EPOLLRDHUP | EPOLLHUP)) != 0) connection.fin_waits = true;
  if (!connection.read_done && !connection.paused && !connection.starved) {
    Read(id, connection);
  } else if ((events & EPOLLERR) != 0) {
    int error = 0;
    socklen_t length = sizeof(error);
    getsockopt(connection.fd, SOL_SOCKET, SO_ERROR, &error, &length);
    Fail(id, connection, error != 0 ? error : ECONNRESET);
  }
}

// Bytes of a response are here, and nobody behind the framer has heard of them.
bool Reactor::InResponseHead(const Connection& connection) {
  return connection.framer && connection.framer_kind == kFramerHttpResponse &&
         connection.framer->in_head();
}

// Puts a connection on the list of those to read although epoll will not tell.
void Reactor::ReadLater(uint32_t id, Connection& connection) {
  if (connection.ready) return;
  connection.ready = true;
  ready_.push_back(id);
}

void Reactor::ReadReady() {
  if (ready_.empty()) return;
  reading_.swap(ready_);
  for (const uint32_t id : reading_) {
    Connection& connection = connections_[id];
    if (!connection.ready || closed_ || gone_) continue;
    connection.ready = false;
    if (connection.state == Connection::State::kLingering) {
      Discard(id, connection);
    } else if (connection.state == Connection::State::kOpen && connection.readable &&
               !connection.read_done && !connection.paused && !connection.starved) {
      Read(id, connection);
    }
    if (batch_bytes_ >= kReadAhead || events_.room() < kReadMargin) RunBatch();
  }
  reading_.clear();
}

void Reactor::FinishConnect(uint32_t id, Connection& connection) {
  int error = 0;
  socklen_t length = sizeof(error);
  if (getsockopt(connection.fd, SOL_SOCKET, SO_ERROR, &error, &length) != 0) error = errno;
  counters_[kSyscalls]++;
  if (error != 0) {
    Fail(id, connection, error, kEvConnect);
    return;
  }
  connection.state = Connection::State::kOpen;
  connection.native_due = TimerWheel::kNever;
  connection.last_read = connection.last_written = now_;
  Event(kEvConnect, id)[2] = 0;
  MarkDirty(id, connection);
}

void Reactor::Read(uint32_t id, Connection& connection) {
  // What arrives together leaves in one send: a few reads in a row, if there is memory enough.
  const Allowance& allowance = batch_.slab.allowance();
  int full_reads = 0;
  for (;;) {
    if (batch_.input.room() < kLeastRead &&
        (batch_.slab.free_count() <= batch_.reserve || !batch_.input.Ensure(kChunkBytes))) {
      Starve(id, connection);
      return;
    }
    uint8_t* data = batch_.input.at();
    const uint32_t room = std::min(batch_.input.room(), allowance.read_bytes);
    const bool is_inherited = connection.inherited;
    const ssize_t received = Receive(id, connection, data, room);
    if (received < 0) {
      if (errno == EINTR) continue;
      connection.readable = false;
      if (errno != EAGAIN) {
        Fail(id, connection, connection.write_error != 0 ? connection.write_error : errno);
      }
      return;
    }
    if (received == 0) {
      connection.readable = false;
      ReadEnd(id, connection);
      return;
    }
    const uint32_t size = static_cast<uint32_t>(received);
    batch_.input.ConsumeAligned(size);
    batch_bytes_ += size;
    counters_[kBytesRead] += size;
    connection.last_read = now_;
    connection.phase_bytes += size;
    if (connection.framer) {
      const bool is_fresh = IsQuiet(id, connection);
      host_.set_subject(Int(id));
      host_.set_in_message(connection.in_message);
      connection.framer->Feed(data, size, host_);
      connection.in_message = host_.in_message();
      const uint32_t heads = host_.TakeHeads();
      const bool has_begun = heads > 0;
      if (connection.framer_kind == kFramerHttpRequest) {
        connection.framer->set_asked(connection.framer->asked() + heads);
        if (is_fresh && !is_inherited) connection.repeated = false;
        Remember(connection, data, size, is_fresh);
      }
      if (connection.framer->failed()) {
        connection.read_done = true;
        connection.phase = kPhaseIdle;
        MarkDirty(id, connection);
        return;
      }
      const Phase phase = connection.framer->in_head() ? kPhaseHead
                          : connection.in_message      ? kPhaseBody
                                                       : kPhaseIdle;
      if (has_begun || phase != connection.phase) EnterPhase(id, connection, phase);
    } else {
      int32_t* record = Event(kEvData, id);
      record[2] = Int(batch_.slab.OffsetOf(data));
      record[3] = Int(size);
      connection.unframed = true;
    }
    if (size == room || is_inherited) {
      // There may be more, but after a few chunks the others come first.
      if (++full_reads < allowance.reads && !connection.paused) continue;
      ReadLater(id, connection);
      return;
    }
    // The peer's FIN is here too: its END belongs into the same batch as its last bytes.
    if (!connection.fin_waits) {
      connection.readable = false;
      return;
    }
  }
}

void Reactor::ReadEnd(uint32_t id, Connection& connection) {
  connection.peer_done = connection.read_done = true;
  MarkDirty(id, connection);
  bool is_complete = true;
  const bool in_head = InResponseHead(connection);
  // Who has ended a request in its middle may still read why it was not served.
  const bool tells = connection.framer && connection.framer_kind == kFramerHttpRequest &&
                     connection.write_error == 0;
  if (connection.framer) {
    host_.set_subject(Int(id));
    host_.set_mute_errors(!tells);
    is_complete = connection.framer->Finish(host_);
    host_.set_mute_errors(false);
  }
  if (connection.write_error != 0) {
    Fail(id, connection, connection.write_error);
  } else if (!is_complete && tells) {
    connection.phase = kPhaseIdle;
  } else if (!is_complete) {
    Fail(id, connection, in_head ? kErrInHead : EPROTO);
  } else {
    Event(kEvEnd, id);
  }
}

void Reactor::Discard(uint32_t id, Connection& connection) {
  if (scratch_.size() < kScratchBytes) scratch_.resize(kScratchBytes);
  const ssize_t received = recv(connection.fd, scratch_.data(), kScratchBytes, 0);
  counters_[kSyscalls]++;
  if (received < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (received > 0) {
    connection.phase_bytes += static_cast<uint32_t>(received);
    if (connection.phase_bytes < kLingerBytes) {
      ReadLater(id, connection);
      return;
    }
  }
  CloseDescriptor(connection);
  FreeConnection(id, connection);
}

void Reactor::Starve(uint32_t id, Connection& connection) {
  counters_[kStarvations]++;
  connection.starved = true;
  starved_.push_back(id);
  MarkDirty(id, connection);
}

void Reactor::Fail(uint32_t id, Connection& connection, int error, EventKind kind) {
  if (InResponseHead(connection)) error = kErrInHead;
  DropOutput(connection);
  CloseDescriptor(connection);
  if (!connection.usable()) {
    FreeConnection(id, connection);
    return;
  }
  connection.state = Connection::State::kDead;
  wheel_.Clear(id);
  Event(kind, id)[2] = error;
}

void Reactor::CloseDescriptor(Connection& connection) {
  if (connection.fd < 0) return;
  close(connection.fd);  // leaves the epoll set with it
  counters_[kSyscalls]++;
  connection.fd = -1;
  connection.registered = false;
  connection.asks_writable = false;
  live_--;
}

void Reactor::FreeConnection(uint32_t id, Connection& connection) {
  connection.state = Connection::State::kFree;
  connection.generation++;
  connection.starved = false;
  connection.framer.reset();
  if (connection.inherited) inherited_.erase(id);
  if (id < clients_.size()) clients_[id].reset();
  if (id < greetings_.size()) greetings_[id].reset();
  wheel_.Clear(id);
  freed_.push_back(id);
  stale_events_ = true;
}

void Reactor::UpdateInterest(uint32_t id, Connection& connection) {
  if (connection.fd < 0) return;
  // Once asked for, EPOLLOUT stays: edge-triggered it costs nothing until the buffer was full.
  if (!connection.blocked || connection.asks_writable) return;
  SetInterest(id, connection, true);
}

void Reactor::SetInterest(uint32_t id, Connection& connection, bool asks_writable) {
  epoll_event event{};
  event.events = kReadable | (asks_writable ? static_cast<uint32_t>(EPOLLOUT) : 0);
  event.data.u64 = Tag(id, connection.generation);
  epoll_ctl(epoll_fd_, connection.registered ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, connection.fd,
            &event);
  counters_[kSyscalls]++;
  connection.registered = true;
  connection.asks_writable = asks_writable;
}

std::string_view Reactor::LastRequest(int32_t id) {
  const Connection* connection = connections_.Find(id);
  if (connection == nullptr || !connection->framer) return {};
  return connection->framer->last_request();
}

}  // namespace sluice::net
