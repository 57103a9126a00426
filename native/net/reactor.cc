#include "net/reactor.h"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "net/direct_framer.h"

namespace sluice::net {

namespace {

// A wake-up is served in batches of about this much input: it must fit into the level 2 cache
// between being received and being sent.
constexpr size_t kBatchBytes = size_t{256} * 1024;
// The ring is delivered when less room than this is left before another read.
constexpr uint32_t kEventMargin = 64;
// How often a reactor that libuv polls looks for more work before going back to it.
constexpr int kMaxRounds = 8;
constexpr uint32_t kListenerBit = 1u << 31;
constexpr uint64_t kLoopTag = ~uint64_t{0};

}  // namespace

Reactor::Reactor(uv_loop_t* loop, std::shared_ptr<SharedMemory> memory,
                 const ConnectionPolicy& policy, Engine& engine)
    : loop_(loop),
      memory_(std::move(memory)),
      engine_(engine),
      control_(memory_->control()),
      counters_(memory_->counters()),
      batch_(memory_->base(), memory_->sizes().slab_bytes),
      events_(memory_->events(), memory_->sizes().events),
      host_(batch_, events_, counters_),
      policies_{policy} {}

Reactor::~Reactor() {
  if (epoll_fd_ >= 0) close(epoll_fd_);
}

uv_handle_t* Reactor::Handle() {
  return drives_loop_ ? reinterpret_cast<uv_handle_t*>(&prepare_)
                      : reinterpret_cast<uv_handle_t*>(&poll_);
}

int Reactor::Open(bool drives_loop) {
  epoll_fd_ = epoll_create1(EPOLL_CLOEXEC);
  if (epoll_fd_ < 0) return -errno;
  drives_loop_ = drives_loop;
  if (drives_loop_) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = kLoopTag;
    if (epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, uv_backend_fd(loop_), &event) != 0) return -errno;
    uv_prepare_init(loop_, &prepare_);
    uv_prepare_start(&prepare_, OnPrepare);
    uv_idle_init(loop_, &idle_);
    idle_.data = this;
    uv_unref(reinterpret_cast<uv_handle_t*>(&idle_));
    open_handles_++;
  } else {
    const int result = uv_poll_init(loop_, &poll_, epoll_fd_);
    if (result != 0) return result;
  }
  Handle()->data = this;
  uv_timer_init(loop_, &tick_);
  tick_.data = this;
  uv_timer_init(loop_, &kick_);
  kick_.data = this;
  uv_unref(reinterpret_cast<uv_handle_t*>(&tick_));
  open_handles_ += 3;
  opened_ = true;
  clock_start_ = uv_now(loop_);
  UpdateClock();
  UpdateKeepAlive();
  return drives_loop_ ? 0 : uv_poll_start(&poll_, UV_READABLE, OnPoll);
}

void Reactor::Close(bool hands_over) {
  if (closed_) return;
  if (hands_over) {
    Execute(/*only_answers=*/true);
    FlushDirty();
  }
  closed_ = true;
  for (uint32_t id = 0; id < connections_.size(); id++) {
    Connection& connection = connections_[id];
    if (!hands_over || !HandOver(id, connection)) {
      DropOutput(connection);
      CloseDescriptor(connection);
    }
    connection.framer.reset();
    connection.state = Connection::State::kFree;
  }
  for (uint32_t i = 0; i < listeners_.size(); i++) {
    if (listeners_[i].fd >= 0) RemoveListener(listeners_[i].id);
  }
  framers_.clear();
  if (!opened_) return;
  uv_close(Handle(), OnHandleClosed);
  if (drives_loop_) uv_close(reinterpret_cast<uv_handle_t*>(&idle_), OnHandleClosed);
  uv_close(reinterpret_cast<uv_handle_t*>(&tick_), OnHandleClosed);
  uv_close(reinterpret_cast<uv_handle_t*>(&kick_), OnHandleClosed);
}

void Reactor::OnHandleClosed(uv_handle_t* handle) {
  auto* self = static_cast<Reactor*>(handle->data);
  if (--self->open_handles_ > 0) return;
  close(self->epoll_fd_);
  self->epoll_fd_ = -1;
  self->engine_.OnClosed();
}

void Reactor::OnPoll(uv_poll_t* handle, int, int) { static_cast<Reactor*>(handle->data)->Poll(0); }

