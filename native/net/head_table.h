// The message heads of one batch, so that commands of the batch can forward them.
#ifndef SLUICE_NET_HEAD_TABLE_H_
#define SLUICE_NET_HEAD_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

#include "codec/http1.h"

namespace sluice::net {

class HeadTable {
 public:
  struct Entry {
    const http1::Head* head;  // only `header_count` of its lines are there
    const uint8_t* base;
    int32_t client;  // the connection that a request came on, -1 if that is not known
  };

  // Copies `head` and returns its index.
  int32_t Add(const http1::Head& head, const uint8_t* base, int32_t client) {
    const size_t bytes =
        offsetof(http1::Head, headers) + head.header_count * sizeof(head.headers[0]);
    const size_t rounded = (bytes + 7) & ~size_t{7};
    if (rounded > room_) NewBlock();
    uint8_t* copy = at_;
    std::memcpy(copy, &head, bytes);
    at_ += rounded;
    room_ -= rounded;
    entries_.push_back(Entry{reinterpret_cast<const http1::Head*>(copy), base, client});
    return static_cast<int32_t>(entries_.size() - 1);
  }

  // `nullptr` for an index that is not of this batch.
  const Entry* Get(int32_t index) const {
    const size_t i = static_cast<size_t>(static_cast<uint32_t>(index));
    return i < entries_.size() ? &entries_[i] : nullptr;
  }

  // The batch is over.
  void Clear() {
    if (entries_.empty()) return;
    entries_.clear();
    if (blocks_.size() > kKeptBlocks) blocks_.resize(kKeptBlocks);
    used_ = 0;
    room_ = 0;
  }

 private:
  static constexpr size_t kBlockBytes = size_t{64} * 1024;
  static constexpr size_t kKeptBlocks = 4;

  // Blocks never move: entries point into them.
  void NewBlock() {
    if (used_ == blocks_.size()) blocks_.push_back(std::make_unique<uint8_t[]>(kBlockBytes));
    at_ = blocks_[used_++].get();
    room_ = kBlockBytes;
  }

  std::vector<Entry> entries_;
  std::vector<std::unique_ptr<uint8_t[]>> blocks_;
  size_t used_ = 0;
  uint8_t* at_ = nullptr;
  size_t room_ = 0;
};

}  // namespace sluice::net

#endif  // SLUICE_NET_HEAD_TABLE_H_
