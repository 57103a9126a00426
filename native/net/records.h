// Event records, and the host that turns what a framer finds into them.
#ifndef SLUICE_NET_RECORDS_H_
#define SLUICE_NET_RECORDS_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

#include "codec/dubbo.h"
#include "codec/http1.h"
#include "net/head_table.h"
#include "net/protocol.h"
#include "net/slab.h"

namespace sluice::net {

// A ring of records that TypeScript reads, and what did not fit.
class RecordRing {
 public:
  RecordRing(int32_t* records, uint32_t capacity) : records_(records), capacity_(capacity) {}

  // Room for one record; the caller fills it in before it appends another.
  int32_t* Append() {
    if (!locked_ && count_ < capacity_ && overflow_.empty()) {
      return records_ + size_t{count_++} * kEventStride;
    }
    overflow_.resize(overflow_.size() + kEventStride);
    return overflow_.data() + overflow_.size() - kEventStride;
  }

  int32_t* record(uint32_t index) { return records_ + size_t{index} * kEventStride; }
  uint32_t count() const { return count_; }
  bool empty() const { return count_ == 0 && overflow_.empty(); }
  uint32_t room() const { return overflow_.empty() ? capacity_ - count_ : 0; }

  // While TypeScript reads the ring, new records wait beside it.
  void Lock() { locked_ = true; }
  // The ring was read: moves waiting records into it, those that `keep` accepts.
  template <typename Keep>
  void Refill(Keep keep) {
    locked_ = false;
    count_ = 0;
    if (overflow_.empty()) return;
    while (next_ < overflow_.size() && count_ < capacity_) {
      const int32_t* from = overflow_.data() + next_;
      next_ += kEventStride;
      if (keep(from)) std::memcpy(record(count_++), from, kEventStride * sizeof(int32_t));
    }
    if (next_ < overflow_.size()) return;
    overflow_.clear();
    if (overflow_.capacity() > kKeptCapacity) overflow_.shrink_to_fit();
    next_ = 0;
  }
  // Drops the records that `keep` refuses.
  template <typename Keep>
  void Filter(Keep keep) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count_; i++) {
      if (!keep(record(i))) continue;
      if (kept != i) std::memcpy(record(kept), record(i), kEventStride * sizeof(int32_t));
      kept++;
    }
    count_ = kept;
  }
  // Another place to write to (the tape, from where its user says).
  void MoveTo(int32_t* records, uint32_t capacity) {
    records_ = records;
    capacity_ = capacity;
    count_ = 0;
  }

 private:
  static constexpr size_t kKeptCapacity = size_t{64} * 1024;

  int32_t* records_;
  uint32_t capacity_;
  uint32_t count_ = 0;
  bool locked_ = false;
  size_t next_ = 0;
  std::vector<int32_t> overflow_;
};

// The memory of one batch.
struct BatchMemory {
  explicit BatchMemory(uint8_t* base, uint32_t bytes);

  // Releases everything that was cut in this batch.
  void Release();

  Slab slab;
  // Reads leave some chunks to everything else: output must not fail because input filled the
  // slab.
  const uint32_t reserve;
  BumpArea input;   // what sockets read, and heads that arrived in pieces
  BumpArea output;  // heads and small bodies as they are sent
  BumpArea arena;   // what TypeScript writes
  HeadTable heads;
};

class RecordHost final : public http1::Host, public dubbo::Host {
 public:
  RecordHost(BatchMemory& memory, RecordRing& ring, double* counters)
      : memory_(memory), ring_(ring), counters_(counters) {}

  // Of which connection or framer the following calls speak.
  void set_subject(int32_t id) { subject_ = client_ = id; }
  // The connection that requests come on, if they are not framed on it.
  void set_client(int32_t id) { client_ = id; }
  // Whether the last call of OnHead or OnEnd was OnHead: a message has begun and not ended.
  bool in_message() const { return in_message_; }
  void set_in_message(bool value) { in_message_ = value; }
  // How many heads have come since the last call.
  uint32_t TakeHeads() { return std::exchange(heads_, 0); }
  // Whether all of these were of requests that may be sent again (RFC 9110 section 9.2.2).
  bool TakeAreIdempotent() { return std::exchange(are_idempotent_, true); }
  // Finish() reports truncation by its result alone.
  void set_mute_errors(bool value) { mute_errors_ = value; }

  uint8_t* Reserve(size_t bytes) override;
  void OnHead(const http1::Head& head, const uint8_t* base) override;
  void OnHead(const dubbo::Head& head) override;
  void OnData(const uint8_t* data, size_t size) override;
  void OnEnd(const uint8_t* trailers, size_t size) override;
  void OnEnd() override { OnEnd(nullptr, 0); }
  void OnError(int status, http1::Reason reason) override;
  void OnError(dubbo::Reason reason) override;

 private:
  void Bad(int status, int32_t reason);
  void Count(int status, http1::Reason reason);

  BatchMemory& memory_;
  RecordRing& ring_;
  double* const counters_;
  int32_t subject_ = -1;
  int32_t client_ = -1;
  bool in_message_ = false;
  uint32_t heads_ = 0;
  bool are_idempotent_ = true;
  bool mute_errors_ = false;
};

}  // namespace sluice::net

#endif  // SLUICE_NET_RECORDS_H_
