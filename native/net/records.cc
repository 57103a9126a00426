#include "net/records.h"

#include <algorithm>

namespace sluice::net {

namespace {

constexpr uint32_t kMostReserved = 8;
constexpr int kDubboBadRequest = 40;

}  // namespace

BatchMemory::BatchMemory(uint8_t* base, uint32_t bytes)
    : slab(base, bytes),
      reserve(std::min(kMostReserved, slab.chunk_count() / 4)),
      input(slab),
      output(slab),
      arena(slab) {}

void BatchMemory::Release() {
  input.Release();
  output.Release();
  arena.Release();
  heads.Clear();
}

uint8_t* RecordHost::Reserve(size_t bytes) {
  if (bytes > kChunkBytes || !memory_.input.Ensure(static_cast<uint32_t>(bytes))) return nullptr;
  uint8_t* at = memory_.input.at();
  memory_.input.ConsumeAligned(static_cast<uint32_t>(bytes));
  return at;
}

void RecordHost::OnHead(const http1::Head& head, const uint8_t* base) {
  const bool is_request = head.role == http1::Role::kRequest;
  in_message_ = (head.flags & http1::kInterim) == 0;
  heads_++;
  if (is_request) are_idempotent_ &= (head.flags & http1::kIdempotent) != 0;
  if ((head.flags & http1::kLastRequest) != 0) counters_[kRequestsLimit]++;
  int32_t* record = ring_.Append();
  record[0] = kEvHead;
  record[1] = subject_;
  record[2] = memory_.heads.Add(head, base, client_);
  record[3] = static_cast<int32_t>(memory_.slab.OffsetOf(base));
  record[4] = static_cast<int32_t>(head.bytes);
  record[5] = static_cast<int32_t>(head.flags);
  record[6] = is_request ? static_cast<int32_t>(head.method.end - head.method.begin) : head.status;
  record[7] = static_cast<int32_t>(head.target.begin);
  record[8] = static_cast<int32_t>(head.target.end - head.target.begin);
  record[9] = static_cast<int32_t>(static_cast<uint32_t>(head.content_length));
  record[10] = static_cast<int32_t>(static_cast<uint32_t>(head.content_length >> 32));
  record[11] = client_;
}

void RecordHost::OnHead(const dubbo::Head& head) {
  heads_++;
  int32_t* record = ring_.Append();
  record[0] = kEvHead;
  record[1] = subject_;
  record[2] = record[3] = record[4] = 0;
  record[5] = head.flags;
  record[6] = head.status;
  record[7] = static_cast<int32_t>(head.id >> 32);
  record[8] = static_cast<int32_t>(head.id);
  record[9] = static_cast<int32_t>(head.body_bytes);
}

void RecordHost::OnData(const uint8_t* data, size_t size) {
  if (size == 0) return;
  int32_t* record = ring_.Append();
  record[0] = kEvData;
  record[1] = subject_;
  record[2] = static_cast<int32_t>(memory_.slab.OffsetOf(data));
  record[3] = static_cast<int32_t>(size);
}

void RecordHost::OnEnd(const uint8_t* trailers, size_t size) {
  in_message_ = false;
  int32_t* record = ring_.Append();
  record[0] = kEvMsgEnd;
  record[1] = subject_;
  record[2] = size > 0 ? static_cast<int32_t>(memory_.slab.OffsetOf(trailers)) : 0;
  record[3] = static_cast<int32_t>(size);
}

void RecordHost::OnError(int status, http1::Reason reason) {
  if (mute_errors_) return;
  Count(status, reason);
  Bad(status, static_cast<int32_t>(reason));
}

void RecordHost::Count(int status, http1::Reason reason) {
  Counter counter = kBadRequests;
  if (status == 502) {
    counter = kBadResponses;
  } else if (reason == http1::Reason::kStartLineTooLong) {
    counter = kRequestLineLimit;
  } else if (reason == http1::Reason::kHeadTooLarge) {
    counter = kHeadLimit;
  } else if (reason == http1::Reason::kTooManyHeaders) {
    counter = kHeadersLimit;
  } else if (reason == http1::Reason::kBodyTooLarge) {
    counter = kBodyLimit;
  } else if (reason == http1::Reason::kChunkExtensionTooLong) {
    counter = kChunkExtensionLimit;
  } else if (reason == http1::Reason::kTrailersTooLarge) {
    counter = kTrailersLimit;
  }
  counters_[counter]++;
}

void RecordHost::OnError(dubbo::Reason reason) {
  counters_[kBadRequests]++;
  Bad(kDubboBadRequest, kDubboReasons + static_cast<int32_t>(reason));
}

void RecordHost::Bad(int status, int32_t reason) {
  int32_t* record = ring_.Append();
  record[0] = kEvBad;
  record[1] = subject_;
  record[2] = status;
  record[3] = reason;
}

}  // namespace sluice::net
