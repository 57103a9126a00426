// Dubbo framing: finds the 16-byte heads, the bodies and the ends of messages in a byte stream.
//
//     0       2       3        4            12             16
//     +-------+-------+--------+------------+--------------+----------
//     | da bb | flags | status | request id | body length  | body ...
//     +-------+-------+--------+------------+--------------+----------
//
//            +--------+ 16th byte  +--------+ last byte of the body
//   bytes -> |  Head  | ---------> |  Body  | ----------------------> OnEnd, back to Head
//            +--------+            +--------+   (an empty body: at once)
//                 | other magic, or a body above the limit
//                 v
//              Failed
//
// The codec scans bytes that its host owns and reports ranges of them. It allocates nothing: of a
// message only the head is ever kept, and that inside the Framer.
#ifndef SLUICE_CODEC_DUBBO_H_
#define SLUICE_CODEC_DUBBO_H_

#include <cstddef>
#include <cstdint>

namespace sluice::dubbo {

inline constexpr size_t kHeadBytes = 16;

// Bits of the third byte. Mirrored in src/native/protocol.ts.
enum HeadFlag : uint8_t {
  kRequest = 0x80,
  kTwoWay = 0x40,  // requests: an answer is expected
  kEvent = 0x20,   // belongs to the connection: a heartbeat, or news about the peer
  kSerializationMask = 0x1f,
};

struct Head {
  uint64_t id;
  uint32_t body_bytes;
  uint8_t flags;
  uint8_t status;  // responses
};

// Why a byte stream was refused. The text for logs is ReasonText().
enum class Reason : uint8_t { kNone, kBadMagic, kBodyTooLarge, kCount };

const char* ReasonText(Reason reason);

struct Limits {
  uint32_t max_body_bytes = 8 * 1024 * 1024;  // as the peers themselves have it by default

  bool operator==(const Limits&) const = default;
};

// Receives what a Framer finds, in order. Ranges are valid during the call only.
class Host {
 public:
  virtual ~Host() = default;
  virtual void OnHead(const Head& head) = 0;
  virtual void OnData(const uint8_t* data, size_t size) = 0;
  virtual void OnEnd() = 0;
  virtual void OnError(Reason reason) = 0;
};

// What a stream gives depends on its bytes only, never on how they were cut; OnData alone may be
// cut differently. A Host may call the observers from its callbacks, but neither Feed() nor
// Finish(), and must not destroy the Framer there.
class Framer {
 public:
  explicit Framer(const Limits& limits);

  // Scans all of `data`. After OnError every further byte is ignored.
  void Feed(const uint8_t* data, size_t size, Host& host);

  // The peer has ended the stream. Returns true when it ended between messages.
  bool Finish();

  bool failed() const { return state_ == State::kFailed; }
  // A head has begun (at least one byte) and is not complete. Drives the head time-out.
  bool in_head() const { return state_ == State::kHead && head_bytes_ > 0; }
  // Between messages with nothing pending.
  bool idle() const { return state_ == State::kHead && head_bytes_ == 0; }
  // Nothing on the wire ever tells that a message is the last one.
  bool may_continue() const { return idle(); }

 private:
  enum class State : uint8_t {
    kHead,  // head_bytes_ of the next head are in head_
    kBody,  // remaining_ bytes of body to come
    kFailed,
  };

  const uint8_t* FeedHead(const uint8_t* p, const uint8_t* end, Host& host);
  const uint8_t* FeedBody(const uint8_t* p, const uint8_t* end, Host& host);
  void Begin(const uint8_t* head, Host& host);
  void Fail(Host& host, Reason reason);

  const uint32_t max_body_bytes_;
  uint32_t remaining_ = 0;
  State state_ = State::kHead;
  uint8_t head_bytes_ = 0;
  uint8_t head_[kHeadBytes];
};

// Writes the 16 bytes of `head`.
void WriteHead(const Head& head, uint8_t* out);

}  // namespace sluice::dubbo

#endif  // SLUICE_CODEC_DUBBO_H_
