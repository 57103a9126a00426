#include "binding/reactor_object.h"

#include <cerrno>
#include <string>
#include <utility>

#include "binding/convert.h"

namespace sluice::binding {

namespace {

uint32_t Option(const Napi::Object& options, const char* name, uint32_t fallback) {
  const Napi::Value value = options.Get(name);
  return value.IsNumber() ? value.As<Napi::Number>().Uint32Value() : fallback;
}

uint32_t Ticks(const Napi::Object& options, const char* name) {
  return (Option(options, name, 0) + net::kTickMs - 1) / net::kTickMs;
}

uint64_t BigOption(const Napi::Object& options, const char* name) {
  const Napi::Value value = options.Get(name);
  return value.IsNumber() ? static_cast<uint64_t>(value.As<Napi::Number>().DoubleValue()) : 0;
}

// The names of NativePolicy in src/native/addon.ts.
net::ConnectionPolicy ReadPolicy(const Napi::Object& options) {
  net::ConnectionPolicy policy;
  http1::Limits& limits = policy.limits.http1;
  limits.max_head_bytes = Option(options, "maxHeadBytes", limits.max_head_bytes);
  limits.max_start_line_bytes = Option(options, "maxStartLineBytes", limits.max_start_line_bytes);
  limits.max_headers = Option(options, "maxHeaders", limits.max_headers);
  limits.max_chunk_extension_bytes =
      Option(options, "maxChunkExtensionBytes", limits.max_chunk_extension_bytes);
  limits.max_trailer_bytes = Option(options, "maxTrailerBytes", limits.max_trailer_bytes);
  limits.max_interim_responses =
      Option(options, "maxInterimResponses", limits.max_interim_responses);
  limits.max_body_bytes = BigOption(options, "maxBodyBytes");
  limits.max_requests = Option(options, "maxRequests", 0);
  limits.lenient_lf = Option(options, "lenientLf", 0) != 0;
  dubbo::Limits& dubbo = policy.limits.dubbo;
  dubbo.max_body_bytes = Option(options, "maxDubboBodyBytes", dubbo.max_body_bytes);
  policy.high_watermark = Option(options, "highWatermark", policy.high_watermark);
  policy.first_byte_ticks = Ticks(options, "firstByteTimeoutMs");
  policy.head_ticks = Ticks(options, "headTimeoutMs");
  policy.body_ticks = Ticks(options, "bodyTimeoutMs");
  policy.min_body_bytes = Option(options, "minBodyBytes", 0);
  policy.write_ticks = Ticks(options, "writeTimeoutMs");
  return policy;
}

int32_t Int(const Napi::CallbackInfo& info, size_t index) {
  int32_t value = -1;
  napi_get_value_int32(info.Env(), info[index], &value);
  return value;
}

uint32_t Uint(const Napi::CallbackInfo& info, size_t index) {
  uint32_t value = 0;
  napi_get_value_uint32(info.Env(), info[index], &value);
  return value;
}

}  // namespace

Napi::Function ReactorObject::Define(Napi::Env env) {
  return DefineClass(env, "NativeReactor",
                     {InstanceMethod<&ReactorObject::Memory>("memory"),
                      InstanceMethod<&ReactorObject::AddPolicy>("addPolicy"),
                      InstanceMethod<&ReactorObject::SetListenerPolicy>("setListenerPolicy"),
                      InstanceMethod<&ReactorObject::AddListener>("addListener"),
                      InstanceMethod<&ReactorObject::RemoveListener>("removeListener"),
                      InstanceMethod<&ReactorObject::AdoptConnection>("adoptConnection"),
                      InstanceMethod<&ReactorObject::ReleaseConnection>("releaseConnection"),
                      InstanceMethod<&ReactorObject::MeasureTurns>("measureTurns"),
                      InstanceMethod<&ReactorObject::TakeOver>("takeOver"),
                      InstanceMethod<&ReactorObject::Connect>("connect"),
                      InstanceMethod<&ReactorObject::ConnectPath>("connectPath"),
                      InstanceMethod<&ReactorObject::SendBytes>("sendBytes"),
                      InstanceMethod<&ReactorObject::AllocateArena>("allocateArena"),
                      InstanceMethod<&ReactorObject::Address>("address"),
                      InstanceMethod<&ReactorObject::LastRequest>("lastRequest"),
                      InstanceMethod<&ReactorObject::FramerCreate>("framerCreate"),
                      InstanceMethod<&ReactorObject::FramerFeed>("framerFeed"),
                      InstanceMethod<&ReactorObject::FramerInHead>("framerInHead"),
                      InstanceMethod<&ReactorObject::FramerMore>("framerMore"),
                      InstanceMethod<&ReactorObject::FramerFinish>("framerFinish"),
                      InstanceMethod<&ReactorObject::FramerExpect>("framerExpect"),
                      InstanceMethod<&ReactorObject::FramerFree>("framerFree"),
                      InstanceMethod<&ReactorObject::WriteHead>("writeHead"),
                      InstanceMethod<&ReactorObject::Flush>("flush"),
                      InstanceMethod<&ReactorObject::Close>("close")});
}

ReactorObject::ReactorObject(const Napi::CallbackInfo& info)
    : Napi::ObjectWrap<ReactorObject>(info) {
  const Napi::Object options = info[0].As<Napi::Object>();
  net::Sizes sizes;
  sizes.slab_bytes = Option(options, "slabBytes", sizes.slab_bytes);
  sizes.events = Option(options, "eventCapacity", sizes.events);
  sizes.commands = Option(options, "commandCapacity", sizes.commands);
  sizes.tape = Option(options, "tapeCapacity", sizes.tape);
  const net::ConnectionPolicy policy = ReadPolicy(options);
  runs_microtasks_ = Option(options, "runsMicrotasks", 1) != 0;

  memory_ = net::SharedMemory::Create(sizes);
  if (!memory_) {
    ThrowErrno(info.Env(), "mmap", errno);
    return;
  }
  uv_loop_t* loop = nullptr;
  napi_get_uv_event_loop(info.Env(), &loop);
  on_batch_ = Napi::Persistent(info[1].As<Napi::Function>());
  reactor_ = std::make_unique<net::Reactor>(loop, memory_, policy, *this);
  auto* state = info.Env().GetInstanceData<EnvironmentState>();
  const int result = reactor_->Open(/*drives_loop=*/!state->has_driver);
  if (result != 0) {
    ThrowErrno(info.Env(), "epoll", -result);
    return;
  }
  state->has_driver = true;
  // The loop refers to us until OnClosed, so that nobody may collect this object before.
  Ref();
  napi_add_async_cleanup_hook(info.Env(), OnCleanup, this, &hook_);
}

bool ReactorObject::OnBatch(uint32_t count) {
  const Napi::Env env = Env();
  const Napi::HandleScope scope(env);
  napi_value argument = nullptr;
  napi_value result = nullptr;
  napi_create_uint32(env, count, &argument);
  // Only a callback scope runs microtasks afterwards. It costs as much as handling a request, so
  // that programs that have none do without.
  const napi_status status =
      runs_microtasks_
          ? napi_make_callback(env, nullptr, Value(), on_batch_.Value(), 1, &argument, &result)
          : napi_call_function(env, Value(), on_batch_.Value(), 1, &argument, &result);
  if (status == napi_ok) return true;
  if (status != napi_pending_exception) return IsAlive();
  // As for any other callback that throws: the environment's uncaughtException.
  napi_value error = nullptr;
  if (napi_get_and_clear_last_exception(env, &error) == napi_ok && error != nullptr) {
    napi_fatal_exception(env, error);
  }
  return IsAlive();
}

// Of a worker that was terminated, or has run out of memory, the loop turns a little longer
// although nothing can be called. N-API does not tell, but for refusing what might run scripts.
bool ReactorObject::IsAlive() {
  const Napi::Env env = Env();
  const Napi::HandleScope scope(env);
  napi_value text = nullptr;
  return napi_coerce_to_string(env, env.Undefined(), &text) == napi_ok;
}

void ReactorObject::OnClosed() {
  if (reactor_->drives_loop()) Env().GetInstanceData<EnvironmentState>()->has_driver = false;
  const Napi::HandleScope scope(Env());
  on_batch_.Reset();
  if (hook_ != nullptr) napi_remove_async_cleanup_hook(hook_);
  hook_ = nullptr;
  Unref();
}

void ReactorObject::OnCleanup(napi_async_cleanup_hook_handle, void* self) {
  static_cast<ReactorObject*>(self)->reactor_->Close(/*hands_over=*/true);
}

Napi::Value ReactorObject::Memory(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const net::Offsets& offsets = memory_->offsets();
  Napi::Object result = Napi::Object::New(env);
  auto* owner = new std::shared_ptr<net::SharedMemory>(memory_);
  result["buffer"] = Napi::ArrayBuffer::New(
      env, memory_->base(), offsets.total,
      [](Napi::BasicEnv, void*, std::shared_ptr<net::SharedMemory>* held) { delete held; }, owner);
  result["slabBytes"] = Napi::Number::New(env, memory_->sizes().slab_bytes);
  result["controlAt"] = Napi::Number::New(env, static_cast<double>(offsets.control));
  result["controlLength"] = Napi::Number::New(env, net::kControlLength);
  result["countersAt"] = Napi::Number::New(env, static_cast<double>(offsets.counters));
  result["countersLength"] = Napi::Number::New(env, net::kCounterCount);
  result["eventsAt"] = Napi::Number::New(env, static_cast<double>(offsets.events));
  result["eventCapacity"] = Napi::Number::New(env, memory_->sizes().events);
  result["commandsAt"] = Napi::Number::New(env, static_cast<double>(offsets.commands));
  result["commandCapacity"] = Napi::Number::New(env, memory_->sizes().commands);
  result["answeredAt"] = Napi::Number::New(env, static_cast<double>(offsets.answered));
  result["answeredLength"] = Napi::Number::New(env, net::kAnsweredCount);
  result["tapeAt"] = Napi::Number::New(env, static_cast<double>(offsets.tape));
  result["tapeCapacity"] = Napi::Number::New(env, memory_->sizes().tape);
  return result;
}

Napi::Value ReactorObject::AddPolicy(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), reactor_->AddPolicy(ReadPolicy(info[0].As<Napi::Object>())));
}

