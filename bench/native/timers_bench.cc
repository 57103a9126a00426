// Times the wheel that all time-outs of a worker are in, with as many connections as a worker may
// have. Prints the best of several rounds, as other programs only ever add time.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <numeric>
#include <random>
#include <vector>

#include "net/timer_wheel.h"

namespace sluice::net {
namespace {

constexpr uint32_t kConnections = 100'000;
constexpr int kRounds = 15;
// The time-outs of clients by default are between 10 s and 75 s.
constexpr uint32_t kFirstTick = 100;
constexpr uint32_t kTicks = 650;

// Connections in the order in which something happens on them: none that a cache could foresee.
std::vector<uint32_t> Shuffled() {
  std::vector<uint32_t> ids(kConnections);
  std::iota(ids.begin(), ids.end(), 0);
  std::shuffle(ids.begin(), ids.end(), std::mt19937(1));
  return ids;
}

const std::vector<uint32_t> kOrder = Shuffled();

uint32_t Due(uint32_t id) { return kFirstTick + id % kTicks; }

void Fill(TimerWheel& wheel) {
  for (const uint32_t id : kOrder) wheel.Set(id, Due(id));
}

// Prepares a wheel for each round, and times what is done with it.
template <typename Prepare, typename Work>
void Measure(const char* name, const char* unit, double count, Prepare prepare, Work work) {
  double best = 1e9;
  for (int round = 0; round < kRounds; round++) {
    TimerWheel wheel;
    prepare(wheel);
    const auto start = std::chrono::steady_clock::now();
    work(wheel);
    const auto end = std::chrono::steady_clock::now();
    best = std::min(best, std::chrono::duration<double>(end - start).count());
  }
  std::printf("%-42s %9.1f ns/%s\n", name, best / count * 1e9, unit);
}

void Run() {
  size_t woken = 0;
  const auto wake = [&woken](uint32_t) { woken++; };
  std::printf("%u timers\n", kConnections);
  Measure(
      "  arm", "timer", kConnections, [](TimerWheel& wheel) { wheel.Set(kConnections, kTicks); },
      Fill);
  Measure("  move", "timer", kConnections, Fill, [](TimerWheel& wheel) {
    for (const uint32_t id : kOrder) wheel.Set(id, Due(id) / 2);
  });
  Measure("  cancel", "timer", kConnections, Fill, [](TimerWheel& wheel) {
    for (const uint32_t id : kOrder) wheel.Clear(id);
  });
  Measure("  tick, nothing due", "tick", kFirstTick - 1, Fill, [&](TimerWheel& wheel) {
    for (uint32_t now = 1; now < kFirstTick; now++) wheel.Advance(now, wake);
  });
  Measure("  ticks, all become due", "timer", kConnections, Fill, [&](TimerWheel& wheel) {
    for (uint32_t now = 1; now < kFirstTick + kTicks; now++) wheel.Advance(now, wake);
  });
  if (woken != static_cast<size_t>(kRounds) * kConnections) std::printf("broken: %zu\n", woken);
}

}  // namespace
}  // namespace sluice::net

int main() {
  sluice::net::Run();
  return 0;
}
