// The reactor of one worker thread: sockets in, event records out, commands executed.
//
//   epoll_wait -> accept / read / frame          events go to the ring
//     -> the engine's callback, once             commands come back
//     -> execute them, one send per connection   perhaps new events: call again
//     -> release the batch's memory, and wait again
//
// The thread waits in our epoll_wait and not in libuv's, which would cost a second system call and
// a turn of libuv's loop for every batch. libuv's own descriptor is in our set, and the time-out is
// the one that libuv would wait for, so that its timers and ports are served as ever: this is what
// uv_backend_fd() and uv_backend_timeout() are made for. Only one reactor of a loop can drive it
// so; another one is polled by libuv.
//
// A wake-up with much input is cut into several such batches, so that bytes are sent while they
// are still in the processor's cache. Nothing here is shared between threads.
#ifndef SLUICE_NET_REACTOR_H_
#define SLUICE_NET_REACTOR_H_

#include <sys/epoll.h>
#include <uv.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "codec/proxy_header.h"
#include "net/address.h"
#include "net/connection.h"
#include "net/connection_policy.h"
#include "net/framer.h"
#include "net/handed_over.h"
#include "net/records.h"
#include "net/shared_memory.h"
#include "net/timer_wheel.h"

namespace sluice::net {

class Reactor {
 public:
  // The engine. Called on the reactor's thread with `count` records in the event ring.
  class Engine {
   public:
    virtual ~Engine() = default;
    // False when it can serve nobody any more, because its thread is about to be ended.
    virtual bool OnBatch(uint32_t count) = 0;
    // Whether OnBatch can still serve anybody: not when its thread is about to be ended.
    virtual bool IsAlive() = 0;
    // All handles are closed; the reactor may be destroyed.
    virtual void OnClosed() = 0;
  };

  Reactor(uv_loop_t* loop, std::shared_ptr<SharedMemory> memory, const ConnectionPolicy& policy,
          Engine& engine);
  ~Reactor();
  Reactor(const Reactor&) = delete;
  Reactor& operator=(const Reactor&) = delete;

  // 0 or a negative errno. After an error only the destructor may be called. `drives_loop`: the
  // thread waits here, see above.
  int Open(bool drives_loop);
  bool drives_loop() const { return drives_loop_; }
  // Closes all connections; OnClosed follows from the loop. Listeners stay open for their owner.
  // `hands_over`: the engine has died, and other reactors may go on with what it has not begun.
  void Close(bool hands_over = false);
  bool closed() const { return closed_; }

  // All of these return a negative errno on failure.

  // The number of a policy; equal ones share it. The one that the constructor got has number 0.
  int AddPolicy(const ConnectionPolicy& policy);
  // Connections of a row may be handed over to another reactor that has it; of -1 they are not.
  int AddListener(int fd, int32_t listener_id, int32_t row = -1);
  int RemoveListener(int32_t listener_id);
  // Of the connections that a listener accepts from now on.
  int SetListenerPolicy(int32_t listener_id, uint32_t policy);
  int AdoptConnection(int fd);
  // Goes on with a connection of this row whose worker has died, as if this listener had accepted
  // it; what its worker had read is read again. No ACCEPT follows. -ENOENT when none is left.
  // `is_new`: its worker had not looked at it.
  int TakeOver(int32_t row, int32_t listener_id, bool* is_new);
  int ReleaseConnection(int32_t id);
  int Connect(const Address& address, uint32_t timeout_ms, uint32_t policy);
  int SendBytes(int32_t id, const uint8_t* data, size_t size);
  int AllocateArena(uint32_t bytes);

  // Executes what waits in the command ring. Outside a batch this also sends and ends the batch.
  void Flush();

  // The head of the last request that SEND_HEAD wrote to a connection, as written; also of one that
  // has died, until the batch ends.
  std::string_view LastRequest(int32_t id);

  // The address of a connection's peer, or our own end of it; what a PROXY header has told of them
  // if there was one.
  bool AddressOf(int32_t id, bool peer, AddressText* out);

