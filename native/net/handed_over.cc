#include "net/handed_over.h"

#include <unistd.h>
#include <uv.h>

#include <deque>
#include <mutex>
#include <unordered_map>
#include <utility>

namespace sluice::net {

namespace {

struct Lists {
  std::mutex mutex;
  std::unordered_map<int32_t, std::deque<HandedOver>> rows;
  size_t count = 0;
};

// Never destroyed: a worker may end while the process does.
Lists& TheLists() {
  static auto* const lists = new Lists();
  return *lists;
}

uint64_t NowMs() { return uv_hrtime() / 1'000'000; }

// The oldest of a row, which must have one.
HandedOver TakeFirst(Lists& lists, std::deque<HandedOver>& row) {
  HandedOver first = std::move(row.front());
  row.pop_front();
  lists.count--;
  return first;
}

}  // namespace

bool PutHandedOver(int32_t row, HandedOver&& connection) {
  Lists& lists = TheLists();
  const std::lock_guard<std::mutex> lock(lists.mutex);
  if (lists.count >= kMaxHandedOver) return false;
  connection.since_ms = NowMs();
  lists.rows[row].push_back(std::move(connection));
  lists.count++;
  return true;
}

bool TakeHandedOver(int32_t row, HandedOver* connection) {
  Lists& lists = TheLists();
  const std::lock_guard<std::mutex> lock(lists.mutex);
  const auto found = lists.rows.find(row);
  if (found == lists.rows.end()) return false;
  *connection = TakeFirst(lists, found->second);
  if (found->second.empty()) lists.rows.erase(found);
  return true;
}

size_t CountHandedOver(int32_t row) {
  Lists& lists = TheLists();
  const std::lock_guard<std::mutex> lock(lists.mutex);
  const auto found = lists.rows.find(row);
  return found == lists.rows.end() ? 0 : found->second.size();
}

void CloseHandedOver(int32_t row, uint64_t waited_ms) {
  Lists& lists = TheLists();
  const std::lock_guard<std::mutex> lock(lists.mutex);
  const auto found = lists.rows.find(row);
  if (found == lists.rows.end()) return;
  const uint64_t now = NowMs();
  std::deque<HandedOver>& waiting = found->second;
  while (!waiting.empty() && now - waiting.front().since_ms >= waited_ms) {
    close(TakeFirst(lists, waiting).fd);
  }
  if (waiting.empty()) lists.rows.erase(found);
}

}  // namespace sluice::net
