// The fields by which a proxy tells the next hop who has asked: X-Forwarded-For, -Proto and -Host,
// and Forwarded (RFC 7239).
#ifndef SLUICE_CODEC_HTTP1_FORWARD_H_
#define SLUICE_CODEC_HTTP1_FORWARD_H_

#include "http1.h"
#include "http1_writer.h"

namespace sluice::http1 {

// Upper bound of what ForwardPlan::Write can add to the lines of `head`.
size_t ForwardBound(const Head& head, const Forwarding& forwarding);

// What becomes of the header lines that came, by kWrite* flags, and what is written behind them.
class ForwardPlan {
 public:
  ForwardPlan(const Head& head, const uint8_t* base, uint32_t flags, const Forwarding& forwarding);

  // Whether a line is left out, or written anew by Write().
  bool Skips(uint32_t index) const { return (skipped_[index >> 6] >> (index & 63) & 1u) != 0; }
  void Write(Writer* writer) const;

 private:
  void Skip(uint32_t index) { skipped_[index >> 6] |= uint64_t{1} << (index & 63); }
  // Takes note of a line that stays if it is the only one of its name.
  void KeepOne(uint32_t index, int32_t* kept);
  // The list of a line that came, if there is one, to which an element is added.
  void BeginList(int32_t line, Writer* writer) const;
  void WriteForwarded(Writer* writer) const;

  const Head& head_;
  const uint32_t flags_;
  const Forwarding& forwarding_;
  uint64_t skipped_[(kMaxHeaders + 63) / 64] = {};
  Span host_ = {0, 0};
  // The last line of its name, -1 for none.
  int32_t forwarded_for_ = -1;
  int32_t forwarded_ = -1;
  // The only line of its name that stays, -1 for none, kSeveral where there was more than one.
  int32_t kept_proto_ = -1;
  int32_t kept_host_ = -1;
};

}  // namespace sluice::http1

#endif  // SLUICE_CODEC_HTTP1_FORWARD_H_