Napi::Value ReactorObject::SetListenerPolicy(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), reactor_->SetListenerPolicy(Int(info, 0), Uint(info, 1)));
}

Napi::Value ReactorObject::AddListener(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(),
                           reactor_->AddListener(Int(info, 0), Int(info, 1), Int(info, 2)));
}

Napi::Value ReactorObject::RemoveListener(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), reactor_->RemoveListener(Int(info, 0)));
}

Napi::Value ReactorObject::AdoptConnection(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), reactor_->AdoptConnection(Int(info, 0)));
}

Napi::Value ReactorObject::ReleaseConnection(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), reactor_->ReleaseConnection(Int(info, 0)));
}

void ReactorObject::MeasureTurns(const Napi::CallbackInfo&) { reactor_->MeasureTurns(); }

Napi::Value ReactorObject::TakeOver(const Napi::CallbackInfo& info) {
  bool is_new = false;
  const int id = reactor_->TakeOver(Int(info, 0), Int(info, 1), &is_new);
  return Napi::Number::New(info.Env(), id < 0 ? id : id * 2 + (is_new ? 1 : 0));
}

Napi::Value ReactorObject::Connect(const Napi::CallbackInfo& info) {
  net::Address address{};
  const std::string host = info[0].As<Napi::String>().Utf8Value();
  const int result = net::ParseIp(host, static_cast<uint16_t>(Uint(info, 1)), &address)
                         ? reactor_->Connect(address, Uint(info, 2), Uint(info, 3))
                         : -EINVAL;
  return Napi::Number::New(info.Env(), result);
}

