// Chunked bodies (RFC 9112 section 7.1): the lines around chunks, and the trailer section.
#include <algorithm>

#include "http1.h"
#include "http1_lines.h"
#include "http1_parse.h"
#include "http1_scan.h"

namespace sluice::http1 {

namespace {

// 13 hex digits stay below 2^53, so that sizes neither overflow nor lose precision in a script.
constexpr uint8_t kMaxChunkDigits = 13;

bool IsQuotedText(uint8_t c) { return Is(c, kValueChar) && c != '"' && c != '\\'; }

}  // namespace

// One byte at a time: these lines are a few bytes long. Extensions are checked in full and never
// forwarded (RFC 9112 section 7.1.1: unrecognized ones are ignored).
const uint8_t* Framer::FeedChunkLine(const uint8_t* p, const uint8_t* end, Host& host) {
  for (; p != end; ++p) {
    const uint8_t c = *p;
    State next = State::kFailed;
    Reason reason = Reason::kBadChunkExtension;
    switch (state_) {
      case State::kChunkSizeFirst:  // -> ChunkSize
        reason = Reason::kBadChunkSize;
        if (Is(c, kHexChar)) {
          remaining_ = HexValue(c);
          chunk_digits_ = 1;
          extension_bytes_ = 0;
          next = State::kChunkSize;
        }
        break;
      case State::kChunkSize:  // -> ChunkSizeLf | ExtensionStart | ExtensionSpace
        reason = Reason::kBadChunkSize;
        if (Is(c, kHexChar)) {
          if (++chunk_digits_ > kMaxChunkDigits) break;
          remaining_ = remaining_ * 16 + HexValue(c);
          next = State::kChunkSize;
        } else if (c == '\r') {
          next = State::kChunkSizeLf;
        } else if (c == ';') {
          next = State::kExtensionStart;
        } else if (IsBlank(c)) {
          next = State::kExtensionSpace;
        }
        break;
      case State::kExtensionSpace:  // -> ExtensionStart
        if (IsBlank(c)) next = State::kExtensionSpace;
        if (c == ';') next = State::kExtensionStart;
        break;
      case State::kExtensionStart:  // -> ExtensionName
        if (IsBlank(c)) next = State::kExtensionStart;
        if (Is(c, kTokenChar)) next = State::kExtensionName;
        break;
      case State::kExtensionName:  // -> ExtensionNameSpace | ExtensionEquals | Start | ChunkSizeLf
        if (Is(c, kTokenChar)) next = State::kExtensionName;
        if (IsBlank(c)) next = State::kExtensionNameSpace;
        if (c == '=') next = State::kExtensionEquals;
        if (c == ';') next = State::kExtensionStart;
        if (c == '\r') next = State::kChunkSizeLf;
        break;
      case State::kExtensionNameSpace:  // -> ExtensionEquals | ExtensionStart
        if (IsBlank(c)) next = State::kExtensionNameSpace;
        if (c == '=') next = State::kExtensionEquals;
        if (c == ';') next = State::kExtensionStart;
        break;
      case State::kExtensionEquals:  // -> ExtensionToken | ExtensionQuoted
        if (IsBlank(c)) next = State::kExtensionEquals;
        if (c == '"') next = State::kExtensionQuoted;
        if (Is(c, kTokenChar)) next = State::kExtensionToken;
        break;
      case State::kExtensionToken:  // -> ExtensionSpace | ExtensionStart | ChunkSizeLf
        if (Is(c, kTokenChar)) next = State::kExtensionToken;
        if (IsBlank(c)) next = State::kExtensionSpace;
        if (c == ';') next = State::kExtensionStart;
        if (c == '\r') next = State::kChunkSizeLf;
        break;
      case State::kExtensionQuoted:  // -> ExtensionQuotedPair | ExtensionQuotedEnd
        if (IsQuotedText(c)) next = State::kExtensionQuoted;
        if (c == '\\') next = State::kExtensionQuotedPair;
        if (c == '"') next = State::kExtensionQuotedEnd;
        break;
      case State::kExtensionQuotedPair:  // -> ExtensionQuoted
        if (Is(c, kValueChar)) next = State::kExtensionQuoted;
        break;
      case State::kExtensionQuotedEnd:  // -> ExtensionSpace | ExtensionStart | ChunkSizeLf
        if (IsBlank(c)) next = State::kExtensionSpace;
        if (c == ';') next = State::kExtensionStart;
        if (c == '\r') next = State::kChunkSizeLf;
        break;
      case State::kChunkSizeLf:  // -> ChunkData | Trailer
        reason = Reason::kBadChunkEnd;
        if (c != '\n') break;
        body_bytes_ += remaining_;
        if (limits_.max_body_bytes != 0 && body_bytes_ > limits_.max_body_bytes) {
          Fail(host, 413, Reason::kBodyTooLarge);
          return end;
        }
        state_ = remaining_ == 0 ? State::kTrailer : State::kChunkData;
        return p + 1;
      case State::kChunkDataCr:  // -> ChunkDataLf
        reason = Reason::kBadChunkEnd;
        if (c == '\r') next = State::kChunkDataLf;
        break;
      case State::kChunkDataLf:  // -> ChunkSizeFirst
        reason = Reason::kBadChunkEnd;
        if (c == '\n') next = State::kChunkSizeFirst;
        break;
      default:
        return p;
    }
    if (next >= State::kExtensionSpace && next <= State::kExtensionQuotedEnd &&
        ++extension_bytes_ > limits_.max_chunk_extension_bytes) {
      next = State::kFailed;
      reason = Reason::kChunkExtensionTooLong;
    }
    if (next == State::kFailed) {
      Fail(host, 400, reason);
      return end;
    }
    state_ = next;
  }
  return end;
}

// The section is judged when its empty line is there.
const uint8_t* Framer::FeedTrailer(const uint8_t* p, const uint8_t* end, Host& host) {
  if (pending_.empty() && end - p >= 2 && p[0] == '\r' && p[1] == '\n') {
    EndMessage(nullptr, 0, host);
    return p + 2;
  }
  const size_t before = pending_.size();
  const size_t room =
      limits_.max_trailer_bytes - std::min(before, size_t{limits_.max_trailer_bytes});
  pending_.append(reinterpret_cast<const char*>(p), std::min(static_cast<size_t>(end - p), room));
  const auto* const begin = reinterpret_cast<const uint8_t*>(pending_.data());
  const uint8_t* const pending_end = begin + pending_.size();

  const uint8_t* after = nullptr;
  const uint8_t* resume = begin;
  if (begin[0] == '\n') {
    after = begin + 1;
  } else if (begin[0] == '\r' && pending_.size() < 2) {
    // Perhaps the empty line.
  } else if (begin[0] == '\r' && begin[1] == '\n') {
    after = begin + 2;
  } else {
    after = FindEmptyLine(begin + scanned_, pending_end, &resume);
  }
  if (after == nullptr) {
    scanned_ = static_cast<uint32_t>(resume - begin);
    if (pending_.size() == limits_.max_trailer_bytes) Fail(host, 431, Reason::kTrailersTooLarge);
    return end;
  }
  const auto size = static_cast<size_t>(after - begin);
  EndTrailer(begin, size, host);
  return state_ == State::kFailed ? end : p + (size - before);
}

// Copies the lines that may be forwarded, each with a CRLF, and ends the message.
void Framer::EndTrailer(const uint8_t* section, size_t size, Host& host) {
  const uint8_t* const end = section + size;
  uint8_t* copy = nullptr;
  size_t copied = 0;
  const uint8_t* p = section;
  while (*p != '\r' && *p != '\n') {
    FieldLine line;
    Refusal refusal;
    const uint8_t* const next =
        ParseFieldLine(section, p, end, limits_.lenient_lf, &line, &refusal);
    if (next == nullptr) return Fail(host, 400, Reason::kBadTrailer);
    const auto name_size = static_cast<size_t>(line.name_end - line.name);
    if (!IsForbiddenTrailer(line.name, name_size) && !IsNominated(line.name, name_size)) {
      // A bare LF is at least one byte, so CRLF at most doubles a line.
      if (copy == nullptr && (copy = host.Reserve(size * 2)) == nullptr) {
        return Fail(host, 503, Reason::kOutOfMemory);
      }
      const auto line_size = static_cast<size_t>(line.line_end - p);
      std::memcpy(copy + copied, p, line_size);
      copied += line_size;
      copy[copied++] = '\r';
      copy[copied++] = '\n';
    }
    p = next;
  }
  // The empty line must be all that is left, and a bare LF only when lenient.
  const bool crlf = end - p == 2 && *p == '\r';
  const bool bare_lf = end - p == 1 && limits_.lenient_lf;
  if (!crlf && !bare_lf) return Fail(host, 400, Reason::kBadTrailer);
  ReleasePending();
  EndMessage(copy, copied, host);
}

// RFC 9110 section 7.6.1 drops fields that Connection names from the trailer section, too.
void Framer::RememberNominated(const Head& head, const uint8_t* base) {
  if (extra_ != nullptr) extra_->nominated.clear();
  for (uint32_t i = 0; i < head.header_count; ++i) {
    const HeaderLine& header = head.headers[i];
    if (!header.dropped) continue;
    const uint8_t* const name = base + header.name.begin;
    if (ClassifyField(name, header.name.end - header.name.begin) != Field::kConnection) continue;
    ForEachOption(
        base + header.value.begin, header.value.end - header.value.begin,
        [this](const uint8_t* option, size_t size) {
          // The usual options name nothing that a trailer section could forward.
          if (EqualsLower(option, size, "close") || ClassifyField(option, size) != Field::kOther) {
            return true;
          }
          if (extra_ == nullptr) extra_ = std::make_unique<Extra>();
          extra_->nominated.append(reinterpret_cast<const char*>(option), size);
          extra_->nominated.push_back(',');
          return true;
        });
  }
}

bool Framer::IsNominated(const uint8_t* name, size_t size) const {
  if (extra_ == nullptr || extra_->nominated.empty()) return false;
  const auto* const list = reinterpret_cast<const uint8_t*>(extra_->nominated.data());
  bool found = false;
  ForEachOption(list, extra_->nominated.size(), [&](const uint8_t* option, size_t option_size) {
    found = found || (option_size == size && EqualNames(option, name, size));
    return !found;
  });
  return found;
}

}  // namespace sluice::http1
