// Character classes and scanners of the HTTP/1 codec. No scanner reads outside [begin, end).
#ifndef SLUICE_CODEC_HTTP1_SCAN_H_
#define SLUICE_CODEC_HTTP1_SCAN_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace sluice::http1 {

enum CharClass : uint8_t {
  kTokenChar = 1u << 0,   // RFC 9110 section 5.6.2: tchar
  kTargetChar = 1u << 1,  // visible ASCII but "#": a fragment never travels (RFC 9112 section 3.2)
  kValueChar = 1u << 2,   // RFC 9110 section 5.5: field-vchar, SP, HTAB
  kHostChar =
      1u << 3,  // RFC 3986 section 3.2.2: reg-name without "%", and without the "," of lists
  kHexChar = 1u << 4,
};

constexpr std::array<uint8_t, 256> MakeCharClasses() {
  std::array<uint8_t, 256> table{};
  const auto contains = [](const char* set, unsigned c) {
    for (; *set != '\0'; ++set) {
      if (static_cast<unsigned char>(*set) == c) return true;
    }
    return false;
  };
  for (unsigned c = 0; c < 256; ++c) {
    const bool alnum = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    unsigned bits = 0;
    if (alnum || contains("!#$%&'*+-.^_`|~", c)) bits |= kTokenChar;
    if (c > 0x20 && c < 0x7f && c != '#') bits |= kTargetChar;
    if (c == '\t' || (c >= 0x20 && c != 0x7f)) bits |= kValueChar;
    if (alnum || contains("-._~!$&'()*+;=", c)) bits |= kHostChar;
    if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f')) {
      bits |= kHexChar;
    }
    table[c] = static_cast<uint8_t>(bits);
  }
  return table;
}

inline constexpr std::array<uint8_t, 256> kCharClasses = MakeCharClasses();

inline bool Is(uint8_t c, CharClass wanted) { return (kCharClasses[c] & wanted) != 0; }

inline uint32_t HexValue(uint8_t c) {
  return c <= '9' ? uint32_t{c} - '0' : (uint32_t{c} | 0x20u) - 'a' + 10u;
}

inline const uint8_t* ScanBytes(const uint8_t* p, const uint8_t* end, CharClass wanted) {
  while (p != end && Is(*p, wanted)) ++p;
  return p;
}

#if defined(__SSE2__)

// Sixteen bytes at a time. Near `end` the last sixteen bytes are loaded once more and those before
// `p` shifted out, which keeps every load inside [begin, end) without a byte loop for the tail.
// `Stops` gives the mask of the bytes that end the scan.
template <typename Stops>
inline const uint8_t* ScanBlocks(const uint8_t* begin, const uint8_t* p, const uint8_t* end,
                                 CharClass wanted, Stops stops) {
  while (end - p >= 16) {
    const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    const uint32_t mask = stops(block);
    if (mask != 0) return p + __builtin_ctz(mask);
    p += 16;
  }
  if (end - begin < 16) return ScanBytes(p, end, wanted);
  const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(end - 16));
  const uint32_t mask = stops(block) >> (16 - (end - p));
  return mask != 0 ? p + __builtin_ctz(mask) : end;
}

// All ones in each byte with low <= byte <= low + span.
inline __m128i InRange(__m128i block, uint8_t low, uint8_t span) {
  const __m128i offset = _mm_sub_epi8(block, _mm_set1_epi8(static_cast<char>(low)));
  return _mm_cmpeq_epi8(_mm_min_epu8(offset, _mm_set1_epi8(static_cast<char>(span))), offset);
}

inline uint32_t Mask(__m128i block) { return static_cast<uint32_t>(_mm_movemask_epi8(block)); }

// The first byte at or after `p` that cannot be part of a field value, or `end`.
inline const uint8_t* ScanValue(const uint8_t* begin, const uint8_t* p, const uint8_t* end) {
  return ScanBlocks(begin, p, end, kValueChar, [](__m128i block) {
    const __m128i control = InRange(block, 0x00, 0x1f);
    const __m128i tab = _mm_cmpeq_epi8(block, _mm_set1_epi8('\t'));
    const __m128i del = _mm_cmpeq_epi8(block, _mm_set1_epi8(0x7f));
    return Mask(_mm_or_si128(_mm_andnot_si128(tab, control), del));
  });
}

