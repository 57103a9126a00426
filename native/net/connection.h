// What the reactor knows of one connection, and the table of all of them.
//
//                Greeting
//                 ^    v
//   Connecting --> Open --> Closing --> Lingering --> Free
//        |          |          |   (peer was done, or nothing unread)
//        +--> Dead <+          +----------------------> Free
//              | the engine gave CLOSE or ABORT
//              +----> Free
#ifndef SLUICE_NET_CONNECTION_H_
#define SLUICE_NET_CONNECTION_H_

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "net/connection_policy.h"
#include "net/framer.h"
#include "net/output_queue.h"
#include "net/timer_wheel.h"

namespace sluice::net {

// Most events touch nothing else of a connection, so it is one cache line.
struct alignas(64) Connection {
  enum class State : uint8_t {
    kFree,
    kConnecting,
    kOpen,
    kGreeting,   // accepted; its PROXY header has not come
    kClosing,    // CLOSE was given: output is being sent
    kLingering,  // our side is shut: what the peer still sends is discarded
    kDead,       // failed, descriptor closed; waits for CLOSE or ABORT
  };

  int fd = -1;
  uint32_t generation = 0;  // tells a stale epoll event from one of this connection
  State state = State::kFree;
  uint8_t framer_kind : 4 = kFramerNone;
  uint8_t phase : 4 = kPhaseIdle;

  bool dirty : 1 = false;          // in the reactor's list of connections to flush
  bool registered : 1 = false;     // in the epoll set
  bool blocked : 1 = false;        // the kernel's send buffer is full
  bool congested : 1 = false;      // CONGESTED was reported, DRAINED not yet
  bool paused : 1 = false;         // the engine does not want more data
  bool readable : 1 = false;       // bytes or the peer's FIN may wait in the kernel
  bool fin_waits : 1 = false;      // the FIN does
  bool ready : 1 = false;          // in the reactor's list of connections to read again
  bool read_done : 1 = false;      // END, or a framing error: nothing more is read
  bool peer_done : 1 = false;      // the peer's FIN was read
  bool end_requested : 1 = false;  // END was given
  bool write_shut : 1 = false;     // our FIN is sent
  bool starved : 1 = false;        // waits for slab memory
  bool in_message : 1 = false;     // framed: a message has begun and is not complete
  bool idle_timer : 1 = false;     // engine_ticks count from the last activity
  bool accepted : 1 = false;       // the peer is a client
  bool asks_writable : 1 = false;  // EPOLLOUT is in the epoll mask in force
  // For a worker that takes over when this one dies, see reactor_handover.cc.
  bool answering : 1 = false;   // output was queued since the request in progress began
  bool repeatable : 1 = false;  // the framer remembers that request, as far as it was read
  bool repeated : 1 = false;    // another worker has died with that request
  bool unframed : 1 = false;    // bytes were read that no framer has looked at
  bool inherited : 1 = false;   // bytes that another worker has read are to be read again

  uint8_t write_error = 0;    // sending failed; reported when what was received is read
  uint16_t policy = 0;        // index in the reactor's table
  uint32_t last_read = 0;     // tick of the last bytes received
  uint32_t last_written = 0;  // of the last bytes that the kernel took, or refused to take
  uint32_t phase_since = 0;   // tick at which the phase began
  uint32_t phase_bytes = 0;   // read since then; of a lingering connection, discarded
  uint32_t native_due = TimerWheel::kNever;  // tick at which to look what is due
  uint32_t engine_due = TimerWheel::kNever;  // TIMEOUT command: tick
  uint32_t engine_ticks = 0;                 // its length
  uint32_t high_watermark = 0;
  std::unique_ptr<Framer> framer;
  std::unique_ptr<OutputQueue> output;

  // The engine may still give commands that mean something.
  bool usable() const {
    return state == State::kOpen || state == State::kConnecting || state == State::kGreeting;
  }
  uint32_t last_active() const { return std::max(last_read, last_written); }
  size_t queued() const { return output ? output->bytes() : 0; }
};

static_assert(sizeof(Connection) == 64);

// Connections by number. Their addresses never change.
class ConnectionTable {
 public:
  Connection& operator[](uint32_t id) { return blocks_[id >> kShift][id & kMask]; }
  // `nullptr` for a number that was never given out.
  Connection* Find(int32_t id) {
    return static_cast<uint32_t>(id) < size_ ? &(*this)[static_cast<uint32_t>(id)] : nullptr;
  }
  uint32_t size() const { return size_; }

  uint32_t Allocate() {
    if (!free_.empty()) {
      const uint32_t id = free_.back();
      free_.pop_back();
      return id;
    }
    if ((size_ & kMask) == 0) blocks_.push_back(std::make_unique<Connection[]>(kMask + 1));
    return size_++;
  }
  void Free(uint32_t id) { free_.push_back(id); }

 private:
  static constexpr uint32_t kShift = 7;
  static constexpr uint32_t kMask = (1u << kShift) - 1;

  std::vector<std::unique_ptr<Connection[]>> blocks_;
  std::vector<uint32_t> free_;
  uint32_t size_ = 0;
};

}  // namespace sluice::net

#endif  // SLUICE_NET_CONNECTION_H_
