// Fuzzes the HTTP/1 framing of requests; see http1_fuzz.h.
#include "http1_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  return sluice::http1::FuzzOne(sluice::http1::Role::kRequest, data, size);
}
