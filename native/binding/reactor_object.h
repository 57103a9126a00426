// The JavaScript class NativeReactor: one reactor on the loop of its environment.
//
// Arguments are checked in src/native/reactor.ts, which alone calls this. Functions that can fail
// return a negative errno.
#ifndef SLUICE_BINDING_REACTOR_OBJECT_H_
#define SLUICE_BINDING_REACTOR_OBJECT_H_

#include <napi.h>

#include <memory>

#include "net/reactor.h"

namespace sluice::binding {

// What the reactors of one environment share.
struct EnvironmentState {
  bool has_driver = false;  // one of them drives the loop
};

class ReactorObject final : public Napi::ObjectWrap<ReactorObject>, public net::Reactor::Engine {
 public:
  static Napi::Function Define(Napi::Env env);

  // new NativeReactor(options, onBatch)
  explicit ReactorObject(const Napi::CallbackInfo& info);

 private:
  bool OnBatch(uint32_t count) override;
  bool IsAlive() override;
  void OnClosed() override;
  static void OnCleanup(napi_async_cleanup_hook_handle handle, void* self);

  Napi::Value Memory(const Napi::CallbackInfo& info);
  Napi::Value AddPolicy(const Napi::CallbackInfo& info);
  Napi::Value SetListenerPolicy(const Napi::CallbackInfo& info);
  Napi::Value AddListener(const Napi::CallbackInfo& info);
  Napi::Value RemoveListener(const Napi::CallbackInfo& info);
  Napi::Value AdoptConnection(const Napi::CallbackInfo& info);
  Napi::Value ReleaseConnection(const Napi::CallbackInfo& info);
  void MeasureTurns(const Napi::CallbackInfo& info);
  Napi::Value TakeOver(const Napi::CallbackInfo& info);
  Napi::Value Connect(const Napi::CallbackInfo& info);
  Napi::Value ConnectPath(const Napi::CallbackInfo& info);
  Napi::Value SendBytes(const Napi::CallbackInfo& info);
  Napi::Value AllocateArena(const Napi::CallbackInfo& info);
  Napi::Value Address(const Napi::CallbackInfo& info);
  Napi::Value LastRequest(const Napi::CallbackInfo& info);
  Napi::Value FramerCreate(const Napi::CallbackInfo& info);
  Napi::Value FramerFeed(const Napi::CallbackInfo& info);
  Napi::Value FramerInHead(const Napi::CallbackInfo& info);
  Napi::Value FramerMore(const Napi::CallbackInfo& info);
  Napi::Value FramerFinish(const Napi::CallbackInfo& info);
  Napi::Value FramerExpect(const Napi::CallbackInfo& info);
  Napi::Value FramerFree(const Napi::CallbackInfo& info);
  Napi::Value WriteHead(const Napi::CallbackInfo& info);
  void Flush(const Napi::CallbackInfo& info);
  void Close(const Napi::CallbackInfo& info);

  std::shared_ptr<net::SharedMemory> memory_;
  std::unique_ptr<net::Reactor> reactor_;
  Napi::FunctionReference on_batch_;
  bool runs_microtasks_ = true;
  napi_async_cleanup_hook_handle hook_ = nullptr;
};

}  // namespace sluice::binding

#endif  // SLUICE_BINDING_REACTOR_OBJECT_H_
