// The addon's exports. All state is the environment's: any number of threads may load it.
#include <napi.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <string>
#include <vector>

#include "binding/convert.h"
#include "binding/reactor_object.h"
#include "codec/http1.h"
#include "codec/proxy_header.h"
#include "net/affinity.h"
#include "net/datagram.h"
#include "net/handed_over.h"
#include "net/listener.h"
#include "net/orphans.h"
#include "net/protocol.h"

namespace sluice::binding {

namespace {

// openListener({ host, port, path, backlog, reusePort, ipv6Only, deferSeconds }) -> descriptor
Napi::Value OpenListener(const Napi::CallbackInfo& info) {
  const Napi::Object from = info[0].As<Napi::Object>();
  net::ListenOptions options;
  options.host = from.Get("host").As<Napi::String>().Utf8Value();
  options.port = static_cast<uint16_t>(from.Get("port").As<Napi::Number>().Uint32Value());
  options.path = from.Get("path").As<Napi::String>().Utf8Value();
  options.backlog = from.Get("backlog").As<Napi::Number>().Int32Value();
  options.reuse_port = from.Get("reusePort").ToBoolean();
  options.ipv6_only = from.Get("ipv6Only").ToBoolean();
  options.defer_seconds = from.Get("deferSeconds").As<Napi::Number>().Int32Value();
  net::ListenError error;
  const int fd = net::OpenListener(options, &error);
  if (fd >= 0) return Napi::Number::New(info.Env(), fd);
  Napi::Error thrown = ErrnoError(info.Env(), error.system_call, error.code);
  thrown.Set("address",
             Napi::String::New(info.Env(), options.path.empty() ? options.host : options.path));
  if (options.path.empty()) thrown.Set("port", Napi::Number::New(info.Env(), options.port));
  thrown.ThrowAsJavaScriptException();
  return info.Env().Undefined();
}

void InheritListener(const Napi::CallbackInfo& info) {
  net::ListenError error;
  if (net::InheritListener(info[0].As<Napi::Number>().Int32Value(), &error)) return;
  ThrowErrno(info.Env(), error.system_call, error.code);
}

// allowedProcessors() -> numbers of the processors that this thread may use
Napi::Value AllowedProcessors(const Napi::CallbackInfo& info) {
  const std::vector<int> processors = net::AllowedProcessors();
  Napi::Array result = Napi::Array::New(info.Env(), processors.size());
  for (size_t i = 0; i < processors.size(); i++) {
    result.Set(static_cast<uint32_t>(i), Napi::Number::New(info.Env(), processors[i]));
  }
  return result;
}

// pinThread(processor) -> 0 or a negative errno
Napi::Value PinThread(const Napi::CallbackInfo& info) {
  const int result = net::PinThread(info[0].As<Napi::Number>().Int32Value());
  return Napi::Number::New(info.Env(), result);
}

// sendDatagram(path, text) -> 0 or a negative errno
Napi::Value SendDatagram(const Napi::CallbackInfo& info) {
  const int result = net::SendDatagram(info[0].As<Napi::String>().Utf8Value(),
                                       info[1].As<Napi::String>().Utf8Value());
  return Napi::Number::New(info.Env(), result);
}

// reapChildren() -> how many children of this thread had ended
Napi::Value ReapChildren(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), net::ReapChildren());
}

Napi::Value LocalAddress(const Napi::CallbackInfo& info) {
  net::AddressText text;
  if (net::SocketAddress(info[0].As<Napi::Number>().Int32Value(), false, &text)) {
    return ToObject(info.Env(), text);
  }
  ThrowErrno(info.Env(), "getsockname", errno);
  return info.Env().Undefined();
}

void CloseFd(const Napi::CallbackInfo& info) {
  if (close(info[0].As<Napi::Number>().Int32Value()) != 0) ThrowErrno(info.Env(), "close", errno);
}

// handedOver(row) -> how many connections wait for a worker
Napi::Value HandedOver(const Napi::CallbackInfo& info) {
  const size_t count = net::CountHandedOver(info[0].As<Napi::Number>().Int32Value());
  return Napi::Number::New(info.Env(), static_cast<double>(count));
}

// closeHandedOver(row, waitedMs)
void CloseHandedOver(const Napi::CallbackInfo& info) {
  net::CloseHandedOver(info[0].As<Napi::Number>().Int32Value(),
                       info[1].As<Napi::Number>().Uint32Value());
}

