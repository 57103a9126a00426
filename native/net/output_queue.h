// What a connection still has to send: segments in order.
//
//   kBatch   slab memory that the current batch keeps alive; nothing is counted
//   kChunk   slab memory with a chunk reference of its own, after the batch (Retain)
//   kHeap    a block that the segment owns
#ifndef SLUICE_NET_OUTPUT_QUEUE_H_
#define SLUICE_NET_OUTPUT_QUEUE_H_

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "net/slab.h"

namespace sluice::net {

class OutputQueue {
 public:
  bool empty() const { return bytes_ == 0; }
  size_t bytes() const { return bytes_; }

  // Slab memory that stays valid for this batch. Joins the last segment when it continues it.
  void AppendBatch(const uint8_t* data, size_t size);
  // Copies, for what has no slab memory.
  void AppendCopy(const uint8_t* data, size_t size);
  void AppendHeap(std::unique_ptr<uint8_t[]> block, size_t size);

  // True when bytes written at `at` would continue the last segment.
  bool ContinuesAt(const uint8_t* at) const {
    return !segments_.empty() && segments_.back().kind == Kind::kBatch &&
           segments_.back().data + segments_.back().size == at;
  }

  // Describes what to send next, at most `max` pieces; returns their number.
  int Fill(iovec* pieces, int max) const;
  // `bytes` were sent.
  void Consume(size_t bytes, Slab& slab);
  // The batch ends: large segments take references, small ones are copied so that they do not pin
  // a whole chunk.
  void Retain(Slab& slab);
  void Clear(Slab& slab);

 private:
  enum class Kind : uint8_t { kBatch, kChunk, kHeap };

  struct Segment {
    const uint8_t* data;
    size_t size;
    std::unique_ptr<uint8_t[]> block;
    uint32_t spare;  // kHeap: bytes free behind `data + size`
    Kind kind;
  };

  size_t first_ = 0;     // segments before it are sent
  size_t retained_ = 0;  // segments before it are kChunk or kHeap
  size_t bytes_ = 0;
  std::vector<Segment> segments_;
};

}  // namespace sluice::net

#endif  // SLUICE_NET_OUTPUT_QUEUE_H_
