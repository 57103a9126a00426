// The notation of bytes in test vectors: \r, \n, \t, \\, \xHH, and \(N*TEXT) for N times TEXT.
#ifndef SLUICE_TEST_NATIVE_ESCAPE_H_
#define SLUICE_TEST_NATIVE_ESCAPE_H_

#include <cstdio>
#include <string>
#include <string_view>

namespace sluice::test {

inline std::string Escape(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\r') {
      out += "\\r";
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (c == '\\') {
      out += "\\\\";
    } else if (byte < 0x20 || byte > 0x7e) {
      char hex[8];
      std::snprintf(hex, sizeof hex, "\\x%02x", byte);
      out += hex;
    } else {
      out += c;
    }
  }
  // Editors take spaces at the end of a line for rubbish.
  if (out.ends_with(' ')) out.replace(out.size() - 1, 1, "\\x20");
  return out;
}

inline std::string Unescape(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n') continue;
    if (text[i] != '\\') {
      out += text[i];
      continue;
    }
    const char kind = text[++i];
    if (kind == 'r') out += '\r';
    if (kind == 'n') out += '\n';
    if (kind == 't') out += '\t';
    if (kind == '\\') out += '\\';
    if (kind == 'x') {
      out += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
      i += 2;
    }
    if (kind == '(') {
      const size_t star = text.find('*', i);
      const size_t close = text.find(')', star);
      const std::string unit = Unescape(text.substr(star + 1, close - star - 1));
      for (int n = std::stoi(std::string(text.substr(i + 1, star - i - 1))); n > 0; --n)
        out += unit;
      i = close;
    }
  }
  return out;
}

}  // namespace sluice::test

#endif  // SLUICE_TEST_NATIVE_ESCAPE_H_
