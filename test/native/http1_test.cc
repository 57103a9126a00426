// Feeds every vector of test/vectors/http1-*.md whole, byte by byte and cut at every point; each
// piece ends at a page that cannot be read. Then what vectors cannot say: memory and linear time.
#include <chrono>
#include <sstream>

#include "http1_log.h"
#include "vectors.h"

namespace sluice::http1 {
namespace {

using test::Check;
using test::GuardedMemory;

struct Setting {
  Limits limits;
  std::vector<uint32_t> expected;
  bool expect_any = false;
  bool finish = false;
};

Setting ReadOptions(const std::string& text) {
  Setting setting;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    const size_t equals = word.find('=');
    const std::string key = word.substr(0, equals);
    const std::string value = equals == std::string::npos ? "" : word.substr(equals + 1);
    const auto number = [&value] { return static_cast<uint32_t>(std::stoul(value)); };
    if (key == "lenient-lf") setting.limits.lenient_lf = true;
    if (key == "expect-any") setting.expect_any = true;
    if (key == "finish") setting.finish = true;
    if (key == "max-head") setting.limits.max_head_bytes = number();
    if (key == "max-start-line") setting.limits.max_start_line_bytes = number();
    if (key == "max-headers") setting.limits.max_headers = number();
    if (key == "max-trailer") setting.limits.max_trailer_bytes = number();
    if (key == "max-body") setting.limits.max_body_bytes = number();
    if (key == "max-requests") setting.limits.max_requests = number();
    if (key == "max-extension") setting.limits.max_chunk_extension_bytes = number();
    if (key == "expect") {
      std::istringstream methods(value);
      for (std::string method; std::getline(methods, method, ',');) {
        setting.expected.push_back(method == "HEAD"      ? kHeadMethod
                                   : method == "CONNECT" ? kConnectMethod
                                   : method == "UPGRADE" ? kUpgrade
                                                         : 0u);
      }
    }
  }
  return setting;
}

// Feeds the input in pieces that begin at `cuts`.
std::string Run(Role role, const test::Vector& vector, const std::vector<size_t>& cuts,
                GuardedMemory& memory) {
  const Setting setting = ReadOptions(vector.options);
  Framer framer(role, setting.limits);
  framer.set_expect_any(setting.expect_any);
  for (const uint32_t flags : setting.expected) framer.Expect(flags);
  LogHost host;
  size_t from = 0;
  for (const size_t to : cuts) {
    const std::string_view piece = std::string_view(vector.input).substr(from, to - from);
    framer.Feed(memory.Place(piece), piece.size(), host);
    from = to;
  }
  if (setting.finish) host.Finished(framer.Finish(host));
  return host.Take();
}

size_t TestVectors(const std::string& path, Role role) {
  const std::vector<test::Vector> vectors = test::ReadVectors(path);
  for (const test::Vector& vector : vectors) {
    test::TestVector(vector, [&](const std::vector<size_t>& cuts, GuardedMemory& memory) {
      return Run(role, vector, cuts, memory);
    });
  }
  return vectors.size();
}

void TestPipelineOfExpectations() {
  Framer framer(Role::kResponse, Limits{});
  LogHost host;
  // More than fit into the packed queue, with different kinds in it.
  constexpr size_t kCount = 100;
  std::string input;
  for (size_t i = 0; i < kCount; ++i) {
    framer.Expect(i % 3 == 0 ? kHeadMethod : 0u);
    input += "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n";
    if (i % 3 != 0) input += 'x';
  }
  Check(framer.expected() == kCount && !framer.idle(), "expectations are counted");
  framer.Feed(reinterpret_cast<const uint8_t*>(input.data()), input.size(), host);
  Check(framer.expected() == 0 && framer.idle() && !framer.failed(), "expectations are answered");
}

void TestObservers() {
  Framer framer(Role::kRequest, Limits{});
  LogHost host;
  const auto feed = [&](std::string_view text) {
    framer.Feed(reinterpret_cast<const uint8_t*>(text.data()), text.size(), host);
  };
  Check(framer.idle() && !framer.in_head(), "fresh");
  feed("G");
  Check(!framer.idle() && framer.in_head(), "in the head");
  feed("ET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n");
  Check(!framer.idle() && !framer.in_head(), "in the body");
  feed("x");
  Check(framer.idle() && !framer.in_head(), "between messages");
  feed("(");
  Check(!framer.idle() && framer.failed(), "failed");
}

class NoMemoryHost final : public Host {
 public:
  uint8_t* Reserve(size_t) override { return nullptr; }
  void OnHead(const Head&, const uint8_t*) override {}
  void OnData(const uint8_t*, size_t) override {}
  void OnEnd(const uint8_t*, size_t) override {}
  void OnError(int error, Reason) override { status = error; }
  int status = 0;
};

void TestNoMemory() {
  for (const Role role : {Role::kRequest, Role::kResponse}) {
    Framer framer(role, Limits{});
    framer.set_expect_any(true);
    NoMemoryHost host;
    const std::string head = role == Role::kRequest
                                 ? "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
                                 : "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    const auto* const p = reinterpret_cast<const uint8_t*>(head.data());
    framer.Feed(p, 5, host);
    framer.Feed(p + 5, head.size() - 5, host);
    Check(host.status == 503, "no memory is 503");
  }
}

// A head of 16 KB in single bytes. With a scan from the start for every byte this takes 2^27 steps
// for one head, under sanitizers about a second; linear time stays far below the bound.
void TestLinearTime() {
  std::string head = "GET / HTTP/1.1\r\nHost: a\r\n";
  while (head.size() < 16000) head += "a:\r\n" + std::string(head.size() % 300, 'b') + ": c\r\n";
  head += "\r\n";
  Limits limits;
  limits.max_headers = kMaxHeaders;
  const auto start = std::chrono::steady_clock::now();
  for (int round = 0; round < 20; ++round) {
    Framer framer(Role::kRequest, limits);
    NoMemoryHost host;
    for (const char& c : head) framer.Feed(reinterpret_cast<const uint8_t*>(&c), 1, host);
  }
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  Check(seconds.count() < 5, "single bytes take linear time");
}

}  // namespace
}  // namespace sluice::http1

int main(int argc, char** argv) {
  using namespace sluice::http1;
  const std::string root = argc > 1 ? argv[1] : "test/vectors";
  const size_t count = TestVectors(root + "/http1-request.md", Role::kRequest) +
                       TestVectors(root + "/http1-response.md", Role::kResponse);
  Check(count > 100, "the vectors were found");
  Check(sizeof(Framer) <= 160, "a Framer is small");
  TestPipelineOfExpectations();
  TestObservers();
  TestNoMemory();
  TestLinearTime();
  return sluice::test::Summary(count);
}
