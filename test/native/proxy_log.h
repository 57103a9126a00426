// Parses a header as it would be parsed while it arrives, and writes down what comes of it, in the
// notation of test/vectors/proxy.md. Shared by the vector test and the fuzz target.
#ifndef SLUICE_TEST_NATIVE_PROXY_LOG_H_
#define SLUICE_TEST_NATIVE_PROXY_LOG_H_

#include <arpa/inet.h>

#include <string>

#include "../../native/codec/proxy_header.h"

namespace sluice::proxy {

inline std::string EndpointText(const Endpoint& endpoint, int family) {
  char text[INET6_ADDRSTRLEN] = "";
  inet_ntop(family == 4 ? AF_INET : AF_INET6, endpoint.address, text, sizeof(text));
  return std::string(text) + ' ' + std::to_string(endpoint.port);
}

// `prefix(i)` gives the first bytes of the connection, of which there are `sizes[i]` at that time.
template <typename Sizes, typename Prefix>
std::string LogOf(const Sizes& sizes, Prefix prefix) {
  for (const size_t size : sizes) {
    Header header;
    Reason reason = Reason::kNone;
    switch (Parse(prefix(size), size, &header, &reason)) {
      case Result::kPartial:
        continue;
      case Result::kBad:
        return std::string("error ") + ReasonText(reason) + '\n';
      case Result::kComplete:
        break;
    }
    std::string log = "header " + std::to_string(header.bytes) + '\n';
    if (header.family == 0) return log + "no addresses\n";
    log += "source " + EndpointText(header.source, header.family) + '\n';
    return log + "destination " + EndpointText(header.destination, header.family) + '\n';
  }
  return "partial\n";
}

}  // namespace sluice::proxy

#endif  // SLUICE_TEST_NATIVE_PROXY_LOG_H_
