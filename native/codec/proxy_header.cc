#include "proxy_header.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>
#include <string_view>

namespace sluice::proxy {

namespace {

using std::string_view;

constexpr string_view kLineStart = "PROXY ";
constexpr size_t kMaxLineBytes = 107;  // with CRLF (section 2.1)
constexpr string_view kSignature("\r\n\r\n\0\r\nQUIT\n", 12);
constexpr size_t kFixedBytes = 16;
constexpr uint8_t kTypeChecksum = 3;
constexpr size_t kVectorHead = 3;  // a type, and a length of two bytes

Result Bad(Reason reason, Reason* out) {
  *out = reason;
  return Result::kBad;
}

// Cuts the text before the next space off `rest`; false when there is none.
bool TakeWord(string_view* rest, string_view* word) {
  const size_t space = rest->find(' ');
  if (space == string_view::npos) return false;
  *word = rest->substr(0, space);
  rest->remove_prefix(space + 1);
  return true;
}

bool ParseAddress(string_view text, int family, Endpoint* out) {
  char buffer[INET6_ADDRSTRLEN];
  if (text.size() >= sizeof(buffer) || text.find('\0') != string_view::npos) return false;
  buffer[text.copy(buffer, text.size())] = '\0';
  // Takes no leading zeros and no zone.
  return inet_pton(family == 4 ? AF_INET : AF_INET6, buffer, out->address) == 1;
}

// From 0 to 65535, without leading zeros.
bool ParsePort(string_view text, Endpoint* out) {
  if (text.empty() || text.size() > 5 || (text[0] == '0' && text.size() > 1)) return false;
  uint32_t value = 0;
  for (const char digit : text) {
    if (digit < '0' || digit > '9') return false;
    value = value * 10 + static_cast<uint32_t>(digit - '0');
  }
  out->port = static_cast<uint16_t>(value);
  return value <= UINT16_MAX;
}

// Section 2.1: PROXY TCP4|TCP6 source destination source-port destination-port CRLF
Result ParseLine(string_view bytes, Header* header, Reason* reason) {
  const string_view visible = bytes.substr(0, kMaxLineBytes);
  const size_t end = visible.find_first_of("\r\n");
  if (end == string_view::npos || end + 1 == visible.size()) {
    if (end != string_view::npos && visible[end] == '\n') return Bad(Reason::kLine, reason);
    return visible.size() < kMaxLineBytes ? Result::kPartial : Bad(Reason::kTooLong, reason);
  }
  if (visible[end] != '\r' || visible[end + 1] != '\n') return Bad(Reason::kLine, reason);
  header->bytes = end + 2;
  string_view rest = visible.substr(kLineStart.size(), end - kLineStart.size());
  // Whatever follows this word is to be ignored.
  if (rest == "UNKNOWN" || rest.starts_with("UNKNOWN ")) return Result::kComplete;
  string_view word;
  if (!TakeWord(&rest, &word)) return Bad(Reason::kLine, reason);
  if (word != "TCP4" && word != "TCP6") return Bad(Reason::kFamily, reason);
  header->family = word == "TCP4" ? 4 : 6;
  for (Endpoint* endpoint : {&header->source, &header->destination}) {
    if (!TakeWord(&rest, &word)) return Bad(Reason::kLine, reason);
    if (!ParseAddress(word, header->family, endpoint)) return Bad(Reason::kAddress, reason);
  }
  if (!TakeWord(&rest, &word)) return Bad(Reason::kLine, reason);
  if (!ParsePort(word, &header->source) || !ParsePort(rest, &header->destination)) {
    return Bad(Reason::kPort, reason);
  }
  return Result::kComplete;
}

uint16_t ReadPort(const uint8_t* data) { return static_cast<uint16_t>(data[0] << 8 | data[1]); }

// CRC-32C (RFC 9260 appendix A) of a header in which the four bytes at `hole` are zero.
uint32_t Checksum(const uint8_t* data, size_t size, size_t hole) {
  uint32_t sum = ~0u;
  for (size_t i = 0; i < size; i++) {
    sum ^= i >= hole && i < hole + 4 ? 0u : data[i];
    for (int bit = 0; bit < 8; bit++) sum = sum >> 1 ^ ((sum & 1) != 0 ? 0x82F63B78u : 0u);
  }
  return ~sum;
}

// What follows the addresses: types, lengths and values, which have to fill the header exactly.
Reason CheckVectors(const uint8_t* data, size_t at, size_t size) {
  while (at < size) {
    if (size - at < kVectorHead) return Reason::kVector;
    const uint8_t type = data[at];
    const size_t length = ReadPort(data + at + 1);
    at += kVectorHead;
    if (length > size - at) return Reason::kVector;
    if (type == kTypeChecksum) {
      if (length != 4) return Reason::kVector;
      const uint32_t told = uint32_t{ReadPort(data + at)} << 16 | uint32_t{ReadPort(data + at + 2)};
      if (told != Checksum(data, size, at)) return Reason::kChecksum;
    }
    at += length;
  }
  return Reason::kNone;
}

// Section 2.2: signature, version and command, family and transport, length; then addresses.
Result ParseBinary(const uint8_t* data, size_t size, Header* header, Reason* reason) {
  if (size <= 12) return Result::kPartial;
  const int command = data[12] & 0xf;
  if (data[12] >> 4 != 2) return Bad(Reason::kVersion, reason);
  if (command > 1) return Bad(Reason::kCommand, reason);
  if (size < kFixedBytes) return Result::kPartial;
  const int family = data[13] >> 4;
  const int transport = data[13] & 0xf;
  const bool is_local = command == 0;
  if (!is_local && family > 3) return Bad(Reason::kFamily, reason);
  if (!is_local && transport > 2) return Bad(Reason::kTransport, reason);
  const size_t total = kFixedBytes + ReadPort(data + 14);
  if (total > kMaxHeaderBytes) return Bad(Reason::kTooLong, reason);
  // Addresses and ports of both ends: none, IPv4, IPv6, Unix.
  constexpr size_t kAddressBytes[] = {0, 12, 36, 216};
  const bool has_addresses = !is_local && family != 0 && transport != 0;
  const size_t vectors = kFixedBytes + (has_addresses ? kAddressBytes[family] : 0);
  if (total < vectors) return Bad(Reason::kLength, reason);
  if (size < total) return Result::kPartial;
  header->bytes = total;
  if (!has_addresses) return Result::kComplete;
  const Reason found = CheckVectors(data, vectors, total);
  if (found != Reason::kNone) return Bad(found, reason);
  // Of Unix sockets and datagrams, what is told is no address of a client of ours.
  if (family == 3 || transport != 1) return Result::kComplete;
  header->family = family == 1 ? 4 : 6;
  const size_t length = family == 1 ? 4 : 16;
  const uint8_t* at = data + kFixedBytes;
  std::memcpy(header->source.address, at, length);
  std::memcpy(header->destination.address, at + length, length);
  header->source.port = ReadPort(at + 2 * length);
  header->destination.port = ReadPort(at + 2 * length + 2);
  return Result::kComplete;
}

}  // namespace

Result Parse(const uint8_t* data, size_t size, Header* header, Reason* reason) {
  *header = Header{};
  if (size == 0) return Result::kPartial;
  const string_view bytes(reinterpret_cast<const char*>(data), size);
  const string_view start = bytes[0] == kLineStart[0] ? kLineStart : kSignature;
  const size_t common = std::min(size, start.size());
  if (bytes.substr(0, common) != start.substr(0, common)) return Bad(Reason::kSignature, reason);
  if (size < start.size()) return Result::kPartial;
  return start == kLineStart ? ParseLine(bytes, header, reason)
                             : ParseBinary(data, size, header, reason);
}

const char* ReasonText(Reason reason) {
  switch (reason) {
    case Reason::kSignature:
      return "no PROXY header";
    case Reason::kLine:
      return "malformed line";
    case Reason::kAddress:
      return "malformed address";
    case Reason::kPort:
      return "malformed port";
    case Reason::kTooLong:
      return "header too long";
    case Reason::kVersion:
      return "unknown version";
    case Reason::kCommand:
      return "unknown command";
    case Reason::kFamily:
      return "unknown address family";
    case Reason::kTransport:
      return "unknown transport protocol";
    case Reason::kLength:
      return "header shorter than its addresses";
    case Reason::kVector:
      return "malformed vector behind the addresses";
    case Reason::kChecksum:
      return "wrong checksum";
    case Reason::kTruncated:
      return "the connection ended in the header";
    case Reason::kNone:
    case Reason::kCount:
      break;
  }
  return "unknown";
}

}  // namespace sluice::proxy
