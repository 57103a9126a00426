// Runs a Framer and writes down what it reports, in the notation of test/vectors/dubbo.md. Shared
// by the vector test and the fuzz target.
#ifndef SLUICE_TEST_NATIVE_DUBBO_LOG_H_
#define SLUICE_TEST_NATIVE_DUBBO_LOG_H_

#include <cstdlib>
#include <string>
#include <string_view>

#include "../../native/codec/dubbo.h"
#include "escape.h"

namespace sluice::dubbo {

class LogHost final : public Host {
 public:
  void OnHead(const Head& head) override {
    Require(!in_message_ && !failed_, "head inside a message");
    Flush();
    log_ += "head";
    if ((head.flags & kRequest) != 0) log_ += " request";
    if ((head.flags & kTwoWay) != 0) log_ += " two-way";
    if ((head.flags & kEvent) != 0) log_ += " event";
    log_ += " serialization=" + std::to_string(head.flags & kSerializationMask);
    log_ += " status=" + std::to_string(head.status);
    log_ += " id=" + std::to_string(static_cast<int64_t>(head.id));
    log_ += " length=" + std::to_string(head.body_bytes) + '\n';
    uint8_t written[kHeadBytes];
    WriteHead(head, written);
    log_ += "> " + test::Escape({reinterpret_cast<const char*>(written), kHeadBytes}) + '\n';
    remaining_ = head.body_bytes;
    in_message_ = true;
  }

  void OnData(const uint8_t* data, size_t size) override {
    Require(in_message_ && size > 0 && size <= remaining_, "data outside a body");
    remaining_ -= size;
    data_.append(reinterpret_cast<const char*>(data), size);
  }

  void OnEnd() override {
    Require(in_message_ && remaining_ == 0, "end outside a message, or too early");
    in_message_ = false;
    Flush();
    log_ += "end\n";
  }

  void OnError(Reason reason) override {
    Require(!failed_ && !in_message_, "a second error, or one inside a message");
    failed_ = true;
    Flush();
    log_ += std::string("error ") + ReasonText(reason) + '\n';
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
  static void Require(bool condition, const char* what) {
    if (condition) return;
    std::fprintf(stderr, "broken invariant: %s\n", what);
    std::abort();
  }

  void Flush() {
    if (!data_.empty()) log_ += "data " + test::Escape(data_) + '\n';
    data_.clear();
  }

  std::string log_;
  std::string data_;
  size_t remaining_ = 0;
  bool in_message_ = false;
  bool failed_ = false;
};

}  // namespace sluice::dubbo

#endif  // SLUICE_TEST_NATIVE_DUBBO_LOG_H_