Napi::Value ReasonText(const Napi::CallbackInfo& info) {
  const uint32_t reason = info[0].As<Napi::Number>().Uint32Value();
  const uint32_t dubbo_reasons = net::kDubboReasons;
  const uint32_t proxy_reasons = net::kProxyReasons;
  const char* text = "unknown";
  if (reason < static_cast<uint32_t>(http1::Reason::kCount)) {
    text = http1::ReasonText(static_cast<http1::Reason>(reason));
  } else if (reason >= dubbo_reasons &&
             reason - dubbo_reasons < static_cast<uint32_t>(dubbo::Reason::kCount)) {
    text = dubbo::ReasonText(static_cast<dubbo::Reason>(reason - dubbo_reasons));
  } else if (reason >= proxy_reasons &&
             reason - proxy_reasons < static_cast<uint32_t>(proxy::Reason::kCount)) {
    text = proxy::ReasonText(static_cast<proxy::Reason>(reason - proxy_reasons));
  }
  return Napi::String::New(info.Env(), text);
}

// judgeRequest(head) -> 0, or the reason plus 256 times the number of the line
Napi::Value JudgeRequest(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  size_t size = 0;
  napi_get_value_string_latin1(env, info[0], nullptr, 0, &size);
  // With a place for the NUL that the call writes.
  const auto head = std::make_unique_for_overwrite<char[]>(size + 1);
  napi_get_value_string_latin1(env, info[0], head.get(), size + 1, &size);
  const http1::Fault fault =
      http1::JudgeRequest(reinterpret_cast<const uint8_t*>(head.get()), size);
  return Napi::Number::New(env, static_cast<uint32_t>(fault.reason) + 256 * fault.line);
}

// isForbiddenTrailer(name) -> whether a field of that name must not be in a trailer section
Napi::Value IsForbiddenTrailer(const Napi::CallbackInfo& info) {
  const std::string name = info[0].As<Napi::String>().Utf8Value();
  const auto* const bytes = reinterpret_cast<const uint8_t*>(name.data());
  return Napi::Boolean::New(info.Env(), http1::IsForbiddenTrailer(bytes, name.size()));
}

// The numbers of protocol.h by their names in protocol.ts, for the test that compares them.
Napi::Value Protocol(const Napi::CallbackInfo& info) {
  struct Number {
    const char* name;
    double value;
  };
  const Number numbers[] = {
      {"EVENT_STRIDE", net::kEventStride},
      {"EV_ACCEPT", net::kEvAccept},
      {"EV_CONNECT", net::kEvConnect},
      {"EV_DATA", net::kEvData},
      {"EV_END", net::kEvEnd},
      {"EV_ERROR", net::kEvError},
      {"EV_HEAD", net::kEvHead},
      {"EV_MSG_END", net::kEvMsgEnd},
      {"EV_BAD", net::kEvBad},
      {"EV_CONGESTED", net::kEvCongested},
      {"EV_DRAINED", net::kEvDrained},
      {"EV_TIMEOUT", net::kEvTimeout},
      {"CMD_SEND", net::kCmdSend},
      {"CMD_SEND_CHUNK", net::kCmdSendChunk},
      {"CMD_SEND_LAST", net::kCmdSendLast},
      {"CMD_SEND_HEAD", net::kCmdSendHead},
      {"CMD_END", net::kCmdEnd},
      {"CMD_CLOSE", net::kCmdClose},
      {"CMD_ABORT", net::kCmdAbort},
      {"CMD_PAUSE", net::kCmdPause},
      {"CMD_RESUME", net::kCmdResume},
      {"CMD_FRAMER", net::kCmdFramer},
      {"CMD_EXPECT", net::kCmdExpect},
      {"CMD_TIMEOUT", net::kCmdTimeout},
      {"CMD_WATERMARK", net::kCmdWatermark},
      {"CMD_SEND_COPY", net::kCmdSendCopy},
      {"CMD_PHASE", net::kCmdPhase},
      {"CMD_HEAD_LINES", net::kCmdHeadLines},
      {"FRAMER_NONE", net::kFramerNone},
      {"FRAMER_HTTP_REQUEST", net::kFramerHttpRequest},
      {"FRAMER_HTTP_RESPONSE", net::kFramerHttpResponse},
      {"FRAMER_DUBBO", net::kFramerDubbo},
      {"FRAMER_PROXY", net::kFramerProxy},
      {"TIMEOUT_DEADLINE", net::kTimeoutDeadline},
      {"TIMEOUT_IDLE", net::kTimeoutIdle},
      {"TIMEOUT_HEAD", net::kTimeoutHead},
      {"TIMEOUT_BODY", net::kTimeoutBody},
      {"TIMEOUT_WRITE", net::kTimeoutWrite},
      {"TIMEOUT_FIRST_BYTE", net::kTimeoutFirstByte},
      {"PHASE_IDLE", net::kPhaseIdle},
      {"PHASE_FIRST", net::kPhaseFirst},
      {"PHASE_HEAD", net::kPhaseHead},
      {"PHASE_BODY", net::kPhaseBody},
      {"HEAD_KEEP_ALIVE", http1::kKeepAlive},
      {"HEAD_CHUNKED", http1::kChunked},
      {"HEAD_HAS_LENGTH", http1::kHasLength},
      {"HEAD_HTTP10", http1::kHttp10},
      {"HEAD_EXPECT_CONTINUE", http1::kExpectContinue},
      {"HEAD_UPGRADE", http1::kUpgrade},
      {"HEAD_NO_BODY", http1::kNoBody},
      {"HEAD_UNTIL_CLOSE", http1::kUntilClose},
      {"HEAD_HEAD_METHOD", http1::kHeadMethod},
      {"HEAD_IDEMPOTENT", http1::kIdempotent},
      {"HEAD_INTERIM", http1::kInterim},
      {"HEAD_CONNECT_METHOD", http1::kConnectMethod},
      {"HEAD_HAS_TRAILER_FIELD", http1::kHasTrailerField},
      {"HEAD_NOMINATES", http1::kNominates},
      {"DUBBO_REQUEST", dubbo::kRequest},
      {"DUBBO_TWO_WAY", dubbo::kTwoWay},
      {"DUBBO_EVENT", dubbo::kEvent},
      {"DUBBO_SERIALIZATION", dubbo::kSerializationMask},
      {"WRITE_CLOSE", http1::kWriteClose},
      {"WRITE_KEEP_ALIVE", http1::kWriteKeepAlive},
      {"WRITE_CHUNKED", http1::kWriteChunked},
      {"WRITE_LENGTH", http1::kWriteLength},
      {"WRITE_UPGRADE", http1::kWriteUpgrade},
      {"WRITE_X_FORWARDED", http1::kWriteXForwarded},
      {"WRITE_FORWARDED", http1::kWriteForwarded},
      {"WRITE_REPLACE", http1::kWriteReplace},
      {"WRITE_TRUST", http1::kWriteTrust},
      {"WRITE_HTTPS", http1::kWriteHttps},
      {"WRITE_NEW_REQUEST_ID", http1::kWriteNewRequestId},
      {"WRITE_NEW_TRACE", http1::kWriteNewTrace},
      {"WRITE_LINES", http1::kWriteLines},
      {"WRITE_NEW_PARENT", http1::kWriteNewParent},
      {"WRITE_REQUEST_ID", http1::kWriteRequestId},
      {"CTL_COMMAND_LENGTH", net::kCommandLength},
      {"CTL_ARENA_AT", net::kArenaAt},
      {"CTL_ARENA_END", net::kArenaEnd},
      {"CTL_BATCH", net::kBatch},
      {"CTL_RECORD", net::kRecord},
      {"ERR_IN_HEAD", net::kErrInHead},
  };
  Napi::Object result = Napi::Object::New(info.Env());
  for (const Number& number : numbers) {
    result.Set(number.name, Napi::Number::New(info.Env(), number.value));
  }
  return result;
}

