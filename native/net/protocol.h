// The numbers of src/native/protocol.ts, which explains the records; a test compares the two.
#ifndef SLUICE_NET_PROTOCOL_H_
#define SLUICE_NET_PROTOCOL_H_

#include <cerrno>
#include <cstdint>

namespace sluice::net {

inline constexpr uint32_t kEventStride = 12;

enum EventKind : int32_t {
  kEvAccept = 1,
  kEvConnect = 2,
  kEvData = 3,
  kEvEnd = 4,
  kEvError = 5,
  kEvHead = 6,
  kEvMsgEnd = 7,
  kEvBad = 8,
  kEvCongested = 9,
  kEvDrained = 10,
  kEvTimeout = 11,
};

// In the place of a connection: accepting has failed.
inline constexpr uint32_t kNoConnection = ~0u;

enum CommandKind : int32_t {
  kCmdSend = 1,
  kCmdSendChunk = 2,
  kCmdSendLast = 3,
  kCmdSendHead = 4,
  kCmdEnd = 5,
  kCmdClose = 6,
  kCmdAbort = 7,
  kCmdPause = 8,
  kCmdResume = 9,
  kCmdFramer = 10,
  kCmdExpect = 11,
  kCmdTimeout = 12,
  kCmdWatermark = 13,
  kCmdSendCopy = 14,
  kCmdPhase = 15,
  kCmdHeadLines = 16,
};

// The error of a connection that ends in the middle of a response head.
inline constexpr int kErrInHead = EBADMSG;

enum FramerKind : int32_t {
  kFramerNone = 0,
  kFramerHttpRequest = 1,
  kFramerHttpResponse = 2,
  kFramerDubbo = 3,
  kFramerProxy = 4,
};

// Reasons of BAD records: below are those of HTTP/1, from here on those of Dubbo and of PROXY
// headers.
inline constexpr int32_t kDubboReasons = 256;
inline constexpr int32_t kProxyReasons = 512;

enum TimeoutKind : int32_t {
  kTimeoutDeadline = 0,
  kTimeoutIdle = 1,
  kTimeoutHead = 2,
  kTimeoutBody = 3,
  kTimeoutWrite = 4,
  kTimeoutFirstByte = 5,
};

// What is due from the peer of a connection.
enum Phase : uint8_t {
  kPhaseIdle = 0,   // nothing, or not of our knowledge
  kPhaseFirst = 1,  // the first byte of the first request
  kPhaseHead = 2,
  kPhaseBody = 3,
};

// Fields of the control block.
enum Control : uint32_t {
  kCommandLength = 0,
  kArenaAt = 1,
  kArenaEnd = 2,
  kBatch = 3,
  kRecord = 4,
};

inline constexpr uint32_t kControlLength = 16;

// Fields of the counter block: src/native/counters.ts tells what they count.
enum Counter : uint32_t {
  kBytesRead = 0,
  kBytesWritten = 1,
  kAccepts = 2,
  kConnects = 3,
  kBatches = 4,
  kEvents = 5,
  kSyscalls = 6,
  kAcceptErrors = 7,
  kBadCommands = 8,
  kStarvations = 9,
  kConnections = 10,
  kChunksUsed = 11,
  kReadiness = 12,
  kBadRequests = 13,
  kBadResponses = 14,
  kRequestLineLimit = 15,
  kHeadLimit = 16,
  kHeadersLimit = 17,
  kBodyLimit = 18,
  kChunkExtensionLimit = 19,
  kTrailersLimit = 20,
  kRequestsLimit = 21,
  kPipelineLimit = 22,
  kBufferLimit = 23,
  kConnectionsLimit = 24,
  kAddressLimit = 25,
  kConnectTimeouts = 26,
  kHandshakeTimeouts = 27,
  kFirstByteTimeouts = 28,
  kRequestHeadTimeouts = 29,
  kRequestBodyTimeouts = 30,
  kResponseTimeouts = 31,
  kResponseBodyTimeouts = 32,
  kWriteTimeouts = 33,
  kKeepAliveTimeouts = 34,
  kIdleTimeouts = 35,
  kBadProxyHeaders = 36,
  kUntrustedProxies = 37,
  kRateLimit = 38,
  kDeniedRequests = 39,
  kDeniedConnections = 40,
  kTakenOver = 41,
  kTurns = 42,
  kBusySeconds = 43,
  kIdleSeconds = 44,
  kLongestTurnSeconds = 45,
  kCounterCount = 46,
};

// Their names there; a test compares.
inline constexpr const char* kCounterNames[] = {
    "bytesRead",
    "bytesWritten",
    "accepts",
    "connects",
    "batches",
    "events",
    "syscalls",
    "acceptErrors",
    "badCommands",
    "starvations",
    "connections",
    "chunks",
    "readiness",
    "badRequests",
    "badResponses",
    "requestLineLimit",
    "headLimit",
    "headersLimit",
    "bodyLimit",
    "chunkExtensionLimit",
    "trailersLimit",
    "requestsLimit",
    "pipelineLimit",
    "bufferLimit",
    "connectionsLimit",
    "addressLimit",
    "connectTimeouts",
    "handshakeTimeouts",
    "firstByteTimeouts",
    "requestHeadTimeouts",
    "requestBodyTimeouts",
    "responseTimeouts",
    "responseBodyTimeouts",
    "writeTimeouts",
    "keepAliveTimeouts",
    "idleTimeouts",
    "badProxyHeaders",
    "untrustedProxies",
    "rateLimit",
    "deniedRequests",
    "deniedConnections",
    "takenOver",
    "turns",
    "busySeconds",
    "idleSeconds",
    "longestTurnSeconds",
};
static_assert(sizeof(kCounterNames) / sizeof(kCounterNames[0]) == kCounterCount);

}  // namespace sluice::net

#endif  // SLUICE_NET_PROTOCOL_H_