void Reactor::OnPrepare(uv_prepare_t* handle) {
  auto* self = static_cast<Reactor*>(handle->data);
  // Active all the time but here, where it would make the time-out zero: whatever we return for,
  // libuv must not wait where it does not see our sockets.
  uv_idle_stop(&self->idle_);
  uv_update_time(self->loop_);
  self->Poll(uv_backend_timeout(self->loop_));
  if (!self->closed_) uv_idle_start(&self->idle_, [](uv_idle_t*) {});
}

void Reactor::OnKick(uv_timer_t* handle) {
  auto* self = static_cast<Reactor*>(handle->data);
  self->kicked_ = false;
  self->Poll(0);
}

void Reactor::Poll(int timeout_ms) {
  if (gone_) return;  // what is not read is left to another worker
  UpdateClock();
  // Commands from outside of a batch: a framer must be there before the bytes are read, and what
  // is to be sent must not wait as long as we do.
  Execute();
  if (!dirty_.empty() || !events_.empty()) RunBatch();
  for (int round = 1; !closed_; round++) {
    const int wait_ms = ready_.empty() ? timeout_ms : 0;
    const int count = Wait(wait_ms);
    counters_[kSyscalls]++;
    uv_update_time(loop_);
    UpdateClock();
    if (count > 0) counters_[kReadiness] += count;
    const bool has_idled = count <= 0 && ready_.empty();
    const bool loop_is_ready = HandleEvents(count);
    ReadReady();
    RunBatch();
    if (has_idled || loop_is_ready || closed_ || gone_) return;
    if (drives_loop_) {
      timeout_ms = uv_backend_timeout(loop_);
      if (timeout_ms == 0) return;
    } else if ((count <= 1 && ready_.empty()) || round == kMaxRounds) {
      if (!ready_.empty()) Kick();
      return;
    }
  }
}

// A turn is all the work of the thread between two waits, that of libuv and timers included.
int Reactor::Wait(int timeout_ms) {
  if (turn_start_ == 0 || timeout_ms == 0) {
    return epoll_wait(epoll_fd_, epoll_events_, kMaxEvents, timeout_ms);
  }
  constexpr double kNanosecond = 1e-9;
  const uint64_t begin = uv_hrtime();
  const double busy = static_cast<double>(begin - turn_start_) * kNanosecond;
  counters_[kTurns]++;
  counters_[kBusySeconds] += busy;
  counters_[kLongestTurnSeconds] = std::max(counters_[kLongestTurnSeconds], busy);
  const int count = epoll_wait(epoll_fd_, epoll_events_, kMaxEvents, timeout_ms);
  turn_start_ = uv_hrtime();
  counters_[kIdleSeconds] += static_cast<double>(turn_start_ - begin) * kNanosecond;
  return count;
}

// Returns whether libuv has something to do.
bool Reactor::HandleEvents(int count) {
  bool loop_is_ready = false;
  for (int i = 0; i < count && !closed_ && !gone_; i++) {
    const uint64_t tag = epoll_events_[i].data.u64;
    const uint32_t id = static_cast<uint32_t>(tag);
    const uint32_t generation = static_cast<uint32_t>(tag >> 32);
    if (tag == kLoopTag) {
      loop_is_ready = true;
      counters_[kReadiness]--;
    } else if ((id & kListenerBit) != 0) {
      const uint32_t index = id & ~kListenerBit;
      if (listeners_[index].generation != generation) continue;
      // What a dying thread does not accept stays in the kernel's queue for the next one.
      if (engine_.IsAlive()) {
        Accept(index);
      } else {
        RemoveListener(listeners_[index].id);
      }
    } else {
      OnConnectionEvent(id, generation, epoll_events_[i].events);
    }
    if (batch_bytes_ >= kBatchBytes || events_.room() < kEventMargin) RunBatch();
  }
  return loop_is_ready;
}

void Reactor::RunBatch() {
  // An engine that runs a nested loop, or one that calls back from its callback, changes nothing.
  if (in_batch_ || closed_ || gone_) return;
  in_batch_ = true;
  do {
    if (!events_.empty()) Deliver();
    if (closed_) break;
    Execute(gone_);
    FlushDirty();
  } while (!events_.empty() && !gone_);
  in_batch_ = false;
  if (!closed_) EndBatch();
}

