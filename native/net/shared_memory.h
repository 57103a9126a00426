// One anonymous mapping that native code and TypeScript share: the slab, then the rings.
#ifndef SLUICE_NET_SHARED_MEMORY_H_
#define SLUICE_NET_SHARED_MEMORY_H_

#include <cstddef>
#include <cstdint>
#include <memory>

namespace sluice::net {

struct Sizes {
  uint32_t slab_bytes = 256u << 20;  // a multiple of kChunkBytes
  uint32_t events = 4096;            // records
  uint32_t commands = 16384;         // integers
  uint32_t tape = 4096;              // records
};

// For so many connections the engine can tell how many requests it has answered; those with higher
// numbers are not handed over.
inline constexpr uint32_t kAnsweredCount = 1u << 20;

// Where each block begins, in bytes from the start of the mapping. The slab is at 0.
struct Offsets {
  size_t control;
  size_t counters;
  size_t events;
  size_t commands;
  size_t tape;
  size_t answered;
  size_t total;
};

// Lives as long as its last owner: the reactor, or the ArrayBuffer that TypeScript holds.
class SharedMemory {
 public:
  // `nullptr` when the kernel refuses the mapping.
  static std::shared_ptr<SharedMemory> Create(const Sizes& sizes);
  ~SharedMemory();
  SharedMemory(const SharedMemory&) = delete;
  SharedMemory& operator=(const SharedMemory&) = delete;

  uint8_t* base() const { return base_; }
  const Sizes& sizes() const { return sizes_; }
  const Offsets& offsets() const { return offsets_; }
  int32_t* control() const { return reinterpret_cast<int32_t*>(base_ + offsets_.control); }
  double* counters() const { return reinterpret_cast<double*>(base_ + offsets_.counters); }
  int32_t* events() const { return reinterpret_cast<int32_t*>(base_ + offsets_.events); }
  int32_t* commands() const { return reinterpret_cast<int32_t*>(base_ + offsets_.commands); }
  uint32_t* answered() const { return reinterpret_cast<uint32_t*>(base_ + offsets_.answered); }
  int32_t* tape() const { return reinterpret_cast<int32_t*>(base_ + offsets_.tape); }

 private:
  SharedMemory(uint8_t* base, const Sizes& sizes, const Offsets& offsets)
      : base_(base), sizes_(sizes), offsets_(offsets) {}

  uint8_t* const base_;
  const Sizes sizes_;
  const Offsets offsets_;
};

}  // namespace sluice::net

#endif  // SLUICE_NET_SHARED_MEMORY_H_