Napi::Value ReactorObject::ConnectPath(const Napi::CallbackInfo& info) {
  net::Address address{};
  const std::string path = info[0].As<Napi::String>().Utf8Value();
  const int result = net::ParseUnixPath(path, &address)
                         ? reactor_->Connect(address, Uint(info, 1), Uint(info, 2))
                         : -EINVAL;
  return Napi::Number::New(info.Env(), result);
}

Napi::Value ReactorObject::SendBytes(const Napi::CallbackInfo& info) {
  const Napi::Uint8Array bytes = info[1].As<Napi::Uint8Array>();
  return Napi::Number::New(info.Env(),
                           reactor_->SendBytes(Int(info, 0), bytes.Data(), bytes.ByteLength()));
}

Napi::Value ReactorObject::AllocateArena(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), reactor_->AllocateArena(Uint(info, 0)));
}

Napi::Value ReactorObject::Address(const Napi::CallbackInfo& info) {
  net::AddressText text;
  if (!reactor_->AddressOf(Int(info, 0), info[1].ToBoolean(), &text)) return info.Env().Undefined();
  return ToObject(info.Env(), text);
}

Napi::Value ReactorObject::LastRequest(const Napi::CallbackInfo& info) {
  const std::string_view head = reactor_->LastRequest(Int(info, 0));
  napi_value text = nullptr;
  napi_create_string_latin1(info.Env(), head.data(), head.size(), &text);
  return Napi::Value(info.Env(), text);
}

Napi::Value ReactorObject::FramerCreate(const Napi::CallbackInfo& info) {
  const auto kind = static_cast<net::FramerKind>(Int(info, 0));
  return Napi::Number::New(
      info.Env(), reactor_->FramerCreate(kind, info[1].ToBoolean(), Uint(info, 2), Int(info, 3)));
}

Napi::Value ReactorObject::FramerFeed(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(),
                           reactor_->FramerFeed(Int(info, 0), Uint(info, 1), Uint(info, 2)));
}

Napi::Value ReactorObject::FramerInHead(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), reactor_->FramerInHead(Int(info, 0)));
}

Napi::Value ReactorObject::FramerMore(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), reactor_->FramerMore(Int(info, 0)));
}

Napi::Value ReactorObject::FramerFinish(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), reactor_->FramerFinish(Int(info, 0)));
}

Napi::Value ReactorObject::FramerExpect(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), reactor_->FramerExpect(Int(info, 0), Uint(info, 1)));
}

Napi::Value ReactorObject::FramerFree(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), reactor_->FramerFree(Int(info, 0)));
}

Napi::Value ReactorObject::WriteHead(const Napi::CallbackInfo& info) {
  const uint32_t flags = Uint(info, 1);
  if ((flags & http1::kWriteLines) != 0) reactor_->SetHeadLines(Uint(info, 4), Uint(info, 5));
  return Napi::Number::New(info.Env(),
                           reactor_->WriteHead(Int(info, 0), flags, Uint(info, 2), Uint(info, 3)));
}

void ReactorObject::Flush(const Napi::CallbackInfo&) { reactor_->Flush(); }

void ReactorObject::Close(const Napi::CallbackInfo&) { reactor_->Close(); }

}  // namespace sluice::binding
