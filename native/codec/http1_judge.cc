// JudgeRequest: heads that were not received but made here are held to the same rules.
#include <limits>

#include "http1_parse.h"

namespace sluice::http1 {

Fault JudgeRequest(const uint8_t* head, size_t size) {
  Limits limits;
  // Its length is for the peer to limit.
  limits.max_start_line_bytes = std::numeric_limits<uint32_t>::max();
  limits.max_headers = kMaxHeaders;
  Head parsed;
  Refusal refusal;
  const uint8_t* const end =
      ParseHead(Role::kRequest, limits, head, head + size, &parsed, &refusal);
  if (end == head + size) return {Reason::kNone, 0};
  if (end != nullptr || refusal.reason == Reason::kNone) return {Reason::kBadStartLine, 0};
  return {refusal.reason, parsed.header_count};
}

}  // namespace sluice::http1
