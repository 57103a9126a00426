// Times the HTTP/1 codec without Node: what one head costs in Framer::Feed and in WriteHead, and
// how fast body bytes pass. Prints the best of several rounds, as other programs only ever add
// time.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "../../native/codec/http1.h"

namespace sluice::http1 {
namespace {

constexpr char kSmallRequest[] =
    "GET /index.html HTTP/1.1\r\n"
    "Host: localhost:8080\r\n"
    "User-Agent: wrk/4.2.0\r\n"
    "Accept: */*\r\n"
    "\r\n";

constexpr char kBrowserRequest[] =
    "GET /search/results?q=load+balancer&page=2 HTTP/1.1\r\n"
    "Host: www.example.com\r\n"
    "Connection: keep-alive\r\n"
    "Cache-Control: max-age=0\r\n"
    "sec-ch-ua: \"Chromium\";v=\"118\", \"Not=A?Brand\";v=\"99\"\r\n"
    "sec-ch-ua-mobile: ?0\r\n"
    "sec-ch-ua-platform: \"Linux\"\r\n"
    "Upgrade-Insecure-Requests: 1\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/118.0.0.0 Safari/537.36\r\n"
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,"
    "image/apng,*/*;q=0.8\r\n"
    "Sec-Fetch-Site: same-origin\r\n"
    "Sec-Fetch-Mode: navigate\r\n"
    "Referer: https://www.example.com/search\r\n"
    "Accept-Encoding: gzip, deflate, br\r\n"
    "Accept-Language: en-US,en;q=0.9\r\n"
    "Cookie: session=0123456789abcdef0123456789abcdef; theme=dark; consent=1\r\n"
    "\r\n";

constexpr char kResponse[] =
    "HTTP/1.1 200 OK\r\n"
    "Server: nginx/1.22.1\r\n"
    "Date: Mon, 01 Jan 2024 00:00:00 GMT\r\n"
    "Content-Type: text/html; charset=utf-8\r\n"
    "Content-Length: 13\r\n"
    "Last-Modified: Mon, 01 Jan 2024 00:00:00 GMT\r\n"
    "Connection: keep-alive\r\n"
    "ETag: \"65920080-d\"\r\n"
    "Accept-Ranges: bytes\r\n"
    "\r\n"
    "Hello, world\n";

class CountingHost final : public Host {
 public:
  uint8_t* Reserve(size_t bytes) override {
    reserved_.resize(bytes);
    return reserved_.data();
  }
  void OnHead(const Head& head, const uint8_t* base) override {
    ++heads;
    if (write) written += WriteHead(head, base, kWriteLength & (head.flags << 1), out_);
  }
  void OnData(const uint8_t*, size_t size) override { bytes += size; }
  void OnEnd(const uint8_t*, size_t) override { ++ends; }
  void OnError(int, Reason) override { ++errors; }

  bool write = false;
  size_t heads = 0;
  size_t bytes = 0;
  size_t ends = 0;
  size_t errors = 0;
  size_t written = 0;

 private:
  std::vector<uint8_t> reserved_;
  uint8_t out_[4096];
};

template <typename Work>
double BestSeconds(Work work) {
  double best = 1e9;
  for (int round = 0; round < 9; ++round) {
    const auto start = std::chrono::steady_clock::now();
    work();
    best = std::min(
        best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  return best;
}

void Heads(const char* name, Role role, const std::string& message, bool write) {
  constexpr int kRounds = 200000;
  CountingHost host;
  host.write = write;
  Framer framer(role, Limits{});
  const auto* const data = reinterpret_cast<const uint8_t*>(message.data());
  const double seconds = BestSeconds([&] {
    for (int i = 0; i < kRounds; ++i) {
      if (role == Role::kResponse) framer.Expect(0);
      framer.Feed(data, message.size(), host);
    }
  });
  if (host.errors != 0 || host.heads != host.ends) std::printf("broken: ");
  std::printf("%-34s %6.1f ns/message  %6.2f GB/s\n", name, seconds / kRounds * 1e9,
              static_cast<double>(message.size()) * kRounds / seconds / 1e9);
}

void Bodies(const char* name, const std::string& head, const std::string& piece, size_t count) {
  CountingHost host;
  Framer framer(Role::kRequest, Limits{});
  const auto feed = [&](const std::string& text) {
    framer.Feed(reinterpret_cast<const uint8_t*>(text.data()), text.size(), host);
  };
  feed(head);
  const double seconds = BestSeconds([&] {
    for (size_t i = 0; i < count; ++i) feed(piece);
  });
  if (host.errors != 0) std::printf("broken: ");
  std::printf("%-34s %6.1f ns/piece    %6.2f GB/s\n", name,
              seconds / static_cast<double>(count) * 1e9,
              static_cast<double>(piece.size() * count) / seconds / 1e9);
}

void Run() {
  for (const bool write : {false, true}) {
    std::printf(write ? "parse and write\n" : "parse\n");
    Heads("  small request", Role::kRequest, kSmallRequest, write);
    Heads("  browser request, 15 fields", Role::kRequest, kBrowserRequest, write);
    Heads("  response, 8 fields", Role::kResponse, kResponse, write);
  }
  std::printf("bodies\n");
  const std::string chunked = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  Bodies("  chunks of 100 bytes", chunked, "64\r\n" + std::string(100, 'x') + "\r\n", 200000);
  Bodies("  chunks of 4 KB", chunked, "1000\r\n" + std::string(4096, 'x') + "\r\n", 200000);
  Bodies("  by length, reads of 16 KB",
         "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9007199254740992\r\n\r\n",
         std::string(16384, 'x'), 200000);
  std::printf("head in pieces\n");
  CountingHost host;
  Framer framer(Role::kRequest, Limits{});
  const std::string request = kSmallRequest;
  constexpr int kRounds = 20000;
  const double seconds = BestSeconds([&] {
    for (int i = 0; i < kRounds; ++i) {
      for (const char& c : request) framer.Feed(reinterpret_cast<const uint8_t*>(&c), 1, host);
    }
  });
  std::printf("%-34s %6.1f ns/byte\n", "  small request byte by byte",
              seconds / kRounds / static_cast<double>(request.size()) * 1e9);
}

}  // namespace
}  // namespace sluice::http1

int main() {
  sluice::http1::Run();
  return 0;
}
