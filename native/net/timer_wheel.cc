#include "net/timer_wheel.h"

namespace sluice::net {

TimerWheel::TimerWheel() : slots_(kSlots, kNone) {}

void TimerWheel::Set(uint32_t id, uint32_t tick) {
  if (id >= nodes_.size()) nodes_.resize(id + 1 + id / 2);
  if (nodes_[id].at != kNever) Clear(id);
  if (tick <= last_) tick = last_ + 1;
  uint32_t& first = slots_[tick % kSlots];
  nodes_[id] = Node{tick, first, kNone};
  if (first != kNone) nodes_[first].previous = id;
  first = id;
  armed_++;
}

void TimerWheel::Clear(uint32_t id) {
  if (at(id) == kNever) return;
  Node& node = nodes_[id];
  if (node.previous != kNone) {
    nodes_[node.previous].next = node.next;
  } else {
    slots_[node.at % kSlots] = node.next;
  }
  if (node.next != kNone) nodes_[node.next].previous = node.previous;
  node = Node{};
  armed_--;
}

void TimerWheel::Collect(uint32_t slot, uint32_t now) {
  for (uint32_t id = slots_[slot]; id != kNone; id = nodes_[id].next) {
    if (nodes_[id].at <= now) due_.push_back(id);
  }
}

}  // namespace sluice::net
