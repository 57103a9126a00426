#include "net/direct_framer.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace sluice::net {

int Reactor::FramerCreate(FramerKind kind, bool expect_any, uint32_t policy, int32_t client) {
  if (!Framer::IsKind(kind) || policy >= policies_.size()) return -EINVAL;
  size_t id = 0;
  while (id < framers_.size() && framers_[id]) id++;
  if (id == framers_.size()) framers_.emplace_back();
  framers_[id] = std::make_unique<DirectFramer>(kind, policies_[policy].limits, batch_, counters_,
                                                static_cast<int32_t>(id), client);
  if (expect_any) framers_[id]->framer.set_expect_any(true);
  return static_cast<int>(id);
}

int Reactor::FramerFeed(int32_t id, uint32_t offset, uint32_t length) {
  DirectFramer* direct = FindFramer(id);
  const uint32_t slab_bytes = batch_.slab.bytes();
  if (direct == nullptr || offset > slab_bytes || length > slab_bytes - offset) {
    return -EINVAL;
  }
  direct->ring.MoveTo(memory_->tape(), memory_->sizes().tape);
  direct->framer.Feed(batch_.slab.base() + offset, length, direct->host);
  return static_cast<int>(direct->ring.count());
}

int Reactor::FramerMore(int32_t id) {
  DirectFramer* direct = FindFramer(id);
  if (direct == nullptr) return -EINVAL;
  direct->ring.MoveTo(memory_->tape(), memory_->sizes().tape);
  direct->ring.Refill([](const int32_t*) { return true; });
  return static_cast<int>(direct->ring.count());
}

int Reactor::FramerFinish(int32_t id) {
  DirectFramer* direct = FindFramer(id);
  if (direct == nullptr) return -EINVAL;
  direct->ring.MoveTo(memory_->tape(), memory_->sizes().tape);
  direct->host.set_mute_errors(true);
  const bool in_head = direct->framer.in_head();
  const bool is_complete = direct->framer.Finish(direct->host);
  direct->host.set_mute_errors(false);
  if (!is_complete) return in_head ? -kErrInHead : -EPROTO;
  return static_cast<int>(direct->ring.count());
}

bool Reactor::FramerInHead(int32_t id) {
  const DirectFramer* direct = FindFramer(id);
  return direct != nullptr && direct->framer.in_head();
}

int Reactor::FramerExpect(int32_t id, uint32_t request_flags) {
  DirectFramer* direct = FindFramer(id);
  if (direct == nullptr) return -EINVAL;
  direct->framer.Expect(request_flags);
  return 0;
}

int Reactor::FramerFree(int32_t id) {
  if (FindFramer(id) == nullptr) return -EINVAL;
  framers_[static_cast<size_t>(id)].reset();
  return 0;
}

int Reactor::WriteHead(int32_t head, uint32_t flags, uint32_t offset, uint32_t capacity) {
  const HeadTable::Entry* entry = batch_.heads.Get(head);
  const uint32_t slab_bytes = batch_.slab.bytes();
  if (entry == nullptr || offset > slab_bytes || capacity > slab_bytes - offset) return 0;
  http1::Forwarding storage;
  const http1::Forwarding* const forwarding = ForwardingOf(*entry, flags, &storage);
  uint8_t* out = batch_.slab.base() + offset;
  const size_t bound = http1::WriteHeadBound(*entry->head, forwarding);
  if (bound <= capacity) {
    return static_cast<int>(http1::WriteHead(*entry->head, entry->base, flags, out, forwarding));
  }
  scratch_.resize(std::max(scratch_.size(), bound));
  const size_t bytes =
      http1::WriteHead(*entry->head, entry->base, flags, scratch_.data(), forwarding);
  if (bytes > capacity) return -static_cast<int>(bytes);
  std::memcpy(out, scratch_.data(), bytes);
  return static_cast<int>(bytes);
}

Reactor::DirectFramer* Reactor::FindFramer(int32_t id) {
  const size_t index = static_cast<uint32_t>(id);
  return index < framers_.size() ? framers_[index].get() : nullptr;
}

}  // namespace sluice::net