void Reactor::Deliver() {
  batch_bytes_ = 0;
  const auto is_current = [this](const int32_t* record) {
    if (record[1] == Int(kNoConnection)) return true;
    const Connection& connection = connections_[static_cast<uint32_t>(record[1])];
    return connection.usable() || connection.state == Connection::State::kDead;
  };
  if (events_.count() == 0) events_.Refill(is_current);
  if (stale_events_) {
    stale_events_ = false;
    events_.Filter(is_current);
  }
  const uint32_t count = events_.count();
  if (count > 0) {
    counters_[kBatches]++;
    counters_[kEvents] += count;
    events_.Lock();
    control_[kRecord] = -1;
    in_engine_ = true;
    gone_ = !engine_.OnBatch(count);
    in_engine_ = false;
    const uint32_t record = static_cast<uint32_t>(control_[kRecord]);
    if (gone_ && record < count) culprit_ = events_.record(record)[1];
  }
  events_.Refill(is_current);
}

void Reactor::EndBatch() {
  SyncArena();
  batch_.Release();
  PublishArena();
  batch_bytes_ = 0;
  control_[kBatch] = Int(static_cast<uint32_t>(control_[kBatch]) + 1);
  if (events_.empty()) {
    for (const uint32_t id : freed_) connections_.Free(id);
    freed_.clear();
  }
  if (!starved_.empty()) ReleaseStarved();
  if (!ready_.empty() && !drives_loop_) Kick();
  counters_[kConnections] = live_;
  counters_[kChunksUsed] = batch_.slab.chunk_count() - batch_.slab.free_count();
  UpdateKeepAlive();
  if (!ticking_ && (!wheel_.empty() || batch_.slab.swollen())) StartTicking();
}

int Reactor::AddPolicy(const ConnectionPolicy& policy) {
  const auto found = std::find(policies_.begin(), policies_.end(), policy);
  if (found != policies_.end()) return static_cast<int>(found - policies_.begin());
  if (policies_.size() > UINT16_MAX) return -ENOSPC;
  policies_.push_back(policy);
  return static_cast<int>(policies_.size() - 1);
}

int Reactor::AllocateArena(uint32_t bytes) {
  SyncArena();
  if (bytes > kChunkBytes) return -EINVAL;
  const bool is_enough = batch_.arena.Ensure(bytes);
  PublishArena();
  return is_enough ? 0 : -ENOMEM;
}

// TypeScript cuts pieces by itself; the area follows when it matters.
void Reactor::SyncArena() {
  if (batch_.arena.at() == nullptr) return;
  const uint32_t begin = batch_.slab.OffsetOf(batch_.arena.at());
  const uint32_t at = static_cast<uint32_t>(control_[kArenaAt]);
  if (at < begin || at - begin > batch_.arena.room()) {
    batch_.arena.Drop();
  } else {
    batch_.arena.Consume(at - begin);
  }
}

void Reactor::PublishArena() {
  const bool has_room = batch_.arena.at() != nullptr;
  const uint32_t at = has_room ? batch_.slab.OffsetOf(batch_.arena.at()) : 0;
  control_[kArenaAt] = Int(at);
  control_[kArenaEnd] = Int(at + batch_.arena.room());
}

void Reactor::Flush() {
  if (closed_) return;
  if (!in_batch_) UpdateClock();
  Execute();
  if (in_batch_) return;  // the rest happens when the engine's callback returns
  in_batch_ = true;
  FlushDirty();
  in_batch_ = false;
  EndBatch();
  if (!events_.empty() || !ready_.empty()) Kick();
}

void Reactor::Kick() {
  if (kicked_ || in_batch_ || closed_) return;
  kicked_ = true;
  uv_timer_start(&kick_, OnKick, 0, 0);
}

void Reactor::UpdateKeepAlive() {
  const bool wanted = live_ > 0 || listening_ > 0;
  if (wanted == kept_alive_) return;
  kept_alive_ = wanted;
  wanted ? uv_ref(Handle()) : uv_unref(Handle());
}

int32_t* Reactor::Event(EventKind kind, uint32_t id) {
  int32_t* record = events_.Append();
  record[0] = kind;
  record[1] = Int(id);
  return record;
}

void Reactor::ReleaseStarved() {
  std::vector<uint32_t> waiting;
  waiting.swap(starved_);
  for (const uint32_t id : waiting) {
    Connection& connection = connections_[id];
    if (!connection.starved) continue;
    // One chunk each, or they would all starve again.
    if (batch_.slab.free_count() <= batch_.reserve + starved_.size()) {
      starved_.push_back(id);
      continue;
    }
    connection.starved = false;
    if (connection.readable) ReadLater(id, connection);
  }
}

}  // namespace sluice::net
