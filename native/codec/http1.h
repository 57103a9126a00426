// HTTP/1 framing: finds message heads, bodies and ends in a byte stream, strictly (RFC 9112).
//
//            +--------+ complete head  +------------------------+
//   bytes -> |  Head  | -------------> | Body: length / chunked | -> OnEnd, back to Head
//            +--------+                |  / until close / none  |
//                 | broken head        +------------------------+
//                 v                             | broken framing
//              Failed  <------------------------+
//
// The codec scans bytes that its host owns and reports ranges of them. It reads no clock, opens no
// socket, and knows nothing of Node. Only an incomplete head or trailer section is copied, and only
// while it is incomplete.
#ifndef SLUICE_CODEC_HTTP1_H_
#define SLUICE_CODEC_HTTP1_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace sluice::http1 {

enum class Role : uint8_t { kRequest, kResponse };

// What a head says, as the bits that travel to the script engine. Mirrored in
// src/native/protocol.ts.
enum HeadFlag : uint32_t {
  kKeepAlive = 1u << 0,       // the connection may serve another message after this one
  kChunked = 1u << 1,         // body framed by Transfer-Encoding: chunked
  kHasLength = 1u << 2,       // a valid Content-Length is present
  kHttp10 = 1u << 3,          // the peer speaks HTTP/1.0
  kExpectContinue = 1u << 4,  // Expect: 100-continue
  kUpgrade = 1u << 5,         // Connection: upgrade and an Upgrade field, without a body; or a 101
  kNoBody = 1u << 6,          // OnEnd follows at once
  kUntilClose = 1u << 7,      // response body runs to the end of the connection
  kHeadMethod = 1u << 8,      // request method is HEAD, or the response answers one
  kIdempotent = 1u << 9,      // request method is idempotent (RFC 9110 section 9.2.2)
  kInterim = 1u << 10,        // 1xx response: no body, no OnEnd, the final response follows
  kConnectMethod = 1u << 11,  // request method is CONNECT
  kHasTrailerField = 1u << 12,
  kBareLf = 1u << 13,  // a line ended in a bare LF (lenient_lf): WriteHead rewrites line by line
  kLastRequest = 1u << 14,  // the last that max_requests allows; kKeepAlive was taken from it
  kNominates = 1u << 15,    // Connection names other fields, which are dropped with it
};

// Why a byte stream was refused. The text for logs is ReasonText().
enum class Reason : uint8_t {
  kNone,
  kBadMethod,
  kBadTarget,
  kBadVersion,
  kUnsupportedVersion,
  kConnectRefused,
  kEmptyLines,
  kBadStartLine,
  kStartLineTooLong,
  kHeadTooLarge,
  kTooManyHeaders,
  kBareLineFeed,
  kBadHeaderName,
  kFoldedLine,
  kSpaceBeforeColon,
  kBadHeaderValue,
  kLookalikeHeader,
  kMissingHost,
  kDuplicateHost,
  kBadHost,
  kBadContentLength,
  kDuplicateContentLength,
  kLengthAndTransferEncoding,
  kBadTransferEncoding,
  kUnknownTransferCoding,
  kTransferEncodingOnHttp10,
  kBadConnection,
  kUnknownExpectation,
  kBadChunkSize,
  kBadChunkExtension,
  kChunkExtensionTooLong,
  kBadChunkEnd,
  kBadTrailer,
  kTrailersTooLarge,
  kBadStatusLine,
  kTooManyInterim,
  kInterimWithBody,
  kUnexpectedUpgrade,
  kUnsolicitedResponse,
  kBodyTooLarge,
  kTruncated,
  kOutOfMemory,
  kCount,
};

const char* ReasonText(Reason reason);

struct Limits {
  uint32_t max_head_bytes = 16 * 1024;  // start line and all header lines, with their CRLFs
  uint32_t max_start_line_bytes = 8 * 1024;
  uint32_t max_headers = 100;  // at most kMaxHeaders
  uint32_t max_chunk_extension_bytes = 1024;
  uint32_t max_trailer_bytes = 8 * 1024;
  uint32_t max_interim_responses = 10;
  uint64_t max_body_bytes = 0;  // of one message, without the framing of chunks; 0: no limit
  uint32_t max_requests = 0;    // of one stream; 0: no limit
  bool lenient_lf = false;      // accept a bare LF as line end (forwarded as CRLF)

  bool operator==(const Limits&) const = default;
};

inline constexpr uint32_t kMaxHeaders = 128;

// A range of the head's own bytes.
struct Span {
  uint32_t begin;
  uint32_t end;
};

// One header line. `dropped` lines are never forwarded: hop-by-hop fields, fields that Connection
// names, and the framing fields, which WriteHead writes anew.
struct HeaderLine {
  Span name;
  Span value;  // without the white space around it
  bool dropped;
};

