#include "binding/convert.h"

#include <uv.h>

#include <string>

namespace sluice::binding {

Napi::Object ToObject(Napi::Env env, const net::AddressText& text) {
  Napi::Object result = Napi::Object::New(env);
  result["address"] = Napi::String::New(env, text.address);
  result["port"] = Napi::Number::New(env, text.port);
  result["family"] = Napi::Number::New(env, text.family);
  return result;
}

Napi::Error ErrnoError(Napi::Env env, const char* system_call, int error) {
  const std::string code = uv_err_name(-error);
  Napi::Error result =
      Napi::Error::New(env, std::string(system_call) + " " + code + ": " + uv_strerror(-error));
  result.Set("code", Napi::String::New(env, code));
  result.Set("errno", Napi::Number::New(env, -error));
  result.Set("syscall", Napi::String::New(env, system_call));
  return result;
}

void ThrowErrno(Napi::Env env, const char* system_call, int error) {
  ErrnoError(env, system_call, error).ThrowAsJavaScriptException();
}

}  // namespace sluice::binding