  // Counts from now on how long the thread works and waits, by two readings of the clock per turn.
  void MeasureTurns() { turn_start_ = uv_hrtime(); }
  // The codec without a socket. Records go to the tape; while they fill it, FramerMore() brings
  // the ones that did not fit. All return the number of records, FramerFinish() -EPROTO for a
  // message cut short, -kErrInHead for a head.
  int FramerCreate(FramerKind kind, bool expect_any, uint32_t policy, int32_t client);
  // Whether a head has begun and is not complete.
  bool FramerInHead(int32_t id);
  int FramerFeed(int32_t id, uint32_t offset, uint32_t length);
  int FramerMore(int32_t id);
  int FramerFinish(int32_t id);
  int FramerExpect(int32_t id, uint32_t request_flags);
  int FramerFree(int32_t id);
  // Lines, each with its CRLF, that the next head forwarded with kWriteLines has besides its own.
  void SetHeadLines(uint32_t offset, uint32_t size);
  // Bytes written, or minus the capacity that would be needed, or 0 for a stale head.
  int WriteHead(int32_t head, uint32_t flags, uint32_t offset, uint32_t capacity);

 private:
  struct Listener {
    int fd = -1;
    int32_t id = 0;
    uint32_t generation = 0;
    uint32_t expected = 1;                   // connections to ask for at the next wake-up
    uint32_t retry_at = TimerWheel::kNever;  // accepting failed for want of descriptors or memory
    uint16_t policy = 0;
    int32_t row = -1;
  };
  struct DirectFramer;

  static void OnPoll(uv_poll_t* handle, int status, int events);
  static void OnPrepare(uv_prepare_t* handle);
  static void OnTick(uv_timer_t* handle);
  static void OnKick(uv_timer_t* handle);
  static void OnHandleClosed(uv_handle_t* handle);

  // reactor.cc: the batch
  void Poll(int timeout_ms);
  int Wait(int timeout_ms);
  bool HandleEvents(int count);
  uv_handle_t* Handle();
  void RunBatch();
  void Deliver();
  void EndBatch();
  void Kick();
  void UpdateKeepAlive();
  void SyncArena();
  void PublishArena();
  int32_t* Event(EventKind kind, uint32_t id);
  void ReleaseStarved();
  static int32_t Int(uint32_t value) { return static_cast<int32_t>(value); }

  // reactor_sockets.cc: accept, connect, read, open and close
  void Accept(uint32_t index);
  uint32_t NewConnection(int fd, Connection::State state, uint16_t policy);
  void OnConnectionEvent(uint32_t id, uint32_t generation, uint32_t events);
  void FinishConnect(uint32_t id, Connection& connection);
  void Read(uint32_t id, Connection& connection);
  void ReadLater(uint32_t id, Connection& connection);
  void ReadReady();
  ssize_t Receive(uint32_t id, Connection& connection, uint8_t* data, size_t size);
  void ReadEnd(uint32_t id, Connection& connection);
  void Discard(uint32_t id, Connection& connection);
  void Starve(uint32_t id, Connection& connection);
  static bool InResponseHead(const Connection& connection);
  void Fail(uint32_t id, Connection& connection, int error, EventKind kind = kEvError);
  void CloseDescriptor(Connection& connection);
  void FreeConnection(uint32_t id, Connection& connection);
  void UpdateInterest(uint32_t id, Connection& connection);
  void SetInterest(uint32_t id, Connection& connection, bool asks_writable);
  bool WatchListener(uint32_t index);

  // reactor_addresses.cc: who a connection's ends are
  void ReadGreeting(uint32_t id, Connection& connection);
  void RefuseGreeting(uint32_t id, Connection& connection, proxy::Reason reason);
  std::string_view ClientAddress(int32_t id);

  // reactor_output.cc: queues and sending
  void MarkDirty(uint32_t id, Connection& connection);
  OutputQueue& Output(uint32_t id, Connection& connection);
  void QueueRange(uint32_t id, Connection& connection, const uint8_t* data, size_t size);
  void QueueCopy(OutputQueue& queue, const uint8_t* data, size_t size);
  void FlushDirty();
  void FlushOne(uint32_t id, Connection& connection);
  bool Send(uint32_t id, Connection& connection);
  void AfterFlush(uint32_t id, Connection& connection);
  void FinishClose(uint32_t id, Connection& connection);
  void Linger(uint32_t id, Connection& connection);
  void DropOutput(Connection& connection);

  // reactor_commands.cc
  void Execute(bool only_answers = false);
  void ExecuteOne(int32_t kind, uint32_t id, Connection& connection, int32_t a, int32_t b);
  void CommandSendHead(uint32_t id, Connection& connection, int32_t head, uint32_t flags);
  void CommandChunk(uint32_t id, Connection& connection, const uint8_t* data, size_t size,
                    bool is_last);
  void CommandFramer(uint32_t id, Connection& connection, int32_t kind);
  void CommandTimeout(uint32_t id, Connection& connection, uint32_t ms, int32_t kind);
  void CommandClose(uint32_t id, Connection& connection);
  void BadCommand();