// A parsed head. Offsets count from the head's first byte.
struct Head {
  Role role;
  uint32_t flags;
  uint32_t bytes;           // length of the head including the empty line
  uint64_t content_length;  // meaningful with kHasLength
  uint16_t status;          // responses
  Span method;              // requests
  Span target;              // requests, as received
  Span origin_target;       // requests: the target to forward in origin form; WriteHead puts "/"
                            // before it when it is empty ("*" for OPTIONS) or begins with "?"
  Span authority;           // requests in absolute form: replaces the Host field; else empty
  Span reason;              // responses; may be empty
  uint32_t header_count;
  HeaderLine headers[kMaxHeaders];
};

// Receives what a Framer finds, in order. Ranges are valid during the call only.
class Host {
 public:
  virtual ~Host() = default;
  // Memory for a head or trailer section that arrived in pieces; `nullptr` fails the stream with
  // 503. It must stay readable as long as ranges passed to OnData do.
  virtual uint8_t* Reserve(size_t bytes) = 0;
  // `base` points at the head's first byte.
  virtual void OnHead(const Head& head, const uint8_t* base) = 0;
  virtual void OnData(const uint8_t* data, size_t size) = 0;
  // The forwardable trailer lines, each with its CRLF, or size 0.
  virtual void OnEnd(const uint8_t* trailers, size_t size) = 0;
  // `status` is what a server should answer (400, 413, 414, 431, 501, 505 …; 502 for responses; 503
  // when Reserve failed).
  virtual void OnError(int status, Reason reason) = 0;
};

// What a stream gives depends on its bytes only, never on how they were cut: a start line is judged
// when its LF is there, the header lines when the empty line is there. OnData alone may be cut
// differently.
//
// A Host may call Expect() and the observers from its callbacks, but neither Feed() nor Finish(),
// and must not destroy the Framer there.
class Framer {
 public:
  Framer(Role role, const Limits& limits);

  // Scans all of `data`. After OnError every further byte is ignored. So is, in the request role,
  // what follows a request without kKeepAlive (RFC 9112 section 9.6); in the response role such
  // bytes are an error. What follows a request with kUpgrade, or the 101 to it, comes as OnData
  // outside of a message: it is for the host to know what that is once the request is answered.
  void Feed(const uint8_t* data, size_t size, Host& host);

  // The peer has ended the stream: completes a body that runs to the close, reports a truncated
  // message as an error. Returns true when the stream ended between messages or was completed.
  bool Finish(Host& host);

  // Response role: one more request was sent whose response is to come. `request_flags` are the
  // HeadFlag bits of that request (kHeadMethod, kConnectMethod, kUpgrade matter). A 101 to a
  // request with kUpgrade is a final response without a body, and what follows it, the other
  // protocol's bytes, comes as OnData: the host has to look whether the 101 names one that was
  // asked for. A 2xx to CONNECT is one with kUntilClose.
  void Expect(uint32_t request_flags);

  // Response role: accept responses without Expect, as answers to GET. For streams whose requests
  // this codec cannot see.
  void set_expect_any(bool value);

  bool failed() const;
  // A head has begun (at least one byte) and is not complete. Drives the head time-out.
  bool in_head() const;
  // What has come of it; valid until the next call.
  std::string_view pending_head() const;
  // Between messages with nothing pending: the connection may be pooled or closed silently.
  bool idle() const;
  // The peer may send another message, or has sent bytes behind the one that was to be the last.
  bool may_continue() const;
  // Response role: requests whose final response is not complete.
  size_t expected() const;

 private:
  enum class State : uint8_t {
    kStart,      // between messages
    kLeadingCr,  // after the CR of an empty line before a request
    kHead,       // an incomplete head is in pending_
    kLength,     // remaining_ bytes of body to come
    kUntilClose,
    kChunkSizeFirst,
    kChunkSize,
    kExtensionSpace,  // white space that must be followed by ";"
    kExtensionStart,  // after ";"
    kExtensionName,
    kExtensionNameSpace,
    kExtensionEquals,  // after "="
    kExtensionToken,
    kExtensionQuoted,
    kExtensionQuotedPair,
    kExtensionQuotedEnd,
    kChunkSizeLf,
    kChunkData,  // remaining_ bytes of chunk to come
    kChunkDataCr,
    kChunkDataLf,
    kTrailer,  // trailer section; its incomplete part is in pending_
    kTunnel,   // behind a message with kUpgrade
    kClosed,   // the last message said that no other follows
    kFailed,
  };

  // What few connections need.
  struct Extra {
    std::string nominated;      // lower-case names from Connection, each followed by ","
    std::string more_expected;  // expectations that do not fit into expected_bits_
  };

