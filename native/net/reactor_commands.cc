// The reactor's commands: what the engine wrote into the command ring.
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <utility>

#include "net/reactor.h"

namespace sluice::net {

namespace {

// Integers per command, by kind; 0: no such command.
constexpr uint8_t kLengths[] = {0, 4, 4, 4, 4, 2, 2, 2, 2, 2, 3, 3, 4, 3, 4, 3, 4};

}  // namespace

// `only_answers`: what an engine could still say before it died. An answer that is not complete is
// left out, so that another worker can give it.
void Reactor::Execute(bool only_answers) {
  const uint32_t capacity = memory_->sizes().commands;
  const uint32_t length = std::min(static_cast<uint32_t>(control_[kCommandLength]), capacity);
  if (length == 0) return;
  const int32_t* command = memory_->commands();
  const int32_t* end = command + length;
  while (command < end) {
    const uint32_t kind = static_cast<uint32_t>(command[0]);
    if (kind >= sizeof(kLengths) || kLengths[kind] == 0 || end - command < kLengths[kind]) {
      BadCommand();
      break;
    }
    Connection* connection = connections_.Find(command[1]);
    if (connection == nullptr) {
      BadCommand();
    } else if (!only_answers || IsAnswered(static_cast<uint32_t>(command[1]), *connection)) {
      const int32_t a = kLengths[kind] > 2 ? command[2] : 0;
      const int32_t b = kLengths[kind] > 3 ? command[3] : 0;
      ExecuteOne(command[0], static_cast<uint32_t>(command[1]), *connection, a, b);
    }
    command += kLengths[kind];
  }
  control_[kCommandLength] = 0;
}

void Reactor::ExecuteOne(int32_t kind, uint32_t id, Connection& connection, int32_t a, int32_t b) {
  if (!connection.usable()) {
    // A connection can die while the engine is still at work with it. Only letting go counts.
    if (connection.state == Connection::State::kDead && (kind == kCmdClose || kind == kCmdAbort)) {
      FreeConnection(id, connection);
    }
    return;
  }
  switch (kind) {
    case kCmdSend:
    case kCmdSendChunk:
    case kCmdSendLast:
    case kCmdSendCopy: {
      const uint32_t offset = static_cast<uint32_t>(a);
      const uint32_t size = static_cast<uint32_t>(b);
      const uint32_t bytes = batch_.slab.bytes();
      if (offset > bytes || size > bytes - offset || connection.end_requested) {
        BadCommand();
        Fail(id, connection, EINVAL);
        return;
      }
      if (connection.write_error != 0) return;
      const uint8_t* data = batch_.slab.base() + offset;
      if (kind == kCmdSendChunk || kind == kCmdSendLast) {
        CommandChunk(id, connection, data, size, kind == kCmdSendLast);
      } else if (size > 0 && kind == kCmdSendCopy) {
        QueueCopy(Output(id, connection), data, size);
      } else if (size > 0) {
        QueueRange(id, connection, data, size);
      }
      return;
    }
    case kCmdSendHead:
      CommandSendHead(id, connection, a, static_cast<uint32_t>(b));
      return;
    case kCmdEnd:
      connection.end_requested = true;
      MarkDirty(id, connection);
      return;
    case kCmdClose:
      CommandClose(id, connection);
      return;
    case kCmdAbort: {
      const linger reset{1, 0};
      if (connection.state != Connection::State::kConnecting) {
        setsockopt(connection.fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
      }
      DropOutput(connection);
      CloseDescriptor(connection);
      FreeConnection(id, connection);
      return;
    }
    case kCmdPause:
      connection.paused = true;
      return;
    case kCmdResume:
      if (!connection.paused) return;
      connection.paused = false;
      RestartPhase(connection);
      if (connection.readable) ReadLater(id, connection);
      return;
    case kCmdFramer:
      CommandFramer(id, connection, a);
      return;
    case kCmdExpect:
      if (connection.framer && connection.framer_kind == kFramerHttpResponse) {
        connection.framer->Expect(static_cast<uint32_t>(a));
      }
      return;
    case kCmdTimeout:
      CommandTimeout(id, connection, static_cast<uint32_t>(a), b);
      return;
    case kCmdWatermark:
      connection.high_watermark = static_cast<uint32_t>(a);
      MarkDirty(id, connection);
      return;
    case kCmdHeadLines:
      SetHeadLines(static_cast<uint32_t>(a), static_cast<uint32_t>(b));
      return;
    case kCmdPhase:
      EnterPhase(id, connection, static_cast<Phase>(a & kPhaseBody));
      return;
    default:
      BadCommand();
  }
}

void Reactor::CommandSendHead(uint32_t id, Connection& connection, int32_t head, uint32_t flags) {
  const HeadTable::Entry* entry = batch_.heads.Get(head);
  if (entry == nullptr || connection.end_requested) {
    BadCommand();
    Fail(id, connection, EINVAL);
    return;
  }
  if (connection.write_error != 0) return;
  OutputQueue& queue = Output(id, connection);
  http1::Forwarding storage;
  const http1::Forwarding* const forwarding = ForwardingOf(*entry, flags, &storage);
  const bool is_request = entry->head->role == http1::Role::kRequest && connection.framer &&
                          connection.framer_kind == kFramerHttpResponse;
  const size_t bound = http1::WriteHeadBound(*entry->head, forwarding);
  if (bound <= kChunkBytes && batch_.output.Ensure(static_cast<uint32_t>(bound))) {
    uint8_t* out = batch_.output.at();
    const size_t size = http1::WriteHead(*entry->head, entry->base, flags, out, forwarding);
    batch_.output.Consume(static_cast<uint32_t>(size));
    queue.AppendBatch(out, size);
    if (is_request) connection.framer->Remember(out, size);
  } else {
    std::unique_ptr<uint8_t[]> block(new uint8_t[bound]);
    const size_t size = http1::WriteHead(*entry->head, entry->base, flags, block.get(), forwarding);
    if (is_request) connection.framer->Remember(block.get(), size);
    queue.AppendHeap(std::move(block), size);
  }
  if (is_request) connection.framer->Expect(entry->head->flags);
}

void Reactor::SetHeadLines(uint32_t offset, uint32_t size) {
  const uint32_t bytes = batch_.slab.bytes();
  if (offset > bytes || size > bytes - offset) return BadCommand();
  head_lines_ = {reinterpret_cast<const char*>(batch_.slab.base() + offset), size};
}

const http1::Forwarding* Reactor::ForwardingOf(const HeadTable::Entry& entry, uint32_t flags,
                                               http1::Forwarding* storage) {
  if ((flags & http1::kWriteForwardMask) == 0) return nullptr;
  if ((flags & (http1::kWriteXForwarded | http1::kWriteForwarded)) != 0) {
    storage->client = ClientAddress(entry.client);
  }
  if ((flags & http1::kWriteLines) != 0) storage->lines = std::exchange(head_lines_, {});
  return storage;
}

void Reactor::CommandChunk(uint32_t id, Connection& connection, const uint8_t* data, size_t size,
                           bool is_last) {
  // An empty chunk would end the body (RFC 9112 section 7.1).
  if (size == 0 && !is_last) return;
  OutputQueue& queue = Output(id, connection);
  char line[16];
  char* end = std::to_chars(line, line + sizeof(line) - 2, is_last ? 0 : size, 16).ptr;
  *end++ = '\r';
  *end++ = '\n';
  QueueCopy(queue, reinterpret_cast<const uint8_t*>(line), static_cast<size_t>(end - line));
  if (size > 0) QueueRange(id, connection, data, size);
  QueueCopy(queue, reinterpret_cast<const uint8_t*>("\r\n"), 2);
}

void Reactor::CommandFramer(uint32_t id, Connection& connection, int32_t kind) {
  connection.framer.reset();
  connection.framer_kind = kFramerNone;
  connection.in_message = false;
  if (kind == kFramerProxy && connection.state == Connection::State::kOpen) {
    connection.state = Connection::State::kGreeting;
  }
  connection.repeatable = false;
  if (!Framer::IsKind(kind)) return;
  const ConnectionPolicy& policy = policies_[connection.policy];
  connection.framer_kind = static_cast<uint8_t>(kind & 0xf);
  connection.framer = std::make_unique<Framer>(static_cast<FramerKind>(kind), policy.limits);
  connection.framer->set_asked(Answered(id));
  connection.phase = kPhaseIdle;
}

void Reactor::CommandTimeout(uint32_t id, Connection& connection, uint32_t ms, int32_t kind) {
  if (ms == 0) {
    connection.engine_due = TimerWheel::kNever;  // the wheel notices when it comes by
    return;
  }
  connection.idle_timer = kind == kTimeoutIdle;
  connection.engine_ticks = (ms + kTickMs - 1) / kTickMs + 1;
  connection.engine_due = connection.idle_timer ? now_ + connection.engine_ticks : TickAfter(ms);
  Arm(id, connection);
}

void Reactor::CommandClose(uint32_t id, Connection& connection) {
  if (connection.state == Connection::State::kConnecting) {
    DropOutput(connection);
    CloseDescriptor(connection);
    FreeConnection(id, connection);
    return;
  }
  connection.state = Connection::State::kClosing;
  connection.engine_due = connection.native_due = TimerWheel::kNever;
  stale_events_ = true;
  MarkDirty(id, connection);
}

void Reactor::BadCommand() { counters_[kBadCommands]++; }

}  // namespace sluice::net
