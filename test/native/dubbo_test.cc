// Feeds every vector of test/vectors/dubbo.md whole, byte by byte and cut at every point; each
// piece ends at a page that cannot be read. Then what vectors cannot say.
#include <sstream>

#include "dubbo_log.h"
#include "vectors.h"

namespace sluice::dubbo {
namespace {

using test::Check;
using test::GuardedMemory;

std::string Run(const test::Vector& vector, const std::vector<size_t>& cuts,
                GuardedMemory& memory) {
  Limits limits;
  bool finish = false;
  std::istringstream words(vector.options);
  for (std::string word; words >> word;) {
    if (word == "finish") finish = true;
    if (word.starts_with("max-body=")) {
      limits.max_body_bytes = static_cast<uint32_t>(std::stoul(word.substr(9)));
    }
  }
  Framer framer(limits);
  LogHost host;
  size_t from = 0;
  for (const size_t to : cuts) {
    const std::string_view piece = std::string_view(vector.input).substr(from, to - from);
    framer.Feed(memory.Place(piece), piece.size(), host);
    from = to;
  }
  if (finish) host.Finished(framer.Finish());
  return host.Take();
}

void TestObservers() {
  Framer framer(Limits{});
  LogHost host;
  const auto feed = [&](std::string_view bytes) {
    framer.Feed(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size(), host);
  };
  Check(framer.idle() && !framer.in_head(), "fresh");
  feed("\xda");
  Check(!framer.idle() && framer.in_head(), "in the head");
  feed(std::string_view("\xbb\xc2\0\0\0\0\0\0\0\0\1\0\0\0\1", 15));
  Check(!framer.idle() && !framer.in_head(), "in the body");
  feed("x");
  Check(framer.idle() && !framer.in_head(), "between messages");
  feed("x");
  Check(!framer.idle() && framer.failed(), "failed");
}

// Every head comes back as it was written.
void TestEveryFlag() {
  GuardedMemory memory(kHeadBytes);
  for (unsigned flags = 0; flags < 256; ++flags) {
    for (const uint64_t id : {uint64_t{0}, uint64_t{1}, uint64_t{1} << 53 | 1, ~uint64_t{0}}) {
      Head head{id, 0, static_cast<uint8_t>(flags), static_cast<uint8_t>(255 - flags)};
      uint8_t bytes[kHeadBytes];
      WriteHead(head, bytes);
      const std::string_view text(reinterpret_cast<const char*>(bytes), kHeadBytes);
      LogHost host;
      Framer framer(Limits{});
      framer.Feed(memory.Place(text), kHeadBytes, host);
      const std::string log = host.Take();
      Check(log.find("> " + test::Escape(text) + "\nend\n") != std::string::npos,
            "flags " + std::to_string(flags));
    }
  }
}

}  // namespace
}  // namespace sluice::dubbo

int main(int argc, char** argv) {
  using namespace sluice;
  const std::string root = argc > 1 ? argv[1] : "test/vectors";
  const std::vector<test::Vector> vectors = test::ReadVectors(root + "/dubbo.md");
  for (const test::Vector& vector : vectors) {
    test::TestVector(vector, [&](const std::vector<size_t>& cuts, test::GuardedMemory& memory) {
      return dubbo::Run(vector, cuts, memory);
    });
  }
  test::Check(vectors.size() > 20, "the vectors were found");
  test::Check(sizeof(dubbo::Framer) <= 32, "a Framer is small");
  dubbo::TestObservers();
  dubbo::TestEveryFlag();
  return test::Summary(vectors.size());
}
