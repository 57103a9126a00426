// What the codec tests share: test vectors, memory that ends at a guard page, and counting.
#ifndef SLUICE_TEST_NATIVE_VECTORS_H_
#define SLUICE_TEST_NATIVE_VECTORS_H_

#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "escape.h"

namespace sluice::test {

inline int passed = 0;
inline int failed = 0;

inline void Check(bool condition, const std::string& what) {
  condition ? ++passed : ++failed;
  if (!condition) std::printf("FAILED %s\n", what.c_str());
}

inline int Summary(size_t vectors) {
  std::printf("%zu vectors\n%d passed, %d failed\n", vectors, passed, failed);
  return failed == 0 ? 0 : 1;
}

// Memory whose last byte lies right before an unreadable page.
class GuardedMemory {
 public:
  explicit GuardedMemory(size_t size) {
    const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
    usable_ = (size + page - 1) / page * page;
    total_ = usable_ + page;
    void* const map =
        mmap(nullptr, total_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (map == MAP_FAILED) std::abort();
    base_ = static_cast<uint8_t*>(map);
    if (mprotect(base_ + usable_, page, PROT_NONE) != 0) std::abort();
  }
  ~GuardedMemory() { munmap(base_, total_); }
  GuardedMemory(const GuardedMemory&) = delete;
  GuardedMemory& operator=(const GuardedMemory&) = delete;

  const uint8_t* Place(std::string_view bytes) {
    uint8_t* const p = base_ + usable_ - bytes.size();
    std::memcpy(p, bytes.data(), bytes.size());
    return p;
  }

 private:
  uint8_t* base_;
  size_t usable_;
  size_t total_;
};

struct Vector {
  std::string title;
  std::string options;
  std::string input;
  std::string events;
};

inline std::vector<Vector> ReadVectors(const std::string& path) {
  std::ifstream file(path);
  std::vector<Vector> vectors;
  std::string* block = nullptr;
  bool in_block = false;
  for (std::string line; std::getline(file, line);) {
    if (in_block) {
      if (line == "```") {
        in_block = false;
      } else if (block != nullptr) {
        *block += line + '\n';
      }
    } else if (line.starts_with("```")) {
      in_block = true;
      block = nullptr;
      if (line == "```input") block = &vectors.back().input;
      if (line == "```events") block = &vectors.back().events;
    } else if (line.starts_with("## ")) {
      vectors.push_back({line.substr(3), "", "", ""});
    } else if (line.starts_with("options: ")) {
      vectors.back().options = line.substr(9);
    }
  }
  for (Vector& vector : vectors) vector.input = Unescape(vector.input);
  return vectors;
}

// Feeds a vector whole, byte by byte and cut in two at every point. `run` feeds the input in pieces
// that end at the given places, laying each into the memory, and returns the log of events.
template <typename Run>
void TestVector(const Vector& vector, Run run) {
  const size_t size = vector.input.size();
  GuardedMemory memory(size + 1);
  const auto check = [&](const std::vector<size_t>& cuts, const std::string& how) {
    const std::string log = run(cuts, memory);
    if (log == vector.events) {
      ++passed;
      return true;
    }
    ++failed;
    std::printf("FAILED %s (%s)\nexpected:\n%sgot:\n%s", vector.title.c_str(), how.c_str(),
                vector.events.c_str(), log.c_str());
    return false;
  };
  if (!check({size}, "whole")) return;
  std::vector<size_t> bytes;
  for (size_t i = 1; i <= size; ++i) bytes.push_back(i);
  if (!check(bytes, "byte by byte")) return;
  for (size_t cut = 1; cut < size; ++cut) {
    if (!check({cut, size}, "cut at " + std::to_string(cut))) return;
  }
}

}  // namespace sluice::test

#endif  // SLUICE_TEST_NATIVE_VECTORS_H_