  const uint8_t* FeedStart(const uint8_t* p, const uint8_t* end, Host& host);
  const uint8_t* FeedHead(const uint8_t* p, const uint8_t* end, Host& host);
  const uint8_t* FeedPendingHead(const uint8_t* p, const uint8_t* end, Host& host);
  const uint8_t* FeedChunkLine(const uint8_t* p, const uint8_t* end, Host& host);
  const uint8_t* FeedData(const uint8_t* p, const uint8_t* end, Host& host);
  const uint8_t* FeedTrailer(const uint8_t* p, const uint8_t* end, Host& host);
  void EndTrailer(const uint8_t* section, size_t size, Host& host);
  bool FrameResponse(Head& head, Host& host);
  bool AdmitRequest(Head& head, Host& host);
  void BeginMessage(Head& head, const uint8_t* base, Host& host);
  void EndMessage(const uint8_t* trailers, size_t size, Host& host);
  void RememberNominated(const Head& head, const uint8_t* base);
  bool IsNominated(const uint8_t* name, size_t size) const;
  uint32_t FrontExpected() const;
  void PopExpected();
  void ReleasePending();
  void Fail(Host& host, int status, Reason reason);

  Limits limits_;
  Role role_;
  State state_ = State::kStart;
  bool expect_any_ = false;
  bool keep_alive_ = true;      // of the current message
  bool upgrade_ = false;        // the current message has kUpgrade
  bool start_line_ok_ = false;  // the start line in pending_ was judged
  bool ignored_bytes_ = false;  // some came behind the last request
  uint8_t empty_lines_ = 0;     // before the current request
  uint8_t chunk_digits_ = 0;
  uint32_t interim_ = 0;  // interim responses before the current final one
  uint32_t scanned_ = 0;  // bytes of pending_ that need no second look
  uint32_t extension_bytes_ = 0;
  uint32_t expected_count_ = 0;
  uint64_t expected_bits_ = 0;  // kExpectedWidth bits for each of the first requests, oldest lowest
  uint64_t remaining_ = 0;
  uint64_t body_bytes_ = 0;  // announced by chunks of the current body
  uint32_t requests_ = 0;
  std::string pending_;
  std::unique_ptr<Extra> extra_;
};

// RFC 9110 section 6.5.1: fields of framing, routing, authentication, control and content format,
// which must not take effect from a trailer section. `name` is a token.
bool IsForbiddenTrailer(const uint8_t* name, size_t size);

// What is wrong with a head: kNone, or a reason and the line, 0 for the start line.
struct Fault {
  Reason reason;
  uint32_t line;
};

// Judges a whole request head that was made here as one that is received, up to kMaxHeaders lines.
Fault JudgeRequest(const uint8_t* head, size_t size);

// How WriteHead frames and ends the connection of what it writes. Mirrored in protocol.ts.
enum WriteFlag : uint32_t {
  kWriteClose = 1u << 0,      // add Connection: close
  kWriteKeepAlive = 1u << 1,  // add Connection: keep-alive
  kWriteChunked = 1u << 2,    // add Transfer-Encoding: chunked, leave out Content-Length
  kWriteLength = 1u << 3,     // add Content-Length from the head, in plain decimal digits
  kWriteUpgrade = 1u << 4,    // keep Upgrade and add Connection: upgrade
  // What requests tell of who has asked; they need a Forwarding.
  kWriteXForwarded = 1u << 5,     // X-Forwarded-For, -Proto and -Host
  kWriteForwarded = 1u << 6,      // Forwarded
  kWriteReplace = 1u << 7,        // instead of adding to the lists that came
  kWriteTrust = 1u << 8,          // X-Forwarded-Proto and -Host that came stay
  kWriteHttps = 1u << 9,          // the client came by TLS
  kWriteNewRequestId = 1u << 10,  // X-Request-Id that came is left out; with kWriteRequestId
  kWriteNewTrace = 1u << 11,      // traceparent and tracestate that came are left out
  kWriteLines = 1u << 12,         // the lines of the Forwarding
  kWriteNewParent = 1u << 13,     // traceparent that came is left out
  kWriteRequestId = 1u << 14,     // X-Request-Id is there, the client's own or a new one
};
inline constexpr uint32_t kWriteForwardMask = 0x7fe0;

// What WriteHead adds to a request, besides what it finds in the head.
struct Forwarding {
  std::string_view client;  // the client's IP address; empty when it has none
  std::string_view lines;   // more lines, each with its CRLF
};

// Upper bound of what WriteHead can produce for `head`.
size_t WriteHeadBound(const Head& head, const Forwarding* forwarding = nullptr);

// Writes `head` for the next hop: HTTP/1.1 start line in origin form, every header line that is not
// dropped with its own bytes, order and case, then what `flags` ask for, then the empty line.
// Fields of `forwarding` that have come are written behind the others. Returns the number of bytes
// written, never more than WriteHeadBound(head, forwarding).
size_t WriteHead(const Head& head, const uint8_t* base, uint32_t flags, uint8_t* out,
                 const Forwarding* forwarding = nullptr);

}  // namespace sluice::http1

#endif  // SLUICE_CODEC_HTTP1_H_