  // reactor_handover.cc
  uint32_t Answered(uint32_t id) const {
    return id < kAnsweredCount ? memory_->answered()[id] : UINT32_MAX;
  }
  bool IsAnswered(uint32_t id, const Connection& connection) const;
  bool IsQuiet(uint32_t id, const Connection& connection) const;
  void Remember(Connection& connection, const uint8_t* data, size_t size, bool is_fresh);
  bool HandOver(uint32_t id, Connection& connection);
  bool IsTransferable(uint32_t id, const Connection& connection, HandedOver* out) const;

  // direct_framer.cc
  DirectFramer* FindFramer(int32_t id);

  // reactor_timers.cc
  void UpdateClock();
  uint32_t TickAfter(uint32_t ms) const;
  void Arm(uint32_t id, const Connection& connection);
  void LookAt(uint32_t id, Connection& connection, uint32_t tick);
  // What a forwarded request tells of its client; nullptr when `flags` do not ask for it.
  const http1::Forwarding* ForwardingOf(const HeadTable::Entry& entry, uint32_t flags,
                                        http1::Forwarding* storage);
  void EnterPhase(uint32_t id, Connection& connection, Phase phase);
  void RestartPhase(Connection& connection);
  uint32_t CheckPhase(uint32_t id, Connection& connection, const ConnectionPolicy& policy);
  uint32_t CheckOutput(uint32_t id, Connection& connection, const ConnectionPolicy& policy);
  void ReportTimeout(uint32_t id, const Connection& connection, TimeoutKind kind);
  void OnWake(uint32_t id);
  void WakeNative(uint32_t id, Connection& connection);
  void Tick();
  void StartTicking();

  uv_loop_t* const loop_;
  const std::shared_ptr<SharedMemory> memory_;
  Engine& engine_;
  int32_t* const control_;
  double* const counters_;

  static constexpr int kMaxEvents = 512;

  int epoll_fd_ = -1;
  epoll_event epoll_events_[kMaxEvents];
  bool drives_loop_ = false;
  uv_poll_t poll_{};  // one of the two
  uv_prepare_t prepare_{};
  uv_idle_t idle_{};  // while active, libuv itself does not wait
  uv_timer_t tick_{};
  uv_timer_t kick_{};
  int open_handles_ = 0;
  bool opened_ = false;
  bool closed_ = false;
  bool in_batch_ = false;
  bool in_engine_ = false;
  bool kicked_ = false;
  bool ticking_ = false;
  bool kept_alive_ = true;
  bool gone_ = false;          // the engine serves nobody any more
  bool stale_events_ = false;  // the ring may name connections that were closed since

  BatchMemory batch_;
  RecordRing events_;
  RecordHost host_;
  ConnectionTable connections_;
  std::vector<ConnectionPolicy> policies_;  // at least one
  uint32_t live_ = 0;                       // connections with a descriptor
  std::vector<Listener> listeners_;
  uint32_t listening_ = 0;
  std::vector<uint32_t> dirty_;
  std::vector<uint32_t> freed_;  // reusable when the batch is over
  std::vector<uint32_t> starved_;
  std::vector<uint32_t> ready_;  // edge-triggered, epoll does not tell twice
  std::vector<uint32_t> reading_;
  std::vector<std::unique_ptr<OutputQueue>> queues_;  // empty ones, kept for their capacity
  std::vector<std::unique_ptr<DirectFramer>> framers_;
  std::vector<uint8_t> scratch_;
  // By connection: the address of a client of which a forwarded request told.
  std::vector<std::unique_ptr<std::string>> clients_;
  // By connection: the PROXY header that it began with, if that told addresses.
  std::vector<std::unique_ptr<proxy::Header>> greetings_;
  std::string_view head_lines_;
  std::vector<int32_t> rows_;                            // by connection: where it was accepted
  std::unordered_map<uint32_t, std::string> inherited_;  // by connection: what is to be read again
  int32_t culprit_ = -1;     // the connection of the event that the engine has died with
  size_t batch_bytes_ = 0;   // read since the engine was last called
  uint64_t turn_start_ = 0;  // in nanoseconds; 0 if turns are not measured

  TimerWheel wheel_;
  uint64_t clock_start_ = 0;
  uint64_t now_ms_ = 0;
  uint32_t now_ = 0;  // ticks
  uint32_t next_sweep_ = 0;
};

}  // namespace sluice::net

#endif  // SLUICE_NET_REACTOR_H_