// The names of the counters in their order, for the test that compares them with counters.ts.
Napi::Value CounterNames(const Napi::CallbackInfo& info) {
  Napi::Array names = Napi::Array::New(info.Env(), net::kCounterCount);
  for (uint32_t i = 0; i < net::kCounterCount; i++) {
    names.Set(i, Napi::String::New(info.Env(), net::kCounterNames[i]));
  }
  return names;
}

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  env.SetInstanceData(new EnvironmentState());
  exports.Set("NativeReactor", ReactorObject::Define(env));
  exports.Set("openListener", Napi::Function::New<OpenListener>(env));
  exports.Set("inheritListener", Napi::Function::New<InheritListener>(env));
  exports.Set("reapChildren", Napi::Function::New<ReapChildren>(env));
  exports.Set("localAddress", Napi::Function::New<LocalAddress>(env));
  exports.Set("allowedProcessors", Napi::Function::New<AllowedProcessors>(env));
  exports.Set("pinThread", Napi::Function::New<PinThread>(env));
  exports.Set("sendDatagram", Napi::Function::New<SendDatagram>(env));
  exports.Set("closeFd", Napi::Function::New<CloseFd>(env));
  exports.Set("handedOver", Napi::Function::New<HandedOver>(env));
  exports.Set("closeHandedOver", Napi::Function::New<CloseHandedOver>(env));
  exports.Set("reasonText", Napi::Function::New<ReasonText>(env));
  exports.Set("judgeRequest", Napi::Function::New<JudgeRequest>(env));
  exports.Set("isForbiddenTrailer", Napi::Function::New<IsForbiddenTrailer>(env));
  exports.Set("counterNames", Napi::Function::New<CounterNames>(env));
  exports.Set("protocol", Napi::Function::New<Protocol>(env));
  return exports;
}

}  // namespace

}  // namespace sluice::binding

static Napi::Object InitSluice(Napi::Env env, Napi::Object exports) {
  return sluice::binding::Init(env, exports);
}

NODE_API_MODULE(NODE_GYP_MODULE_NAME, InitSluice)
