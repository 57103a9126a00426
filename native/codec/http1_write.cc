// WriteHead: a parsed head as the bytes for the next hop; and the texts of the reasons.
#include <array>
#include <optional>

#include "http1_forward.h"
#include "http1_parse.h"
#include "http1_writer.h"

namespace sluice::http1 {

namespace {

constexpr char kCloseLine[] = "Connection: close\r\n";
constexpr char kKeepAliveLine[] = "Connection: keep-alive\r\n";
constexpr char kUpgradeLine[] = "Connection: upgrade\r\n";
constexpr char kChunkedLine[] = "Transfer-Encoding: chunked\r\n";
constexpr char kLengthName[] = "Content-Length: ";
constexpr char kVersion[] = "HTTP/1.1";

// Everything that WriteHead can add: the lines above, 20 digits, a Host line around an authority
// that was in the target, a space and a slash in the start line, and CRLFs.
constexpr size_t kMaxAdded = sizeof(kCloseLine) + sizeof(kKeepAliveLine) + sizeof(kUpgradeLine) +
                             sizeof(kChunkedLine) + sizeof(kLengthName) + 20 + 32;

// Whether the start line can go on as it came.
bool IsPlain(const Head& head, const uint8_t* base) {
  if ((head.flags & (kHttp10 | kBareLf)) != 0) return false;
  if (head.role == Role::kResponse) return base[7] == '1' && base[12] == ' ';
  // Absolute form begins origin_target elsewhere; minor versions above 1 are written as 1.
  return head.origin_target.begin == head.target.begin && base[head.target.end + 8] == '1';
}

void WriteStartLine(const Head& head, const uint8_t* base, Writer* writer) {
  if (head.role == Role::kResponse) {
    writer->Text(kVersion);
    writer->Range(8, 12);
    writer->Text(" ");
    writer->Range(head.reason);
  } else {
    writer->Range(head.method);
    writer->Text(" ");
    const Span target = head.origin_target;
    if (Empty(target)) {
      // RFC 9112 section 3.2.4: OPTIONS without a path asks the server as a whole.
      const bool options =
          head.method.end == 7 && std::memcmp(base + head.method.begin, "OPTIONS", 7) == 0;
      options ? writer->Text("*") : writer->Text("/");
    } else {
      if (base[target.begin] == '?') writer->Text("/");
      writer->Range(target);
    }
    writer->Text(" ");
    writer->Text(kVersion);
  }
  writer->Text("\r\n");
}

// Where the line's own bytes end, before its CRLF or bare LF.
uint32_t LineEnd(const Head& head, const uint8_t* base, uint32_t index) {
  uint32_t end = head.bytes - (base[head.bytes - 2] == '\r' ? 2 : 1);
  if (index + 1 < head.header_count) end = head.headers[index + 1].name.begin;
  return end - (base[end - 2] == '\r' ? 2 : 1);
}

// Line by line: for heads whose Host or line ends change, and for kWriteUpgrade.
void WriteLines(const Head& head, const uint8_t* base, bool keep_upgrade, const ForwardPlan* plan,
                Writer* writer) {
  const bool absolute = !Empty(head.authority);
  bool host_written = head.role == Role::kResponse;
  const auto write_host = [&] {
    writer->Text("Host: ");
    writer->Range(head.authority);
    writer->Text("\r\n");
    host_written = true;
  };
  bool has_host = host_written;
  for (uint32_t i = 0; i < head.header_count && !has_host; ++i) {
    has_host = IsNamed(base, head.headers[i], "host", 4);
  }
  // Only HTTP/1.0 may leave Host out. RFC 9112 section 3.2: without an authority it is empty.
  if (!has_host) write_host();

  for (uint32_t i = 0; i < head.header_count; ++i) {
    const HeaderLine& header = head.headers[i];
    if (absolute && IsNamed(base, header, "host", 4)) {
      if (!host_written) write_host();
      continue;
    }
    if (plan != nullptr && plan->Skips(i)) continue;
    if (header.dropped && !(keep_upgrade && IsNamed(base, header, "upgrade", 7))) continue;
    writer->Range(header.name.begin, LineEnd(head, base, i));
    writer->Text("\r\n");
  }
}

// Runs of lines that are kept are copied as one.
void CopyLines(const Head& head, bool with_start_line, const ForwardPlan* plan, Writer* writer) {
  const uint32_t lines_end = head.bytes - 2;
  uint32_t run = with_start_line          ? 0
                 : head.header_count == 0 ? lines_end
                                          : head.headers[0].name.begin;
  for (uint32_t i = 0; i < head.header_count; ++i) {
    if (!head.headers[i].dropped && (plan == nullptr || !plan->Skips(i))) continue;
    const uint32_t begin = head.headers[i].name.begin;
    if (begin != run) writer->Range(run, begin);
    run = i + 1 == head.header_count ? lines_end : head.headers[i + 1].name.begin;
  }
  writer->Range(run, lines_end);
}

constexpr std::array<const char*, static_cast<size_t>(Reason::kCount)> kReasonTexts = {
    "none",
    "invalid method",
    "invalid request target",
    "invalid protocol version",
    "unsupported protocol version",
    "CONNECT is not supported",
    "too many empty lines before the request",
    "invalid start line",
    "start line too long",
    "head too large",
    "too many header lines",
    "bare LF as line end",
    "invalid header name",
    "folded header line",
    "white space before colon",
    "invalid header value",
    "header name resembles a framing field",
    "missing Host",
    "more than one Host",
    "invalid Host",
    "invalid Content-Length",
    "more than one Content-Length",
    "Content-Length with Transfer-Encoding",
    "invalid Transfer-Encoding",
    "unknown transfer coding",
    "Transfer-Encoding in HTTP/1.0",
    "invalid Connection",
    "unknown expectation",
    "invalid chunk size",
    "invalid chunk extension",
    "chunk extension too long",
    "invalid end of chunk",
    "invalid trailer line",
    "trailers too large",
    "invalid status line",
    "too many interim responses",
    "interim response with a body",
    "unexpected 101",
    "unsolicited response",
    "body too large",
    "message cut short",
    "out of memory",
};
static_assert(kReasonTexts.back() != nullptr);

}  // namespace

const char* ReasonText(Reason reason) {
  const auto index = static_cast<size_t>(reason);
  return index < kReasonTexts.size() ? kReasonTexts[index] : "unknown";
}

size_t WriteHeadBound(const Head& head, const Forwarding* forwarding) {
  // One more per line for a CR that a bare LF lacks.
  const size_t plain = size_t{head.bytes} + head.header_count + kMaxAdded;
  return forwarding == nullptr ? plain : plain + ForwardBound(head, *forwarding);
}

size_t WriteHead(const Head& head, const uint8_t* base, uint32_t flags, uint8_t* out,
                 const Forwarding* forwarding) {
  std::optional<ForwardPlan> forward;
  if (forwarding != nullptr) forward.emplace(head, base, flags, *forwarding);
  const ForwardPlan* const plan = forward ? &*forward : nullptr;
  Writer writer(base, out);
  const bool plain = IsPlain(head, base);
  if (!plain) WriteStartLine(head, base, &writer);
  const bool keep_upgrade = (flags & kWriteUpgrade) != 0;
  const bool request_host =
      head.role == Role::kRequest && (!Empty(head.authority) || (head.flags & kHttp10) != 0);
  if (request_host || keep_upgrade || (head.flags & kBareLf) != 0) {
    if (plain) WriteStartLine(head, base, &writer);
    WriteLines(head, base, keep_upgrade, plan, &writer);
  } else {
    CopyLines(head, plain, plan, &writer);
  }
  if (plan != nullptr) plan->Write(&writer);

  if ((flags & kWriteChunked) != 0) {
    writer.Text(kChunkedLine);
  } else if ((flags & kWriteLength) != 0 && (head.flags & kHasLength) != 0) {
    writer.Text(kLengthName);
    writer.Decimal(head.content_length);
    writer.Text("\r\n");
  }
  if ((flags & kWriteClose) != 0) writer.Text(kCloseLine);
  if ((flags & kWriteKeepAlive) != 0) writer.Text(kKeepAliveLine);
  if (keep_upgrade) writer.Text(kUpgradeLine);
  writer.Text("\r\n");
  return writer.size();
}

}  // namespace sluice::http1
