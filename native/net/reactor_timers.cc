// The reactor's clock: time-outs, and what is looked after now and then.
#include <algorithm>
#include <cerrno>

#include "net/reactor.h"

namespace sluice::net {

namespace {

constexpr uint32_t kStallTicks = 10'000 / kTickMs;
// Slab chunks that were free for so long give their pages back.
constexpr uint32_t kSweepTicks = 1'000 / kTickMs;
// Of each tick, for giving memory back.
constexpr std::chrono::milliseconds kTrimTime{10};

}  // namespace

void Reactor::UpdateClock() {
  now_ms_ = uv_now(loop_) - clock_start_;
  now_ = static_cast<uint32_t>(now_ms_ / kTickMs);
  wheel_.Skip(now_);
}

uint32_t Reactor::TickAfter(uint32_t ms) const {
  return static_cast<uint32_t>((now_ms_ + ms + kTickMs - 1) / kTickMs);
}

// The wheel may wake a connection early, never late: OnWake looks what is really due.
void Reactor::Arm(uint32_t id, const Connection& connection) {
  const uint32_t due = std::min(connection.native_due, connection.engine_due);
  if (due < wheel_.at(id)) wheel_.Set(id, due);
}

void Reactor::OnWake(uint32_t id) {
  Connection& connection = connections_[id];
  if (connection.fd < 0) return;
  if (connection.native_due <= now_) {
    WakeNative(id, connection);
    if (connection.fd < 0) return;
  }
  if (connection.engine_due <= now_) {
    const uint32_t idle_until = connection.last_active() + connection.engine_ticks;
    if (connection.idle_timer && idle_until > now_) {
      connection.engine_due = idle_until;
    } else if (connection.idle_timer && connection.phase == kPhaseHead &&
               policies_[connection.policy].head_ticks > 0) {
      connection.engine_due = now_ + connection.engine_ticks;  // the head has its own time
    } else {
      connection.engine_due = TimerWheel::kNever;
      Event(kEvTimeout, id)[2] = connection.idle_timer ? kTimeoutIdle : kTimeoutDeadline;
    }
  }
  Arm(id, connection);
}

void Reactor::WakeNative(uint32_t id, Connection& connection) {
  connection.native_due = TimerWheel::kNever;
  switch (connection.state) {
    case Connection::State::kConnecting:
      counters_[kConnectTimeouts]++;
      Fail(id, connection, ETIMEDOUT, kEvConnect);
      return;
    case Connection::State::kOpen: {
      const ConnectionPolicy& policy = policies_[connection.policy];
      connection.native_due =
          std::min(CheckPhase(id, connection, policy), CheckOutput(id, connection, policy));
      return;
    }
    case Connection::State::kClosing:
      if (connection.last_active() + kStallTicks > now_) {
        connection.native_due = connection.last_active() + kStallTicks;
        return;
      }
      Fail(id, connection, ETIMEDOUT);
      return;
    case Connection::State::kLingering:
      CloseDescriptor(connection);
      FreeConnection(id, connection);
      return;
    case Connection::State::kGreeting:  // the engine has a time-out for it
    case Connection::State::kFree:
    case Connection::State::kDead:
      return;
  }
}

// A connection is woken when the first thing may be due, and then looked at. What has become due
// later needs nothing, so that progress costs no more than to write down its time.
void Reactor::LookAt(uint32_t id, Connection& connection, uint32_t tick) {
  if (tick >= connection.native_due) return;
  connection.native_due = tick;
  Arm(id, connection);
}

void Reactor::EnterPhase(uint32_t id, Connection& connection, Phase phase) {
  connection.phase = phase;
  if (phase == kPhaseIdle) return;
  connection.phase_since = now_;
  connection.phase_bytes = 0;
  const ConnectionPolicy& policy = policies_[connection.policy];
  const uint32_t ticks = phase == kPhaseFirst  ? policy.first_byte_ticks
                         : phase == kPhaseHead ? policy.head_ticks
                                               : policy.body_ticks;
  if (ticks > 0) LookAt(id, connection, now_ + ticks);
}

// Time in which we did not read is not the peer's.
void Reactor::RestartPhase(Connection& connection) {
  connection.phase_since = now_;
  connection.phase_bytes = 0;
}

// Reports what the peer has failed to send. Returns when to look again.
uint32_t Reactor::CheckPhase(uint32_t id, Connection& connection, const ConnectionPolicy& policy) {
  const bool is_held = connection.paused || connection.starved;
  const auto report = [&](TimeoutKind kind) {
    connection.phase = kPhaseIdle;
    ReportTimeout(id, connection, kind);
    return TimerWheel::kNever;
  };
  switch (connection.phase) {
    case kPhaseFirst: {
      if (policy.first_byte_ticks == 0) break;
      const uint32_t due = connection.phase_since + policy.first_byte_ticks;
      return due > now_ ? due : report(kTimeoutFirstByte);
    }
    case kPhaseHead: {
      if (policy.head_ticks == 0) break;
      if (is_held) RestartPhase(connection);
      const uint32_t due = connection.phase_since + policy.head_ticks;
      return due > now_ ? due : report(kTimeoutHead);
    }
    case kPhaseBody: {
      if (policy.body_ticks == 0) break;
      if (is_held) RestartPhase(connection);
      const uint32_t window_end = connection.phase_since + policy.body_ticks;
      const uint32_t due =
          std::max(connection.phase_since, connection.last_read) + policy.body_ticks;
      if (due <= now_) return report(kTimeoutBody);
      if (policy.min_body_bytes == 0) return due;
      if (window_end > now_) return std::min(due, window_end);
      if (connection.phase_bytes < policy.min_body_bytes) return report(kTimeoutBody);
      RestartPhase(connection);
      return std::min(due, now_ + policy.body_ticks);
    }
    default:
      break;
  }
  return TimerWheel::kNever;
}

// Reports a peer that does not take our output. Returns when to look again.
uint32_t Reactor::CheckOutput(uint32_t id, Connection& connection, const ConnectionPolicy& policy) {
  if (policy.write_ticks == 0 || !connection.blocked) return TimerWheel::kNever;
  const uint32_t due = connection.last_written + policy.write_ticks;
  if (due > now_) return due;
  ReportTimeout(id, connection, kTimeoutWrite);
  return TimerWheel::kNever;
}

void Reactor::ReportTimeout(uint32_t id, const Connection& connection, TimeoutKind kind) {
  const bool is_response = !connection.accepted;
  switch (kind) {
    case kTimeoutFirstByte:
      counters_[kFirstByteTimeouts]++;
      break;
    case kTimeoutHead:
      counters_[is_response ? kResponseTimeouts : kRequestHeadTimeouts]++;
      break;
    case kTimeoutBody:
      counters_[is_response ? kResponseBodyTimeouts : kRequestBodyTimeouts]++;
      break;
    case kTimeoutWrite:
      counters_[kWriteTimeouts]++;
      break;
    case kTimeoutDeadline:
    case kTimeoutIdle:
      break;  // the engine's own, whose meaning it knows
  }
  Event(kEvTimeout, id)[2] = kind;
}

void Reactor::OnTick(uv_timer_t* handle) { static_cast<Reactor*>(handle->data)->Tick(); }

void Reactor::Tick() {
  const uint32_t before = now_;
  now_ms_ = uv_now(loop_) - clock_start_;
  now_ = std::max(before, static_cast<uint32_t>(now_ms_ / kTickMs));
  wheel_.Advance(now_, [this](uint32_t id) { OnWake(id); });
  bool is_waiting = false;
  for (uint32_t i = 0; i < listeners_.size(); i++) {
    Listener& listener = listeners_[i];
    if (listener.fd < 0 || listener.retry_at == TimerWheel::kNever) continue;
    if (listener.retry_at > now_ || !WatchListener(i)) {
      is_waiting = true;
      continue;
    }
    listener.retry_at = TimerWheel::kNever;
  }
  if (now_ >= next_sweep_) {
    next_sweep_ = now_ + kSweepTicks;
    batch_.slab.Sweep();
  }
  batch_.slab.Trim(kTrimTime);
  RunBatch();
  if (closed_ || !wheel_.empty() || is_waiting || batch_.slab.swollen()) return;
  ticking_ = false;
  uv_timer_stop(&tick_);
}

void Reactor::StartTicking() {
  if (ticking_ || closed_) return;
  ticking_ = true;
  uv_timer_start(&tick_, OnTick, kTickMs, kTickMs);
}

}  // namespace sluice::net
