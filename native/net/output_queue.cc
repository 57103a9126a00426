#include "net/output_queue.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace sluice::net {

namespace {

// A remainder below this is copied rather than kept in its 64 KB chunk.
constexpr size_t kCopyBelow = 4096;
// A stuck connection collects small pieces in blocks of this size.
constexpr size_t kBlockBytes = 4096;

}  // namespace

void OutputQueue::AppendBatch(const uint8_t* data, size_t size) {
  if (size == 0) return;
  bytes_ += size;
  if (ContinuesAt(data)) {
    segments_.back().size += size;
    return;
  }
  segments_.push_back(Segment{data, size, nullptr, 0, Kind::kBatch});
}

void OutputQueue::AppendCopy(const uint8_t* data, size_t size) {
  if (size == 0) return;
  if (!segments_.empty() && segments_.back().spare >= size) {
    Segment& last = segments_.back();
    std::memcpy(last.block.get() + (last.data + last.size - last.block.get()), data, size);
    last.size += size;
    last.spare -= static_cast<uint32_t>(size);
    bytes_ += size;
    return;
  }
  const size_t capacity = std::max(size, kBlockBytes);
  std::unique_ptr<uint8_t[]> block(new uint8_t[capacity]);
  std::memcpy(block.get(), data, size);
  AppendHeap(std::move(block), size);
  segments_.back().spare = static_cast<uint32_t>(capacity - size);
}

void OutputQueue::AppendHeap(std::unique_ptr<uint8_t[]> block, size_t size) {
  if (size == 0) return;
  const uint8_t* data = block.get();
  segments_.push_back(Segment{data, size, std::move(block), 0, Kind::kHeap});
  bytes_ += size;
}

int OutputQueue::Fill(iovec* pieces, int max) const {
  int count = 0;
  for (size_t i = first_; i < segments_.size() && count < max; i++, count++) {
    pieces[count].iov_base = const_cast<uint8_t*>(segments_[i].data);  // iovec has no const form
    pieces[count].iov_len = segments_[i].size;
  }
  return count;
}

void OutputQueue::Consume(size_t bytes, Slab& slab) {
  bytes_ -= bytes;
  while (bytes > 0) {
    Segment& segment = segments_[first_];
    if (bytes < segment.size) {
      segment.data += bytes;
      segment.size -= bytes;
      break;
    }
    bytes -= segment.size;
    if (segment.kind == Kind::kChunk) slab.Unref(slab.ChunkOf(segment.data));
    segment.block.reset();
    segment.spare = 0;
    first_++;
  }
  if (bytes_ == 0) {
    segments_.clear();
    first_ = retained_ = 0;
  }
}

void OutputQueue::Retain(Slab& slab) {
  if (bytes_ == 0) return;
  if (first_ > 0) {
    segments_.erase(segments_.begin(), segments_.begin() + static_cast<ptrdiff_t>(first_));
    retained_ = retained_ > first_ ? retained_ - first_ : 0;
    first_ = 0;
  }
  if (retained_ == segments_.size()) return;
  std::vector<Segment> fresh(
      std::make_move_iterator(segments_.begin() + static_cast<ptrdiff_t>(retained_)),
      std::make_move_iterator(segments_.end()));
  segments_.resize(retained_);
  for (Segment& segment : fresh) {
    if (segment.kind != Kind::kBatch) {
      segments_.push_back(std::move(segment));
      continue;
    }
    if (segment.size < kCopyBelow) {
      bytes_ -= segment.size;
      AppendCopy(segment.data, segment.size);
      continue;
    }
    // A kChunk segment lies in one chunk, so that it can be let go chunk by chunk.
    while (segment.size > 0) {
      const ChunkId id = slab.ChunkOf(segment.data);
      const size_t room = static_cast<size_t>(slab.chunk(id) + kChunkBytes - segment.data);
      const size_t size = std::min(room, segment.size);
      slab.Ref(id);
      segments_.push_back(Segment{segment.data, size, nullptr, 0, Kind::kChunk});
      segment.data += size;
      segment.size -= size;
    }
  }
  retained_ = segments_.size();
}

void OutputQueue::Clear(Slab& slab) {
  for (size_t i = first_; i < segments_.size(); i++) {
    if (segments_[i].kind == Kind::kChunk) slab.Unref(slab.ChunkOf(segments_[i].data));
  }
  segments_.clear();
  first_ = retained_ = bytes_ = 0;
}

}  // namespace sluice::net
