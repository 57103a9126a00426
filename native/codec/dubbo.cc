#include "dubbo.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace sluice::dubbo {

namespace {

constexpr uint8_t kMagic[] = {0xda, 0xbb};
constexpr size_t kFlagsAt = 2;
constexpr size_t kStatusAt = 3;
constexpr size_t kIdAt = 4;
constexpr size_t kLengthAt = 12;

constexpr std::array<const char*, static_cast<size_t>(Reason::kCount)> kReasonTexts = {
    "none",
    "not the magic number of Dubbo",
    "body too large",
};
static_assert(kReasonTexts.back() != nullptr);

// Whether `size` bytes can be, or begin, a head.
bool HasMagic(const uint8_t* head, size_t size) {
  return std::memcmp(head, kMagic, std::min(size, sizeof(kMagic))) == 0;
}

uint32_t ReadUint32(const uint8_t* p) {
  return uint32_t{p[0]} << 24 | uint32_t{p[1]} << 16 | uint32_t{p[2]} << 8 | uint32_t{p[3]};
}

void WriteUint32(uint32_t value, uint8_t* out) {
  for (int shift = 24; shift >= 0; shift -= 8) *out++ = static_cast<uint8_t>(value >> shift);
}

}  // namespace

const char* ReasonText(Reason reason) {
  const auto index = static_cast<size_t>(reason);
  return index < kReasonTexts.size() ? kReasonTexts[index] : "unknown";
}

// The length is signed on the wire; as unsigned, a negative one is above every limit.
Framer::Framer(const Limits& limits)
    : max_body_bytes_(std::min(limits.max_body_bytes, uint32_t{INT32_MAX})) {}

void Framer::Feed(const uint8_t* data, size_t size, Host& host) {
  const uint8_t* p = data;
  const uint8_t* const end = data + size;
  while (p != end) {
    switch (state_) {
      case State::kHead:  // -> Body | Head | Failed
        p = FeedHead(p, end, host);
        break;
      case State::kBody:  // -> Head
        p = FeedBody(p, end, host);
        break;
      case State::kFailed:
        return;
    }
  }
}

bool Framer::Finish() { return idle(); }

const uint8_t* Framer::FeedHead(const uint8_t* p, const uint8_t* end, Host& host) {
  const auto size = static_cast<size_t>(end - p);
  if (head_bytes_ == 0 && size >= kHeadBytes) {
    Begin(p, host);
    return p + kHeadBytes;
  }
  const size_t taken = std::min(size, kHeadBytes - head_bytes_);
  std::memcpy(head_ + head_bytes_, p, taken);
  head_bytes_ = static_cast<uint8_t>(head_bytes_ + taken);
  if (head_bytes_ == kHeadBytes) {
    head_bytes_ = 0;
    Begin(head_, host);
  } else if (!HasMagic(head_, head_bytes_)) {
    // At once: what is not Dubbo may well never send 16 bytes.
    Fail(host, Reason::kBadMagic);
  }
  return p + taken;
}

void Framer::Begin(const uint8_t* head, Host& host) {
  if (!HasMagic(head, kHeadBytes)) return Fail(host, Reason::kBadMagic);
  const uint64_t high = ReadUint32(head + kIdAt);
  const uint32_t length = ReadUint32(head + kLengthAt);
  if (length > max_body_bytes_) return Fail(host, Reason::kBodyTooLarge);
  remaining_ = length;
  state_ = length > 0 ? State::kBody : State::kHead;
  host.OnHead(
      Head{high << 32 | ReadUint32(head + kIdAt + 4), length, head[kFlagsAt], head[kStatusAt]});
  if (length == 0) host.OnEnd();
}

const uint8_t* Framer::FeedBody(const uint8_t* p, const uint8_t* end, Host& host) {
  const size_t taken = std::min(static_cast<size_t>(end - p), size_t{remaining_});
  remaining_ -= static_cast<uint32_t>(taken);
  if (remaining_ == 0) state_ = State::kHead;
  host.OnData(p, taken);
  if (remaining_ == 0) host.OnEnd();
  return p + taken;
}

void Framer::Fail(Host& host, Reason reason) {
  state_ = State::kFailed;
  host.OnError(reason);
}

void WriteHead(const Head& head, uint8_t* out) {
  std::memcpy(out, kMagic, sizeof(kMagic));
  out[kFlagsAt] = head.flags;
  out[kStatusAt] = head.status;
  WriteUint32(static_cast<uint32_t>(head.id >> 32), out + kIdAt);
  WriteUint32(static_cast<uint32_t>(head.id), out + kIdAt + 4);
  WriteUint32(head.body_bytes, out + kLengthAt);
}

}  // namespace sluice::dubbo
