#include "net/shared_memory.h"

#include <sys/mman.h>

#include "net/protocol.h"

namespace sluice::net {

namespace {

constexpr size_t kPage = 4096;

size_t RoundUp(size_t bytes) { return (bytes + kPage - 1) & ~(kPage - 1); }

}  // namespace

std::shared_ptr<SharedMemory> SharedMemory::Create(const Sizes& sizes) {
  Offsets offsets{};
  size_t at = sizes.slab_bytes;
  offsets.control = at;
  at += kPage;
  offsets.counters = offsets.control + kPage / 2;
  offsets.events = at;
  at += RoundUp(size_t{sizes.events} * kEventStride * sizeof(int32_t));
  offsets.commands = at;
  at += RoundUp(size_t{sizes.commands} * sizeof(int32_t));
  offsets.tape = at;
  at += RoundUp(size_t{sizes.tape} * kEventStride * sizeof(int32_t));
  offsets.answered = at;
  at += size_t{kAnsweredCount} * sizeof(uint32_t);
  offsets.total = at;
  void* memory =
      mmap(nullptr, at, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return nullptr;
  // A huge page would make one small read cost 2 MB of resident memory.
  madvise(memory, at, MADV_NOHUGEPAGE);
  return std::shared_ptr<SharedMemory>(
      new SharedMemory(static_cast<uint8_t*>(memory), sizes, offsets));
}

SharedMemory::~SharedMemory() { munmap(base_, offsets_.total); }

}  // namespace sluice::net