// The first byte at or after `p` that cannot be part of a request target, or `end`.
inline const uint8_t* ScanTarget(const uint8_t* begin, const uint8_t* p, const uint8_t* end) {
  return ScanBlocks(begin, p, end, kTargetChar, [](__m128i block) {
    const __m128i visible = InRange(block, 0x21, 0x7e - 0x21);
    const __m128i hash = _mm_cmpeq_epi8(block, _mm_set1_epi8('#'));
    return Mask(_mm_andnot_si128(hash, visible)) ^ 0xffffu;
  });
}

// The first byte at or after `p` that cannot be part of a token, or `end`.
inline const uint8_t* ScanToken(const uint8_t* begin, const uint8_t* p, const uint8_t* end) {
  // Blocks know letters, digits and "-", which is nearly every name; the table knows the rest.
  const uint8_t* stop = ScanBlocks(begin, p, end, kTokenChar, [](__m128i block) {
    const __m128i lower = _mm_or_si128(block, _mm_set1_epi8(0x20));
    const __m128i letter = InRange(lower, 'a', 25);
    const __m128i digit = InRange(block, '0', 9);
    const __m128i dash = _mm_cmpeq_epi8(block, _mm_set1_epi8('-'));
    return Mask(_mm_or_si128(_mm_or_si128(letter, digit), dash)) ^ 0xffffu;
  });
  return stop != end && Is(*stop, kTokenChar) ? ScanBytes(stop, end, kTokenChar) : stop;
}

#else

inline const uint8_t* ScanValue(const uint8_t*, const uint8_t* p, const uint8_t* end) {
  return ScanBytes(p, end, kValueChar);
}
inline const uint8_t* ScanTarget(const uint8_t*, const uint8_t* p, const uint8_t* end) {
  return ScanBytes(p, end, kTargetChar);
}
inline const uint8_t* ScanToken(const uint8_t*, const uint8_t* p, const uint8_t* end) {
  return ScanBytes(p, end, kTokenChar);
}

#endif

template <typename T>
inline T Load(const void* p) {
  T value;
  std::memcpy(&value, p, sizeof(T));
  return value;
}

// Compares `size` token or value bytes at `p` with `lower`, which is lower case. Setting bit 5 maps
// upper case to lower case; the other bytes that it maps onto "a".."z", "0".."9" or "-" are control
// characters, which the scanners have refused before.
inline bool EqualsLower(const uint8_t* p, const char* lower, size_t size) {
  constexpr uint64_t kBit5 = 0x2020202020202020u;
  if (size >= 8) {
    for (size_t i = 0; i + 8 < size; i += 8) {
      if ((Load<uint64_t>(p + i) | kBit5) != Load<uint64_t>(lower + i)) return false;
    }
    return (Load<uint64_t>(p + size - 8) | kBit5) == Load<uint64_t>(lower + size - 8);
  }
  if (size >= 4) {
    constexpr uint32_t kBits = static_cast<uint32_t>(kBit5);
    return (Load<uint32_t>(p) | kBits) == Load<uint32_t>(lower) &&
           (Load<uint32_t>(p + size - 4) | kBits) == Load<uint32_t>(lower + size - 4);
  }
  for (size_t i = 0; i < size; ++i) {
    if ((p[i] | 0x20) != lower[i]) return false;
  }
  return true;
}

template <size_t N>
inline bool EqualsLower(const uint8_t* p, size_t size, const char (&lower)[N]) {
  return size == N - 1 && EqualsLower(p, lower, N - 1);
}

// Compares two names without regard to case.
inline bool EqualNames(const uint8_t* a, const uint8_t* b, size_t size) {
  for (size_t i = 0; i < size; ++i) {
    const auto lower = [](uint8_t c) { return c >= 'A' && c <= 'Z' ? c | 0x20 : int{c}; };
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

inline bool IsBlank(uint8_t c) { return c == ' ' || c == '\t'; }

}  // namespace sluice::http1

#endif  // SLUICE_CODEC_HTTP1_SCAN_H_
