// The parts of the reactor that need no socket, against simple models with random operations.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <random>
#include <string>

#include "net/output_queue.h"
#include "net/shared_memory.h"
#include "net/slab.h"
#include "net/timer_wheel.h"

namespace sluice::net {
namespace {

int passed = 0;
int failed = 0;

void Check(bool condition, const char* what) {
  condition ? ++passed : ++failed;
  if (!condition) std::printf("FAILED %s\n", what);
}

Sizes SmallSizes(uint32_t chunks) {
  Sizes sizes;
  sizes.slab_bytes = chunks * kChunkBytes;
  return sizes;
}

void TestSlab() {
  const auto memory = SharedMemory::Create(SmallSizes(4));
  Slab slab(memory->base(), memory->sizes().slab_bytes);
  const ChunkId first = slab.Take();
  slab.Ref(first);
  slab.Unref(first);
  Check(slab.references(first) == 1 && slab.free_count() == 3, "a reference keeps a chunk");
  slab.Unref(first);
  Check(slab.free_count() == 4, "the last reference frees it");
  Check(slab.Take() == first, "the chunk freed last is taken first");
  Check(slab.Take(3) == kNoChunk, "a reserve is left");
  slab.Take();
  slab.Take();
  slab.Take();
  Check(slab.Take() == kNoChunk, "an empty slab says so");
}

void TestTrim() {
  const auto memory = SharedMemory::Create(SmallSizes(64));
  Slab slab(memory->base(), memory->sizes().slab_bytes);
  for (uint32_t i = 0; i < 64; i++) std::memset(slab.chunk(slab.Take()), 1, kChunkBytes);
  for (uint32_t i = 0; i < 64; i++) slab.Unref(i);
  constexpr std::chrono::hours kForever{1};
  slab.Sweep();  // all were in use since the sweep before
  slab.Trim(kForever);
  Check(slab.swollen(), "a chunk that was in use keeps its pages for one sweep");
  slab.Sweep();
  slab.Trim(std::chrono::nanoseconds{0});
  Check(slab.swollen(), "a call gives back no more than it has time for");
  for (int i = 0; i < 64; i++) slab.Trim(std::chrono::nanoseconds{0});
  Check(!slab.swollen(), "idle chunks give their pages back");
  Check(slab.chunk(0)[0] == 0 || slab.chunk(63)[0] == 0, "pages are gone");
}

void TestTrimWhileInUse() {
  const auto memory = SharedMemory::Create(SmallSizes(64));
  Slab slab(memory->base(), memory->sizes().slab_bytes);
  for (uint32_t i = 0; i < 64; i++) std::memset(slab.chunk(slab.Take()), 1, kChunkBytes);
  for (uint32_t i = 0; i < 64; i++) slab.Unref(i);
  slab.Sweep();
  slab.Sweep();
  for (uint32_t i = 0; i < 60; i++) slab.Take();
  slab.Trim(std::chrono::hours{1});
  for (uint32_t i = 4; i < 64; i++) {
    Check(slab.chunk(i)[0] == 1, "what was taken since the sweep keeps its pages");
  }
}

void TestBumpArea() {
  const auto memory = SharedMemory::Create(SmallSizes(4));
  Slab slab(memory->base(), memory->sizes().slab_bytes);
  BumpArea area(slab);
  Check(area.Ensure(100), "a fresh area takes a chunk");
  const uint8_t* start = area.at();
  area.ConsumeAligned(13);
  Check(area.at() == start + 16, "pieces are aligned");
  area.Release();
  Check(area.at() == start, "an unpinned chunk is used again from its start");
  area.Consume(60'000);
  Check(area.Ensure(10'000) && slab.free_count() == 2, "a full chunk is kept for the batch");
  area.Release();
  Check(slab.free_count() == 3, "and let go after it");
  slab.Ref(slab.ChunkOf(area.at()));
  area.Consume(100);
  const uint8_t* behind = area.at();
  area.Release();
  Check(area.at() == behind, "a pinned chunk goes on behind what pins it");
  area.Consume(60'000);
  area.Release();
  Check(area.at() == nullptr, "a pinned and filled chunk is dropped");
  Check(!area.Ensure(kChunkBytes + 1), "no piece is larger than a chunk");
}

// Appends, sends and batch ends in random order must give the bytes in order, and free everything.
void TestOutputQueue(uint32_t seed) {
  const auto memory = SharedMemory::Create(SmallSizes(64));
  Slab slab(memory->base(), memory->sizes().slab_bytes);
  std::mt19937 random(seed);
  const auto pick = [&random](size_t limit) { return random() % limit; };
  std::string expected;
  std::string sent;
  OutputQueue queue;
  BumpArea area(slab);
  uint8_t next = 0;
  const auto fill = [&next](uint8_t* at, size_t size) {
    for (size_t i = 0; i < size; i++) at[i] = next++;
  };
  for (int step = 0; step < 400; step++) {
    const size_t size = 1 + pick(pick(3) == 0 ? 30'000 : 300);
    switch (pick(5)) {
      case 0:
      case 1:
        if (!area.Ensure(static_cast<uint32_t>(size))) break;
        fill(area.at(), size);
        expected.append(reinterpret_cast<char*>(area.at()), size);
        queue.AppendBatch(area.at(), size);
        area.Consume(static_cast<uint32_t>(size));
        break;
      case 2: {
        std::string text(size, 0);
        fill(reinterpret_cast<uint8_t*>(text.data()), size);
        expected += text;
        queue.AppendCopy(reinterpret_cast<const uint8_t*>(text.data()), size);
        break;
      }
      case 3: {
        iovec pieces[4];
        const int count = queue.Fill(pieces, 4);
        size_t most = 0;
        for (int i = 0; i < count; i++) most += pieces[i].iov_len;
        if (most == 0) break;
        const size_t wanted = 1 + pick(most);
        size_t left = wanted;
        for (int i = 0; i < count && left > 0; i++) {
          const size_t part = std::min(left, pieces[i].iov_len);
          sent.append(static_cast<char*>(pieces[i].iov_base), part);
          left -= part;
        }
        queue.Consume(wanted, slab);
        break;
      }
      default:
        queue.Retain(slab);
        area.Release();
    }
    if (queue.bytes() != expected.size() - sent.size()) {
      Check(false, "the queue counts its bytes");
      return;
    }
  }
  Check(expected.compare(0, sent.size(), sent) == 0, "bytes leave in order");
  queue.Retain(slab);
  area.Drop();
  queue.Clear(slab);
  Check(slab.free_count() == slab.chunk_count(), "a cleared queue holds no chunk");
}

void TestTimerWheel(uint32_t seed) {
  std::mt19937 random(seed);
  TimerWheel wheel;
  std::map<uint32_t, uint32_t> model;
  uint32_t now = 0;
  for (int step = 0; step < 5000; step++) {
    const uint32_t id = random() % 50;
    switch (random() % 4) {
      case 0:
      case 1: {
        const uint32_t at = now + 1 + random() % (random() % 8 == 0 ? 2000 : 100);
        wheel.Set(id, at);
        model[id] = at;
        break;
      }
      case 2:
        wheel.Clear(id);
        model.erase(id);
        break;
      default:
        now += random() % (random() % 50 == 0 ? 1500 : 5);
        wheel.Advance(now, [&](uint32_t due) {
          Check(model.count(due) == 1 && model[due] <= now, "only what is due is woken");
          model.erase(due);
        });
        for (const auto& [other, at] : model) {
          if (at <= now) Check(false, "what is due is woken");
          if (wheel.at(other) != at) Check(false, "the wheel knows when");
        }
    }
  }
  Check(wheel.empty() == model.empty(), "the wheel knows whether it is empty");
}

// As many idle connections as a worker may have, of which some become active: what is due is woken
// in its tick, and a tick in which nothing is due touches next to nothing.
void TestManyTimers() {
  constexpr uint32_t kConnections = 100'000;
  constexpr uint32_t kIdleTicks = 750;
  TimerWheel wheel;
  std::vector<uint32_t> due(kConnections);
  for (uint32_t id = 0; id < kConnections; id++) {
    due[id] = 1 + kIdleTicks - id % 100;
    wheel.Set(id, due[id]);
  }
  std::mt19937 random(1);
  size_t woken = 0;
  for (uint32_t now = 1; now <= 2 * kIdleTicks; now++) {
    for (int i = 0; i < 20; i++) {
      const uint32_t id = random() % kConnections;
      if (due[id] == TimerWheel::kNever || due[id] < now + 1) continue;
      due[id] = now + 1 + random() % 300;
      wheel.Set(id, due[id]);
    }
    wheel.Advance(now, [&](uint32_t id) {
      if (due[id] != now) Check(false, "woken in its tick");
      due[id] = TimerWheel::kNever;
      woken++;
    });
  }
  Check(woken == kConnections, "all are woken, once");
  Check(wheel.empty(), "nothing is left");
}

}  // namespace
}  // namespace sluice::net

int main() {
  sluice::net::TestSlab();
  sluice::net::TestTrim();
  sluice::net::TestTrimWhileInUse();
  sluice::net::TestBumpArea();
  for (uint32_t seed = 1; seed <= 200; seed++) sluice::net::TestOutputQueue(seed);
  for (uint32_t seed = 1; seed <= 20; seed++) sluice::net::TestTimerWheel(seed);
  sluice::net::TestManyTimers();
  std::printf("net: %d passed, %d failed\n", sluice::net::passed, sluice::net::failed);
  return sluice::net::failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
