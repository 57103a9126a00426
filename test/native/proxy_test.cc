// Parses every vector of test/vectors/proxy.md whole, byte by byte and cut at every point; what is
// there ends at a page that cannot be read each time. Then what vectors cannot say.
#include "proxy_log.h"
#include "vectors.h"

namespace sluice::proxy {
namespace {

using test::Check;

// Of a header with a checksum, any bit that is wrong is found, unless it makes it something else.
void TestEveryBit(const std::string& input) {
  const size_t type_at = input.size() - 7;
  for (size_t bit = 0; bit < input.size() * 8; ++bit) {
    if (bit / 8 == type_at) continue;
    std::string broken = input;
    broken[bit / 8] = static_cast<char>(broken[bit / 8] ^ 1 << bit % 8);
    Header header;
    Reason reason = Reason::kNone;
    const Result result =
        Parse(reinterpret_cast<const uint8_t*>(broken.data()), broken.size(), &header, &reason);
    // Another command, family or transport makes the rest mean nothing.
    const bool is_ignored = result == Result::kComplete && header.family == 0;
    Check(is_ignored || result != Result::kComplete, "bit " + std::to_string(bit));
  }
}

}  // namespace
}  // namespace sluice::proxy

int main(int argc, char** argv) {
  using namespace sluice;
  const std::string root = argc > 1 ? argv[1] : "test/vectors";
  const std::vector<test::Vector> vectors = test::ReadVectors(root + "/proxy.md");
  for (const test::Vector& vector : vectors) {
    test::TestVector(vector, [&](const std::vector<size_t>& cuts, test::GuardedMemory& memory) {
      return proxy::LogOf(cuts, [&](size_t size) {
        return memory.Place(std::string_view(vector.input).substr(0, size));
      });
    });
    if (vector.title == "checksum") proxy::TestEveryBit(vector.input);
  }
  test::Check(vectors.size() > 30, "the vectors were found");
  return test::Summary(vectors.size());
}
