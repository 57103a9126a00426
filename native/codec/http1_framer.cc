// The Framer: which bytes are head, body and trailers, and where a message ends. Chunked bodies are
// in http1_chunked.cc.
#include <algorithm>

#include "http1.h"
#include "http1_lines.h"
#include "http1_parse.h"
#include "http1_scan.h"

namespace sluice::http1 {

namespace {

// What the response to a request depends on, packed into kExpectedWidth bits.
constexpr uint32_t kExpectHead = 1;
constexpr uint32_t kExpectConnect = 2;
constexpr uint32_t kExpectUpgrade = 4;
constexpr uint32_t kExpectedWidth = 3;
constexpr uint32_t kExpectedSlots = 64 / kExpectedWidth;
constexpr uint64_t kExpectedMask = (1u << kExpectedWidth) - 1;

// RFC 9112 section 2.2 asks to ignore at least one empty line before a request.
constexpr uint8_t kMaxEmptyLines = 2;

Limits Clamp(Limits limits) {
  limits.max_headers = std::min(limits.max_headers, kMaxHeaders);
  return limits;
}

}  // namespace

Framer::Framer(Role role, const Limits& limits) : limits_(Clamp(limits)), role_(role) {}

bool Framer::failed() const { return state_ == State::kFailed; }

bool Framer::in_head() const { return state_ == State::kHead; }

std::string_view Framer::pending_head() const { return pending_; }

bool Framer::idle() const { return state_ == State::kStart && expected_count_ == 0; }

bool Framer::may_continue() const { return state_ == State::kStart || ignored_bytes_; }

size_t Framer::expected() const { return expected_count_; }

void Framer::set_expect_any(bool value) { expect_any_ = value; }

void Framer::Expect(uint32_t request_flags) {
  uint32_t bits = 0;
  if ((request_flags & kHeadMethod) != 0) bits |= kExpectHead;
  if ((request_flags & kConnectMethod) != 0) bits |= kExpectConnect;
  if ((request_flags & kUpgrade) != 0) bits |= kExpectUpgrade;
  if (expected_count_ < kExpectedSlots) {
    expected_bits_ |= uint64_t{bits} << (expected_count_ * kExpectedWidth);
  } else {
    if (extra_ == nullptr) extra_ = std::make_unique<Extra>();
    extra_->more_expected.push_back(static_cast<char>(bits));
  }
  ++expected_count_;
}

// An empty queue, under expect_any_, answers a plain GET.
uint32_t Framer::FrontExpected() const {
  return static_cast<uint32_t>(expected_bits_ & kExpectedMask);
}

void Framer::PopExpected() {
  if (expected_count_ == 0) return;
  --expected_count_;
  expected_bits_ >>= kExpectedWidth;
  if (expected_count_ < kExpectedSlots) return;
  // Only a pipeline deeper than kExpectedSlots comes here.
  std::string& more = extra_->more_expected;
  const auto next = static_cast<uint64_t>(static_cast<unsigned char>(more.front()));
  expected_bits_ |= next << ((kExpectedSlots - 1) * kExpectedWidth);
  more.erase(0, 1);
}

void Framer::ReleasePending() {
  // An idle connection keeps no buffer; heads in pieces are rare enough to allocate anew.
  std::string().swap(pending_);
  scanned_ = 0;
  start_line_ok_ = false;
}

void Framer::Fail(Host& host, int status, Reason reason) {
  ReleasePending();
  state_ = State::kFailed;
  host.OnError(role_ == Role::kResponse && status != 503 ? 502 : status, reason);
}

void Framer::Feed(const uint8_t* data, size_t size, Host& host) {
  const uint8_t* p = data;
  const uint8_t* const end = data + size;
  while (p != end) {
    switch (state_) {
      case State::kStart:      // -> Head | LeadingCr | any body state | Start | Closed | Failed
      case State::kLeadingCr:  // -> Start | Failed
        p = FeedStart(p, end, host);
        break;
      case State::kHead:  // -> any body state | Start | Closed | Failed
        p = FeedPendingHead(p, end, host);
        break;
      case State::kLength:      // -> Start | Closed
      case State::kUntilClose:  // until Finish
      case State::kTunnel:      // until Finish
      case State::kChunkData:   // -> ChunkDataCr
        p = FeedData(p, end, host);
        break;
      case State::kTrailer:  // -> Start | Closed | Failed
        p = FeedTrailer(p, end, host);
        break;
      case State::kClosed:
        // RFC 9112 section 9.6: nothing after the last request is to be processed.
        if (role_ == Role::kResponse) Fail(host, 502, Reason::kUnsolicitedResponse);
        ignored_bytes_ = true;
        return;
      case State::kFailed:
        return;
      default:  // the line around a chunk -> ChunkData | Trailer | Failed
        p = FeedChunkLine(p, end, host);
    }
  }
}

bool Framer::Finish(Host& host) {
  switch (state_) {
    case State::kStart:
    case State::kLeadingCr:
    case State::kTunnel:
    case State::kClosed:
      state_ = State::kClosed;
      return true;
    case State::kUntilClose:
      EndMessage(nullptr, 0, host);
      return true;
    case State::kFailed:
      return false;
    default:
      Fail(host, 400, Reason::kTruncated);
      return false;
  }
}

const uint8_t* Framer::FeedStart(const uint8_t* p, const uint8_t* end, Host& host) {
  if (role_ == Role::kResponse) {
    if (expected_count_ == 0 && !expect_any_) {
      Fail(host, 502, Reason::kUnsolicitedResponse);
      return end;
    }
    if (*p != 'H') {
      Fail(host, 502, Reason::kBadStatusLine);
      return end;
    }
    return FeedHead(p, end, host);
  }
  if (state_ == State::kStart && Is(*p, kTokenChar)) return FeedHead(p, end, host);

  const bool after_cr = state_ == State::kLeadingCr;
  if (!after_cr && *p == '\r' && empty_lines_ < kMaxEmptyLines) {
    state_ = State::kLeadingCr;
    return p + 1;
  }
  const bool line_feed = *p == '\n' && (after_cr || limits_.lenient_lf);
  if (line_feed && empty_lines_ < kMaxEmptyLines) {
    ++empty_lines_;
    state_ = State::kStart;
    return p + 1;
  }
  const bool empty_line = *p == '\r' || *p == '\n' || after_cr;
  Fail(host, 400, empty_line ? Reason::kEmptyLines : Reason::kBadMethod);
  return end;
}

// The fast path: a head that is complete in the host's buffer is parsed there, in one pass.
// Whatever else it is, too long, broken or incomplete, FeedPendingHead says.
const uint8_t* Framer::FeedHead(const uint8_t* p, const uint8_t* end, Host& host) {
  Head head;
  Refusal refusal;
  const auto size = static_cast<size_t>(end - p);
  const uint8_t* const window = p + std::min(size, size_t{limits_.max_head_bytes});
  const uint8_t* const after = ParseHead(role_, limits_, p, window, &head, &refusal);
  if (after == nullptr) {
    state_ = State::kHead;
    return FeedPendingHead(p, end, host);
  }
  BeginMessage(head, p, host);
  return after;
}

// Judges a head by its bytes in order: start line, size, field lines. pending_ keeps what is there
// of it; scanned_ keeps the search for its end linear however small the pieces.
const uint8_t* Framer::FeedPendingHead(const uint8_t* p, const uint8_t* end, Host& host) {
  const size_t before = pending_.size();
  const size_t room = limits_.max_head_bytes - std::min(before, size_t{limits_.max_head_bytes});
  pending_.append(reinterpret_cast<const char*>(p), std::min(static_cast<size_t>(end - p), room));
  const auto* const begin = reinterpret_cast<const uint8_t*>(pending_.data());
  const uint8_t* const pending_end = begin + pending_.size();
  Head head;
  Refusal refusal;

  if (!start_line_ok_) {
    const size_t seen = std::min(pending_.size(), size_t{limits_.max_start_line_bytes});
    const void* const lf = std::memchr(begin + scanned_, '\n', seen - scanned_);
    if (lf == nullptr) {
      scanned_ = static_cast<uint32_t>(seen);
      if (seen == limits_.max_start_line_bytes) {
        Fail(host, 414, Reason::kStartLineTooLong);
      } else if (pending_.size() == limits_.max_head_bytes) {
        Fail(host, 431, Reason::kHeadTooLarge);
      }
      return end;
    }
    const uint8_t* const line_end = static_cast<const uint8_t*>(lf) + 1;
    if (ParseStartLine(role_, limits_.lenient_lf, begin, line_end, &head, &refusal) == nullptr) {
      if (refusal.reason == Reason::kNone) refusal = {400, Reason::kBadStartLine};
      Fail(host, refusal.status, refusal.reason);
      return end;
    }
    start_line_ok_ = true;
    scanned_ = static_cast<uint32_t>(line_end - 1 - begin);
  }

  const uint8_t* resume = nullptr;
  const uint8_t* const after = FindEmptyLine(begin + scanned_, pending_end, &resume);
  if (after == nullptr) {
    scanned_ = static_cast<uint32_t>(resume - begin);
    if (pending_.size() == limits_.max_head_bytes) Fail(host, 431, Reason::kHeadTooLarge);
    return end;
  }
  if (ParseHead(role_, limits_, begin, after, &head, &refusal) == nullptr) {
    if (refusal.reason == Reason::kNone) refusal = {400, Reason::kBadHeaderName};
    Fail(host, refusal.status, refusal.reason);
    return end;
  }
  const auto size = static_cast<size_t>(after - begin);
  uint8_t* const copy = host.Reserve(size);
  if (copy == nullptr) {
    Fail(host, 503, Reason::kOutOfMemory);
    return end;
  }
  std::memcpy(copy, begin, size);
  ReleasePending();
  BeginMessage(head, copy, host);
  return p + (size - before);
}

// The body of a response by RFC 9112 section 6.3. False after an error.
bool Framer::FrameResponse(Head& head, Host& host) {
  const uint32_t request = FrontExpected();
  const uint16_t status = head.status;
  if ((request & kExpectHead) != 0) head.flags |= kHeadMethod;
  if (status == 101) {
    // RFC 9110 section 15.2.2: it says which protocol is to come, and ends with its head. Whether
    // that is one of those asked for, the host has to see.
    if ((request & kExpectUpgrade) == 0 || (head.flags & kUpgrade) == 0 || AnnouncesBody(head)) {
      Fail(host, 502, Reason::kUnexpectedUpgrade);
      return false;
    }
    head.flags = (head.flags | kUpgrade | kNoBody) & ~(kKeepAlive | kChunked | kHasLength);
    return true;
  }
  if (status < 200) {
    // RFC 9110 section 8.6 and RFC 9112 section 6.1: neither field belongs there. Who sends one may
    // send a body behind it, and a body can look like a response.
    if (AnnouncesBody(head)) {
      Fail(host, 502, Reason::kInterimWithBody);
      return false;
    }
    if (++interim_ > limits_.max_interim_responses) {
      Fail(host, 502, Reason::kTooManyInterim);
      return false;
    }
    head.flags = (head.flags | kInterim) & ~(kChunked | kHasLength);
    return true;
  }
  if ((request & kExpectConnect) != 0 && status < 300) {
    head.flags = (head.flags | kUntilClose) & ~(kKeepAlive | kChunked | kHasLength);
  } else if (status == 204) {
    // Nor there; but the response is complete, so that only its connection is in doubt.
    if (AnnouncesBody(head)) head.flags &= ~kKeepAlive;
    head.flags = (head.flags | kNoBody) & ~(kChunked | kHasLength);
  } else if ((request & kExpectHead) != 0 || status == 304) {
    // Both may have the length that the response to a GET would have (RFC 9110 section 8.6), and to
    // HEAD also its Transfer-Encoding. In a 304 only servers send that which send chunks, too.
    if (status == 304 && (head.flags & kChunked) != 0) head.flags &= ~kKeepAlive;
    head.flags = (head.flags | kNoBody) & ~kChunked;
  } else if ((head.flags & kHasLength) != 0) {
    if (head.content_length == 0) head.flags |= kNoBody;
  } else if ((head.flags & kChunked) == 0) {
    head.flags = (head.flags | kUntilClose) & ~kKeepAlive;
  }
  return true;
}

// The limits of bodies and of requests. False after an error.
bool Framer::AdmitRequest(Head& head, Host& host) {
  if (limits_.max_body_bytes != 0 && head.content_length > limits_.max_body_bytes) {
    Fail(host, 413, Reason::kBodyTooLarge);
    return false;
  }
  if (limits_.max_requests != 0 && ++requests_ == limits_.max_requests &&
      (head.flags & kKeepAlive) != 0) {
    head.flags = (head.flags | kLastRequest) & ~kKeepAlive;
  }
  return true;
}

void Framer::BeginMessage(Head& head, const uint8_t* base, Host& host) {
  if (role_ == Role::kResponse ? !FrameResponse(head, host) : !AdmitRequest(head, host)) return;
  keep_alive_ = (head.flags & kKeepAlive) != 0;
  upgrade_ = (head.flags & kUpgrade) != 0;
  empty_lines_ = 0;
  if ((head.flags & kInterim) != 0) {
    state_ = State::kStart;
    host.OnHead(head, base);
    return;
  }
  if ((head.flags & kNoBody) != 0) {
    state_ = State::kLength;
    remaining_ = 0;
    host.OnHead(head, base);
    EndMessage(nullptr, 0, host);
    return;
  }
  if ((head.flags & kChunked) != 0) {
    state_ = State::kChunkSizeFirst;
    body_bytes_ = 0;
    RememberNominated(head, base);
  } else if ((head.flags & kUntilClose) != 0) {
    state_ = State::kUntilClose;
  } else {
    state_ = State::kLength;
    remaining_ = head.content_length;
  }
  host.OnHead(head, base);
}

void Framer::EndMessage(const uint8_t* trailers, size_t size, Host& host) {
  state_ = upgrade_ ? State::kTunnel : keep_alive_ ? State::kStart : State::kClosed;
  interim_ = 0;
  if (role_ == Role::kResponse) PopExpected();
  host.OnEnd(trailers, size);
}

const uint8_t* Framer::FeedData(const uint8_t* p, const uint8_t* end, Host& host) {
  const auto size = static_cast<size_t>(end - p);
  if (state_ == State::kUntilClose || state_ == State::kTunnel) {
    host.OnData(p, size);
    return end;
  }
  const auto taken = static_cast<size_t>(std::min(uint64_t{size}, remaining_));
  remaining_ -= taken;
  if (remaining_ != 0) {
    host.OnData(p, taken);
  } else if (state_ == State::kChunkData) {
    state_ = State::kChunkDataCr;
    host.OnData(p, taken);
  } else {
    host.OnData(p, taken);
    EndMessage(nullptr, 0, host);
  }
  return p + taken;
}

}  // namespace sluice::http1
