// Runs a Framer and writes down what it reports, in the notation of test/vectors/http1-request.md.
// Shared by the vector test and the fuzz targets.
#ifndef SLUICE_TEST_NATIVE_HTTP1_LOG_H_
#define SLUICE_TEST_NATIVE_HTTP1_LOG_H_

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "../../native/codec/http1.h"
#include "escape.h"

namespace sluice::http1 {

using test::Escape;

class LogHost final : public Host {
 public:
  uint8_t* Reserve(size_t bytes) override {
    // Exactly as large as asked for, so that a sanitizer sees the first byte too many.
    memory_.push_back(std::make_unique<uint8_t[]>(bytes));
    return memory_.back().get();
  }

  void OnHead(const Head& head, const uint8_t* base) override {
    static constexpr const char* kNames[] = {
        "keep-alive",  "chunked", "length",     "http10",  "expect-continue", "upgrade", "no-body",
        "until-close", "head",    "idempotent", "interim", "connect",         "trailer", "bare-lf"};
    Require(!in_message_, "head inside a message");
    Require(!upgrade_, "head behind an upgrade");
    Flush();
    log_ += "head";
    for (uint32_t bit = 0; bit < std::size(kNames); ++bit) {
      if ((head.flags >> bit & 1u) != 0) log_ += std::string(" ") + kNames[bit];
    }
    log_ += '\n';
    uint32_t flags = 0;
    if ((head.flags & kChunked) != 0) flags |= kWriteChunked;
    if ((head.flags & kHasLength) != 0) flags |= kWriteLength;
    if ((head.flags & kUpgrade) != 0) flags |= kWriteUpgrade;
    const size_t bound = WriteHeadBound(head);
    const auto out = std::make_unique<uint8_t[]>(bound);
    const size_t written = WriteHead(head, base, flags, out.get());
    Require(written <= bound && written >= 2, "WriteHead is out of bounds");
    const std::string_view text(reinterpret_cast<const char*>(out.get()), written);
    Require(text.ends_with("\r\n\r\n"), "WriteHead left the head open");
    Lines(text.substr(0, written - 2));
    RequireForwarding(head, base, flags);
    in_message_ = (head.flags & kInterim) == 0;
    no_body_ = (head.flags & kNoBody) != 0;
    upgrade_ = (head.flags & kUpgrade) != 0;
    Require(no_body_ || !upgrade_, "an upgrade with a body");
  }

  void OnData(const uint8_t* data, size_t size) override {
    const bool in_body = in_message_ ? !no_body_ : upgrade_;
    Require(in_body && size > 0, "data outside a body");
    data_.append(reinterpret_cast<const char*>(data), size);
  }

  void OnEnd(const uint8_t* trailers, size_t size) override {
    Require(in_message_, "end outside a message");
    in_message_ = false;
    Flush();
    log_ += "end\n";
    Lines({reinterpret_cast<const char*>(trailers), size});
  }

  void OnError(int status, Reason reason) override {
    Require(!failed_, "a second error");
    Require(ReasonText(reason)[0] != '\0', "an error without text");
    failed_ = true;
    Flush();
    log_ += "error " + std::to_string(status) + '\n';
  }

  void Finished(bool clean) {
    Flush();
    log_ += clean ? "finish true\n" : "finish false\n";
  }

  std::string Take() {
    Flush();
    return std::move(log_);
  }

 private:
  // Whatever a head is, what is told of its client stays within bounds and within its lines.
  static void RequireForwarding(const Head& head, const uint8_t* base, uint32_t flags) {
    if (head.role != Role::kRequest) return;
    const Forwarding forwarding{"2001:db8::1", "X-Request-Id: 1\r\n"};
    for (const uint32_t mode : {0u, uint32_t{kWriteReplace}, uint32_t{kWriteTrust}}) {
      const size_t bound = WriteHeadBound(head, &forwarding);
      const auto out = std::make_unique<uint8_t[]>(bound);
      const size_t written =
          WriteHead(head, base,
                    flags | kWriteXForwarded | kWriteForwarded | kWriteHttps | kWriteRequestId |
                        kWriteNewRequestId | kWriteNewTrace | kWriteLines | mode,
                    out.get(), &forwarding);
      const std::string_view text(reinterpret_cast<const char*>(out.get()), written);
      Require(written <= bound, "WriteHead with forwarding is out of bounds");
      Require(text.ends_with("\r\n\r\n") && text.find("\r\n\r\n") == written - 4,
              "WriteHead with forwarding left the head open");
      Require(text.find("\r\nX-Forwarded-For: ") != std::string_view::npos, "no client");
      Require(text.find("\r\nX-Forwarded-Proto: ") != std::string_view::npos || mode == kWriteTrust,
              "no protocol");
    }
  }

  static void Require(bool condition, const char* what) {
    if (condition) return;
    std::fprintf(stderr, "broken invariant: %s\n", what);
    std::abort();
  }

  void Flush() {
    if (!data_.empty()) log_ += "data " + Escape(data_) + '\n';
    data_.clear();
  }

  void Lines(std::string_view text) {
    while (!text.empty()) {
      const size_t end = text.find("\r\n");
      Require(end != std::string_view::npos, "a line without CRLF");
      log_ += "> " + Escape(text.substr(0, end)) + '\n';
      text.remove_prefix(end + 2);
    }
  }

  std::vector<std::unique_ptr<uint8_t[]>> memory_;
  std::string log_;
  std::string data_;
  bool in_message_ = false;
  bool no_body_ = false;
  bool upgrade_ = false;
  bool failed_ = false;
};

}  // namespace sluice::http1

#endif  // SLUICE_TEST_NATIVE_HTTP1_LOG_H_
