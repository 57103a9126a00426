#include "http1_forward.h"

namespace sluice::http1 {

namespace {

constexpr char kFor[] = "X-Forwarded-For: ";
constexpr char kProto[] = "X-Forwarded-Proto: ";
constexpr char kHost[] = "X-Forwarded-Host: ";
constexpr char kForwarded[] = "Forwarded: ";
constexpr char kElement[] = "for=\"[]\";host=\"\";proto=https";

constexpr int32_t kSeveral = -2;

constexpr size_t kMaxAdded = sizeof(kFor) + sizeof(kProto) + sizeof(kHost) + sizeof(kForwarded) +
                             sizeof(kElement) + sizeof("https") + 4 * sizeof(", \r\n");

// Whether each quoted string of a list ends (RFC 9110 section 5.6.4). What is written behind one
// that does not is within it.
bool IsClosed(const uint8_t* base, Span value) {
  bool is_quoted = false;
  for (uint32_t i = value.begin; i < value.end; ++i) {
    if (base[i] == '"') is_quoted = !is_quoted;
    if (is_quoted && base[i] == '\\') ++i;
  }
  return !is_quoted;
}

// Whether a name is `lower`, which is of the same size, where "_" counts as "-": for CGI and WSGI,
// both are one field.
bool Resembles(const uint8_t* name, const char* lower, size_t size) {
  for (size_t i = 0; i < size; ++i) {
    const uint8_t c = name[i] == '_' ? uint8_t{'-'} : static_cast<uint8_t>(name[i] | 0x20);
    if (c != static_cast<uint8_t>(lower[i])) return false;
  }
  return true;
}

}  // namespace

size_t ForwardBound(const Head& head, const Forwarding& forwarding) {
  // Client and host are written twice, and a host is no longer than the head.
  return kMaxAdded + 2 * forwarding.client.size() + 2 * size_t{head.bytes} +
         forwarding.lines.size();
}

ForwardPlan::ForwardPlan(const Head& head, const uint8_t* base, uint32_t flags,
                         const Forwarding& forwarding)
    : head_(head), flags_(flags), forwarding_(forwarding), host_(head.authority) {
  const bool x_forwarded = (flags & kWriteXForwarded) != 0;
  const bool replaces = (flags & kWriteReplace) != 0;
  const bool trusts = (flags & kWriteTrust) != 0;
  for (uint32_t i = 0; i < head.header_count; ++i) {
    const HeaderLine& header = head.headers[i];
    if (header.dropped) continue;
    const auto is = [&](const char* name, size_t size) {
      return EqualsLower(base + header.name.begin, name, size);
    };
    const auto resembles = [&](const char* name, size_t size) {
      return Resembles(base + header.name.begin, name, size);
    };
    // The length tells nearly all other names apart.
    switch (header.name.end - header.name.begin) {
      case 4:
        if (Empty(head.authority) && is("host", 4)) host_ = header.value;
        break;
      case 9:
        if ((flags & kWriteForwarded) == 0 || !is("forwarded", 9)) break;
        if (replaces || !IsClosed(base, header.value)) {
          Skip(i);
        } else {
          forwarded_ = static_cast<int32_t>(i);
        }
        break;
      case 10:
        if ((flags & kWriteNewTrace) != 0 && is("tracestate", 10)) Skip(i);
        break;
      case 11:
        if ((flags & (kWriteNewTrace | kWriteNewParent)) != 0 && is("traceparent", 11)) Skip(i);
        break;
      case 12:
        if ((flags & kWriteRequestId) == 0 || !resembles("x-request-id", 12)) break;
        if ((flags & kWriteNewRequestId) != 0 || !is("x-request-id", 12)) Skip(i);
        break;
      case 15:
        if (!x_forwarded || !resembles("x-forwarded-for", 15)) break;
        if (replaces || !is("x-forwarded-for", 15)) {
          Skip(i);
        } else {
          forwarded_for_ = static_cast<int32_t>(i);
        }
        break;
      case 16:
        if (!x_forwarded || !resembles("x-forwarded-host", 16)) break;
        if (!trusts || !is("x-forwarded-host", 16)) {
          Skip(i);
        } else {
          KeepOne(i, &kept_host_);
        }
        break;
      case 17:
        if (!x_forwarded || !resembles("x-forwarded-proto", 17)) break;
        if (!trusts || !is("x-forwarded-proto", 17)) {
          Skip(i);
        } else {
          KeepOne(i, &kept_proto_);
        }
        break;
      default:
        break;
    }
  }
  if (forwarded_for_ >= 0 && !forwarding.client.empty())
    Skip(static_cast<uint32_t>(forwarded_for_));
  if (forwarded_ >= 0) Skip(static_cast<uint32_t>(forwarded_));
}

void ForwardPlan::Write(Writer* writer) const {
  const bool https = (flags_ & kWriteHttps) != 0;
  if ((flags_ & kWriteXForwarded) != 0) {
    if (!forwarding_.client.empty()) {
      writer->Text(kFor);
      BeginList(forwarded_for_, writer);
      writer->View(forwarding_.client);
      writer->Text("\r\n");
    }
    if (kept_proto_ < 0) {
      writer->Text(kProto);
      writer->View(https ? "https\r\n" : "http\r\n");
    }
    if (kept_host_ < 0 && !Empty(host_)) {
      writer->Text(kHost);
      writer->Range(host_);
      writer->Text("\r\n");
    }
  }
  if ((flags_ & kWriteForwarded) != 0) WriteForwarded(writer);
  writer->View(forwarding_.lines);
}

// The next hop may read another of several lines than the one before it did.
void ForwardPlan::KeepOne(uint32_t index, int32_t* kept) {
  if (*kept == -1) {
    *kept = static_cast<int32_t>(index);
    return;
  }
  Skip(index);
  if (*kept >= 0) Skip(static_cast<uint32_t>(*kept));
  *kept = kSeveral;
}

void ForwardPlan::BeginList(int32_t line, Writer* writer) const {
  if (line < 0) return;
  const Span value = head_.headers[line].value;
  if (Empty(value)) return;
  writer->Range(value);
  writer->Text(", ");
}

// RFC 7239 section 4. A host has a colon or could have one, so it is always quoted.
void ForwardPlan::WriteForwarded(Writer* writer) const {
  writer->Text(kForwarded);
  BeginList(forwarded_, writer);
  const std::string_view client = forwarding_.client;
  if (client.empty()) {
    writer->Text("for=unknown");
  } else if (client.find(':') != std::string_view::npos) {
    writer->Text("for=\"[");
    writer->View(client);
    writer->Text("]\"");
  } else {
    writer->Text("for=");
    writer->View(client);
  }
  if (!Empty(host_)) {
    writer->Text(";host=\"");
    writer->Range(host_);
    writer->Text("\"");
  }
  writer->View((flags_ & kWriteHttps) != 0 ? ";proto=https\r\n" : ";proto=http\r\n");
}

}  // namespace sluice::http1
