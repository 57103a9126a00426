// The codec that works on a connection, or directly: one of those that FramerKind names.
#ifndef SLUICE_NET_FRAMER_H_
#define SLUICE_NET_FRAMER_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "codec/dubbo.h"
#include "codec/http1.h"
#include "net/protocol.h"
#include "net/records.h"

namespace sluice::net {

struct CodecLimits {
  http1::Limits http1;
  dubbo::Limits dubbo;

  bool operator==(const CodecLimits&) const = default;
};

class Framer {
 public:
  // Whether `kind` names a codec.
  static bool IsKind(int32_t kind) { return kind >= kFramerHttpRequest && kind <= kFramerDubbo; }

  // `kind` must name a codec.
  Framer(FramerKind kind, const CodecLimits& limits) : codec_(Make(kind, limits)) {}

  void Feed(const uint8_t* data, size_t size, RecordHost& host) {
    if (auto* http = std::get_if<http1::Framer>(&codec_)) {
      http->Feed(data, size, host);
    } else {
      std::get_if<dubbo::Framer>(&codec_)->Feed(data, size, host);
    }
  }
  // The stream has ended; false when a message was cut short.
  bool Finish(RecordHost& host) {
    if (auto* http = std::get_if<http1::Framer>(&codec_)) return http->Finish(host);
    return std::get_if<dubbo::Framer>(&codec_)->Finish();
  }
  bool failed() const {
    return std::visit([](const auto& codec) { return codec.failed(); }, codec_);
  }
  bool in_head() const {
    return std::visit([](const auto& codec) { return codec.in_head(); }, codec_);
  }
  bool idle() const {
    return std::visit([](const auto& codec) { return codec.idle(); }, codec_);
  }

  // Between messages: whether the peer may be about to send another one.
  bool may_continue() const {
    return std::visit([](const auto& codec) { return codec.may_continue(); }, codec_);
  }

  // A framer of HTTP responses remembers the head of the last request, in case it must be sent
  // again: cheaper here than for the engine to copy every one of them. One of requests remembers
  // all bytes of the request in progress, in case that its worker dies.
  void Remember(const uint8_t* request, size_t size) {
    last_request_.assign(reinterpret_cast<const char*>(request), size);
  }
  void RememberMore(const uint8_t* bytes, size_t size) {
    last_request_.append(reinterpret_cast<const char*>(bytes), size);
  }
  // An idle connection keeps no buffer.
  void Forget() { std::string().swap(last_request_); }
  const std::string& last_request() const { return last_request_; }

  // How many requests have begun on a connection, all of its framers together.
  uint32_t asked() const { return asked_; }
  void set_asked(uint32_t count) { asked_ = count; }

  // The bytes of a head that is not complete.
  std::string_view pending_head() const {
    const auto* http = std::get_if<http1::Framer>(&codec_);
    return http != nullptr && http->in_head() ? http->pending_head() : std::string_view();
  }

  // What only a framer of HTTP responses heeds.
  void Expect(uint32_t request_flags) {
    if (auto* http = std::get_if<http1::Framer>(&codec_)) http->Expect(request_flags);
  }
  void set_expect_any(bool value) {
    if (auto* http = std::get_if<http1::Framer>(&codec_)) http->set_expect_any(value);
  }

 private:
  using Codec = std::variant<http1::Framer, dubbo::Framer>;

  static Codec Make(FramerKind kind, const CodecLimits& limits) {
    if (kind == kFramerDubbo) return Codec(std::in_place_type<dubbo::Framer>, limits.dubbo);
    const auto role = kind == kFramerHttpRequest ? http1::Role::kRequest : http1::Role::kResponse;
    return Codec(std::in_place_type<http1::Framer>, role, limits.http1);
  }

  Codec codec_;
  std::string last_request_;
  uint32_t asked_ = 0;
};

}  // namespace sluice::net

#endif  // SLUICE_NET_FRAMER_H_
