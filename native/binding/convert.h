// Small conversions between native and JavaScript values.
#ifndef SLUICE_BINDING_CONVERT_H_
#define SLUICE_BINDING_CONVERT_H_

#include <napi.h>

#include "net/address.h"

namespace sluice::binding {

// { address, port, family }
Napi::Object ToObject(Napi::Env env, const net::AddressText& text);

// An Error like those of Node: `code`, `errno`, `syscall`.
Napi::Error ErrnoError(Napi::Env env, const char* system_call, int error);
void ThrowErrno(Napi::Env env, const char* system_call, int error);

}  // namespace sluice::binding

#endif  // SLUICE_BINDING_CONVERT_H_
