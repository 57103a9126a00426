// The reactor's output: queues, and one send per connection and batch.
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "net/reactor.h"

namespace sluice::net {

namespace {

// A piece below this is copied behind what precedes it: one contiguous send() costs the kernel
// less than a vector of two.
constexpr size_t kCopyBelow = 2048;
constexpr int kMaxPieces = 64;
constexpr size_t kKeptQueues = 256;
constexpr uint32_t kStallTicks = 10'000 / kTickMs;
constexpr uint32_t kLingerTicks = 2'000 / kTickMs;

}  // namespace

void Reactor::MarkDirty(uint32_t id, Connection& connection) {
  if (connection.dirty) return;
  connection.dirty = true;
  dirty_.push_back(id);
}

OutputQueue& Reactor::Output(uint32_t id, Connection& connection) {
  MarkDirty(id, connection);
  if (!connection.answering) {
    connection.answering = true;
    if (connection.repeatable) {
      connection.repeatable = false;
      connection.framer->Forget();
    }
  }
  if (!connection.output) {
    if (queues_.empty()) {
      connection.output = std::make_unique<OutputQueue>();
    } else {
      connection.output = std::move(queues_.back());
      queues_.pop_back();
    }
  }
  return *connection.output;
}

void Reactor::QueueRange(uint32_t id, Connection& connection, const uint8_t* data, size_t size) {
  OutputQueue& queue = Output(id, connection);
  if (size < kCopyBelow && size <= batch_.output.room() && queue.ContinuesAt(batch_.output.at())) {
    QueueCopy(queue, data, size);
  } else {
    queue.AppendBatch(data, size);
  }
}

void Reactor::QueueCopy(OutputQueue& queue, const uint8_t* data, size_t size) {
  if (size > kChunkBytes || !batch_.output.Ensure(static_cast<uint32_t>(size))) {
    queue.AppendCopy(data, size);
    return;
  }
  uint8_t* at = batch_.output.at();
  std::memcpy(at, data, size);
  batch_.output.Consume(static_cast<uint32_t>(size));
  queue.AppendBatch(at, size);
}

int Reactor::SendBytes(int32_t id, const uint8_t* data, size_t size) {
  Execute();
  Connection* connection = connections_.Find(id);
  if (connection == nullptr || !connection->usable() || connection->end_requested) return -EBADF;
  if (connection->write_error != 0 || size == 0) return 0;
  if (size < kCopyBelow) {
    QueueCopy(Output(static_cast<uint32_t>(id), *connection), data, size);
  } else {
    std::unique_ptr<uint8_t[]> block(new uint8_t[size]);
    std::memcpy(block.get(), data, size);
    Output(static_cast<uint32_t>(id), *connection).AppendHeap(std::move(block), size);
  }
  Kick();
  return 0;
}

void Reactor::FlushDirty() {
  // Sending may fail, and a failure may make others dirty: the list grows as we go.
  for (size_t i = 0; i < dirty_.size(); i++) {
    const uint32_t id = dirty_[i];
    connections_[id].dirty = false;
    FlushOne(id, connections_[id]);
  }
  dirty_.clear();
}

void Reactor::FlushOne(uint32_t id, Connection& connection) {
  if (connection.fd < 0) return;
  if (connection.queued() > 0 && !connection.blocked &&
      connection.state != Connection::State::kConnecting && !Send(id, connection)) {
    return;
  }
  AfterFlush(id, connection);
}

bool Reactor::Send(uint32_t id, Connection& connection) {
  OutputQueue& queue = *connection.output;
  while (!queue.empty()) {
    iovec pieces[kMaxPieces];
    const int count = queue.Fill(pieces, kMaxPieces);
    ssize_t sent;
    size_t wanted = 0;
    if (count == 1) {
      wanted = pieces[0].iov_len;
      sent = send(connection.fd, pieces[0].iov_base, wanted, MSG_NOSIGNAL);
    } else {
      for (int i = 0; i < count; i++) wanted += pieces[i].iov_len;
      msghdr message{};
      message.msg_iov = pieces;
      message.msg_iovlen = static_cast<size_t>(count);
      sent = sendmsg(connection.fd, &message, MSG_NOSIGNAL);
    }
    counters_[kSyscalls]++;
    if (sent < 0) {
      if (errno == EINTR) continue;
      if (errno == EAGAIN) {
        connection.blocked = true;
        connection.last_written = now_;
        return true;
      }
      const int error = errno;
      if (connection.state != Connection::State::kOpen || connection.read_done ||
          connection.paused) {
        Fail(id, connection, error);
        return false;
      }
      // The peer may have answered before it went away: what it sent is read first, and then
      // the failure reported.
      connection.write_error = static_cast<uint8_t>(error);
      DropOutput(connection);
      connection.readable = true;
      ReadLater(id, connection);
      return true;
    }
    counters_[kBytesWritten] += static_cast<double>(sent);
    connection.last_written = now_;
    queue.Consume(static_cast<size_t>(sent), batch_.slab);
    if (static_cast<size_t>(sent) < wanted) {
      connection.blocked = true;
      return true;
    }
  }
  return true;
}

void Reactor::AfterFlush(uint32_t id, Connection& connection) {
  if (connection.output) {
    if (connection.output->empty()) {
      if (queues_.size() < kKeptQueues) queues_.push_back(std::move(connection.output));
      connection.output.reset();
    } else {
      connection.output->Retain(batch_.slab);
    }
  }
  const size_t queued = connection.queued();
  if (connection.usable()) {
    const uint32_t write_ticks = policies_[connection.policy].write_ticks;
    if (connection.blocked && write_ticks > 0) {
      LookAt(id, connection, connection.last_written + write_ticks);
    }
    const uint32_t high = std::min(connection.high_watermark, batch_.slab.allowance().queue_bytes);
    if (!connection.congested && queued > high) {
      connection.congested = true;
      counters_[kBufferLimit]++;
      Event(kEvCongested, id);
    } else if (connection.congested && queued <= high / 4 && connection.write_error == 0) {
      connection.congested = false;
      Event(kEvDrained, id);
    }
    if (connection.end_requested && !connection.write_shut && queued == 0 &&
        connection.state == Connection::State::kOpen) {
      connection.write_shut = true;
      shutdown(connection.fd, SHUT_WR);
      counters_[kSyscalls]++;
    }
  } else if (connection.state == Connection::State::kClosing) {
    if (queued == 0) {
      FinishClose(id, connection);
      return;
    }
    if (connection.native_due == TimerWheel::kNever) {
      connection.native_due = now_ + kStallTicks;
      Arm(id, connection);
    }
  }
  UpdateInterest(id, connection);
}

void Reactor::FinishClose(uint32_t id, Connection& connection) {
  // Closing with bytes unread, or before the peer has sent all that it will send, resets the
  // connection, and a reset can overtake our last bytes in the peer's buffer (RFC 9112 section
  // 9.6). Without a framer nobody knows what a client has still to say.
  bool is_peer_sending = false;
  if (!connection.peer_done && connection.framer_kind != kFramerHttpResponse) {
    is_peer_sending = connection.readable;  // the last read did not empty the kernel's buffer
    if (connection.framer) {
      const Framer& framer = *connection.framer;
      is_peer_sending |= connection.in_message || framer.in_head() || framer.failed() ||
                         (connection.accepted && framer.may_continue());
    } else {
      is_peer_sending |= connection.accepted;
    }
  }
  if (!is_peer_sending) {
    CloseDescriptor(connection);
    FreeConnection(id, connection);
    return;
  }
  if (!connection.write_shut) shutdown(connection.fd, SHUT_WR);
  Linger(id, connection);
}

void Reactor::Linger(uint32_t id, Connection& connection) {
  connection.write_shut = true;
  connection.state = Connection::State::kLingering;
  connection.framer.reset();
  connection.phase_bytes = 0;
  connection.native_due = now_ + kLingerTicks;
  Arm(id, connection);
  ReadLater(id, connection);
}

void Reactor::DropOutput(Connection& connection) {
  if (!connection.output) return;
  connection.output->Clear(batch_.slab);
  connection.output.reset();
}

}  // namespace sluice::net
