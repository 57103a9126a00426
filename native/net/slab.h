// Reference-counted chunks of memory for bytes in flight.
//
//   slab   | chunk 0 | chunk 1 | chunk 2 | ...        64 KB each
//   count  |    2    |    0    |    1    |            references per chunk
//   free   [ ..., 1 ]                                 a stack: the chunk freed last is taken first,
//                                                     so that a quiet worker stays in cache
//
// A chunk that stayed free through a whole sweep gives its pages back to the kernel, some at a
// time: where the kernel is slow at that, a hundred megabytes would keep everybody waiting for a
// second.
#ifndef SLUICE_NET_SLAB_H_
#define SLUICE_NET_SLAB_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace sluice::net {

inline constexpr uint32_t kChunkShift = 16;
// One recv() of a large transfer fills one chunk.
inline constexpr uint32_t kChunkBytes = 1u << kChunkShift;

using ChunkId = uint32_t;
inline constexpr ChunkId kNoChunk = UINT32_MAX;

// What one connection may take of a slab.
struct Allowance {
  int reads;  // in a row, each of at most
  uint32_t read_bytes;
  uint32_t queue_bytes;  // of output, before it is congested
};

// While more than half of the slab is free, nobody has to save.
inline constexpr Allowance kAmple{4, kChunkBytes, UINT32_MAX};
// Below that, and below a quarter: many slow readers together must not take the memory that all
// others read into.
inline constexpr Allowance kScarce{1, kChunkBytes, 64 * 1024};
inline constexpr Allowance kRare{1, 16 * 1024, 16 * 1024};

class Slab {
 public:
  Slab(uint8_t* base, uint32_t bytes);

  uint8_t* base() const { return base_; }
  uint32_t bytes() const { return bytes_; }
  uint8_t* chunk(ChunkId id) const { return base_ + (size_t{id} << kChunkShift); }
  uint32_t chunk_count() const { return static_cast<uint32_t>(references_.size()); }
  uint32_t free_count() const { return static_cast<uint32_t>(free_.size()); }

  const Allowance& allowance() const {
    if (free_.size() * 2 > references_.size()) return kAmple;
    return free_.size() * 4 > references_.size() ? kScarce : kRare;
  }

  // Takes a chunk with one reference; kNoChunk unless more than `reserve` chunks are free.
  ChunkId Take(uint32_t reserve = 0);
  void Ref(ChunkId id) { references_[id]++; }
  void Unref(ChunkId id) {
    if (--references_[id] == 0) free_.push_back(id);
  }
  uint32_t references(ChunkId id) const { return references_[id]; }

  ChunkId ChunkOf(const uint8_t* data) const {
    return static_cast<ChunkId>(static_cast<size_t>(data - base_) >> kChunkShift);
  }
  bool Contains(const uint8_t* data, size_t size) const {
    return data >= base_ && data <= base_ + bytes_ &&
           size <= static_cast<size_t>(base_ + bytes_ - data);
  }
  uint32_t OffsetOf(const uint8_t* data) const { return static_cast<uint32_t>(data - base_); }

  // More memory is resident than a quiet worker needs.
  bool swollen() const { return resident_count_ > kKeepResident; }
  // Begins a sweep: chunks that were free since the last call are given back by Trim().
  void Sweep();
  // Gives pages back until none are left to give or the time is up; at least one chunk's.
  void Trim(std::chrono::nanoseconds time);

 private:
  // Chunks that keep their pages however long they are free: a worker's working set.
  static constexpr uint32_t kKeepResident = 8;

  uint8_t* const base_;
  const uint32_t bytes_;
  std::vector<uint32_t> references_;
  std::vector<ChunkId> free_;
  std::vector<bool> resident_;
  uint32_t resident_count_ = 0;
  uint32_t fewest_free_;  // since the last sweep: that many chunks at the bottom lay idle
  uint32_t idle_ = 0;     // of those, how many a sweep has found to give back
  uint32_t trimmed_ = 0;  // and how many of them were looked at
};

// Cuts pieces from chunks one after the other. What is cut stays valid until Release().
class BumpArea {
 public:
  explicit BumpArea(Slab& slab, uint32_t reserve = 0) : slab_(slab), reserve_(reserve) {}
  ~BumpArea() { Drop(); }
  BumpArea(const BumpArea&) = delete;
  BumpArea& operator=(const BumpArea&) = delete;

  // Makes sure that `bytes` (at most kChunkBytes) are at hand; false when the slab is exhausted.
  bool Ensure(uint32_t bytes) { return bytes <= room() || Renew(bytes); }
  uint8_t* at() const { return at_; }
  uint32_t room() const { return static_cast<uint32_t>(end_ - at_); }
  void Consume(uint32_t bytes) { at_ += bytes; }
  // Consumes so that the next piece is aligned.
  void ConsumeAligned(uint32_t bytes) {
    const uint32_t rounded = (bytes + 7) & ~7u;
    at_ += rounded < room() ? rounded : room();
  }

  // The batch is over: lets go of all chunks that were filled, and reuses the current one from
  // its start unless an output queue refers to it.
  void Release();
  // Lets go of the current chunk too.
  void Drop();

 private:
  bool Renew(uint32_t bytes);

  Slab& slab_;
  const uint32_t reserve_;
  uint8_t* at_ = nullptr;
  uint8_t* end_ = nullptr;
  ChunkId current_ = kNoChunk;
  std::vector<ChunkId> filled_;
};

}  // namespace sluice::net

#endif  // SLUICE_NET_SLAB_H_
