// A hashed timer wheel: one wake-up per id, links by index, constant cost.
//
// Slot s holds every id that is due at a tick t with t mod kSlots == s. An id that is due a turn
// of the wheel or more from now is passed over until its turn comes.
#ifndef SLUICE_NET_TIMER_WHEEL_H_
#define SLUICE_NET_TIMER_WHEEL_H_

#include <cstdint>
#include <vector>

namespace sluice::net {

inline constexpr uint32_t kTickMs = 100;

class TimerWheel {
 public:
  static constexpr uint32_t kNever = UINT32_MAX;

  TimerWheel();

  bool empty() const { return armed_ == 0; }
  // When `id` is woken, or kNever.
  uint32_t at(uint32_t id) const { return id < nodes_.size() ? nodes_[id].at : kNever; }
  // Wakes `id` at `tick` (in the future), instead of when it was to be woken so far.
  void Set(uint32_t id, uint32_t tick);
  void Clear(uint32_t id);

  // Calls wake(id) for every id that is due; by then its timer is cleared.
  template <typename Wake>
  void Advance(uint32_t now, Wake wake) {
    if (now <= last_) return;
    const uint32_t turns = now - last_;
    due_.clear();
    for (uint32_t i = 1; i <= turns && i <= kSlots; i++) Collect((last_ + i) % kSlots, now);
    last_ = now;
    for (const uint32_t id : due_) {
      if (nodes_[id].at > now) continue;  // an earlier wake-up has moved or cleared it
      Clear(id);
      wake(id);
    }
  }
  // The wheel was empty for a while and nobody called Advance.
  void Skip(uint32_t now) {
    if (armed_ == 0) last_ = now;
  }

 private:
  static constexpr uint32_t kSlots = 512;
  static constexpr uint32_t kNone = UINT32_MAX;

  struct Node {
    uint32_t at = kNever;
    uint32_t next = kNone;
    uint32_t previous = kNone;
  };

  void Collect(uint32_t slot, uint32_t now);

  uint32_t last_ = 0;
  uint32_t armed_ = 0;
  std::vector<uint32_t> slots_;
  std::vector<Node> nodes_;
  std::vector<uint32_t> due_;
};

}  // namespace sluice::net

#endif  // SLUICE_NET_TIMER_WHEEL_H_
