// What the parts of WriteHead share: appending to the output, and looking at header lines.
#ifndef SLUICE_CODEC_HTTP1_WRITER_H_
#define SLUICE_CODEC_HTTP1_WRITER_H_

#include <charconv>
#include <cstring>
#include <string_view>

#include "http1.h"
#include "http1_scan.h"

namespace sluice::http1 {

class Writer {
 public:
  // `base` points at the first byte of the head whose ranges are copied.
  Writer(const uint8_t* base, uint8_t* out) : base_(base), begin_(out), out_(out) {}

  void Bytes(const void* data, size_t size) {
    if (size == 0) return;  // an empty view may have no data
    std::memcpy(out_, data, size);
    out_ += size;
  }
  void Range(uint32_t from, uint32_t to) { Bytes(base_ + from, to - from); }
  void Range(Span span) { Range(span.begin, span.end); }
  void View(std::string_view text) { Bytes(text.data(), text.size()); }
  template <size_t N>
  void Text(const char (&text)[N]) {
    Bytes(text, N - 1);
  }
  void Decimal(uint64_t value) {
    char* const out = reinterpret_cast<char*>(out_);
    out_ = reinterpret_cast<uint8_t*>(std::to_chars(out, out + 20, value).ptr);
  }
  size_t size() const { return static_cast<size_t>(out_ - begin_); }

 private:
  const uint8_t* const base_;
  uint8_t* const begin_;
  uint8_t* out_;
};

inline bool Empty(Span span) { return span.begin == span.end; }

inline bool IsNamed(const uint8_t* base, const HeaderLine& header, const char* lower, size_t size) {
  return header.name.end - header.name.begin == size &&
         EqualsLower(base + header.name.begin, lower, size);
}

}  // namespace sluice::http1

#endif  // SLUICE_CODEC_HTTP1_WRITER_H_
