// The reactor's clock: time-outs, and what is looked after now and then.
#include <algorithm>
#include <cerrno>

#include "net/reactor.h"

namespace sluice::net {

namespace {

constexpr uint32_t kStallTicks = 10'000 / kTickMs;
// Slab chunks that were free for so long give their pages back.
constexpr uint32_t kTrimTicks = 1'000 / kTickMs;

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
    const uint32_t idle_until = connection.last_active + connection.engine_ticks;
    if (connection.idle_timer && idle_until > now_) {
      connection.engine_due = idle_until;
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
      Fail(id, connection, ETIMEDOUT, kEvConnect);
      return;
    case Connection::State::kOpen:
      if (connection.framer && connection.framer->in_head()) {
        Event(kEvTimeout, id)[2] = kTimeoutHead;
      }
      return;
    case Connection::State::kClosing:
      if (connection.last_active + kStallTicks > now_) {
        connection.native_due = connection.last_active + kStallTicks;
        return;
      }
      Fail(id, connection, ETIMEDOUT);
      return;
    case Connection::State::kLingering:
      CloseDescriptor(connection);
      FreeConnection(id, connection);
      return;
    case Connection::State::kFree:
    case Connection::State::kDead:
      return;
  }
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
  if (now_ >= next_trim_) {
    next_trim_ = now_ + kTrimTicks;
    batch_.slab.Trim();
  }
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
