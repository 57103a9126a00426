#include "net/slab.h"

#include <sys/mman.h>

#include <algorithm>

namespace sluice::net {

Slab::Slab(uint8_t* base, uint32_t bytes) : base_(base), bytes_(bytes) {
  const uint32_t count = bytes >> kChunkShift;
  references_.assign(count, 0);
  resident_.assign(count, false);
  free_.reserve(count);
  for (uint32_t id = count; id > 0; id--) free_.push_back(id - 1);
  fewest_free_ = count;
}

ChunkId Slab::Take(uint32_t reserve) {
  if (free_.size() <= reserve) return kNoChunk;
  const ChunkId id = free_.back();
  free_.pop_back();
  fewest_free_ = std::min(fewest_free_, free_count());
  if (!resident_[id]) {
    resident_[id] = true;
    resident_count_++;
  }
  references_[id] = 1;
  return id;
}

void Slab::Sweep() {
  idle_ = std::min(fewest_free_, free_count());
  trimmed_ = 0;
  fewest_free_ = free_count();
}

void Slab::Trim(std::chrono::nanoseconds time) {
  if (!swollen()) return;
  using Clock = std::chrono::steady_clock;
  const Clock::time_point end = Clock::now() + time;
  // Chunks are taken from the top: what is at the bottom now has been there since the sweep.
  const uint32_t idle = std::min(idle_, fewest_free_);
  while (trimmed_ < idle && swollen()) {
    const ChunkId id = free_[trimmed_++];
    if (!resident_[id]) continue;
    madvise(chunk(id), kChunkBytes, MADV_DONTNEED);
    resident_[id] = false;
    resident_count_--;
    if (Clock::now() >= end) return;
  }
}

void BumpArea::Release() {
  for (const ChunkId id : filled_) slab_.Unref(id);
  filled_.clear();
  if (current_ == kNoChunk) return;
  if (slab_.references(current_) == 1) {
    at_ = slab_.chunk(current_);
  } else if (room() < kChunkBytes / 4) {
    Drop();
  }
}

void BumpArea::Drop() {
  for (const ChunkId id : filled_) slab_.Unref(id);
  filled_.clear();
  if (current_ != kNoChunk) slab_.Unref(current_);
  current_ = kNoChunk;
  at_ = end_ = nullptr;
}

bool BumpArea::Renew(uint32_t bytes) {
  if (bytes > kChunkBytes) return false;
  const ChunkId id = slab_.Take(reserve_);
  if (id == kNoChunk) return false;
  if (current_ != kNoChunk) filled_.push_back(current_);
  current_ = id;
  at_ = slab_.chunk(id);
  end_ = at_ + kChunkBytes;
  return true;
}

}  // namespace sluice::net
