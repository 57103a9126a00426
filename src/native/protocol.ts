/**
 * The binary protocol between the native reactor and TypeScript: fixed-size records of 32-bit
 * integers in shared rings, one call per batch. `native/net/protocol.h` holds the same numbers; a
 * test compares the two.
 */

/** Integers per event record. */
export const EVENT_STRIDE = 12

/*
 * Events, native to TypeScript. Field 0 is the kind, field 1 the connection.
 *
 *   ACCEPT     2 listener id; instead of a connection -1, and 3 errno, when the process or the system
 *              has no descriptor or memory for another: the listener is tried again a tick later
 *   CONNECT    2 0 or errno; the connection is dead when it failed. Of an accepted connection: its PROXY
 *              header was read, and reading waits for RESUME
 *   DATA       2 slab offset   3 length
 *   END        the peer has ended its side, cleanly (and between messages, if framed)
 *   ERROR      2 errno, or ERR_IN_HEAD; the connection is dead
 *   HEAD       2 head index (valid in this batch)   3 slab offset   4 length   5 HEAD_* flags
 *              6 status (responses) or method length   7 target offset in the head   8 target length
 *              9 content length, low 32 bits   10 content length, high 32 bits
 *              of Dubbo: 5 DUBBO_* flags and serialization   6 status   7 request id, high 32 bits
 *              8 request id, low 32 bits   9 length of the body
 *   MSG_END    2 slab offset of trailer lines   3 their length, 0 without trailers
 *   BAD        2 status to answer   3 reason; nothing more is read from the connection
 *   CONGESTED  queued output rose above the high watermark
 *   DRAINED    queued output fell to the low watermark
 *   TIMEOUT    2 TIMEOUT_* kind
 */
export const EV_ACCEPT = 1
export const EV_CONNECT = 2
export const EV_DATA = 3
export const EV_END = 4
export const EV_ERROR = 5
export const EV_HEAD = 6
export const EV_MSG_END = 7
export const EV_BAD = 8
export const EV_CONGESTED = 9
export const EV_DRAINED = 10
export const EV_TIMEOUT = 11

/*
 * Commands, TypeScript to native: variable length, executed in order when the batch call returns.
 *
 *   SEND        connection, slab offset, length
 *   SEND_CHUNK  connection, slab offset, length: the same as one chunk of a chunked body
 *   SEND_LAST   connection, slab offset of trailer lines, length: ends a chunked body
 *   SEND_HEAD   connection, head index, WRITE_* flags: forwards a head of this batch
 *   END         connection: ends our side after queued output
 *   CLOSE       connection: sends queued output, then closes, lingering so that the peer reads it
 *   ABORT       connection: drops queued output and resets
 *   PAUSE       connection: stops reading
 *   RESUME      connection
 *   FRAMER      connection, FRAMER_* kind
 *   EXPECT      connection, HEAD_* flags of a request that was sent without SEND_HEAD
 *   TIMEOUT     connection, milliseconds (0 clears), TIMEOUT_* kind
 *   WATERMARK   connection, bytes of queued output: CONGESTED above, DRAINED at a quarter
 *   SEND_COPY   connection, slab offset, length: like SEND for a few bytes before others, such as a
 *               binary head; what is small behind them goes out in the same piece
 *   PHASE       connection, PHASE_*: what is due from the peer, where a codec without a socket knows
 *   HEAD_LINES  connection, slab offset, length: lines that the next SEND_HEAD adds, by WRITE_LINES
 *
 * After CLOSE or ABORT the connection's number means nothing: no event will name it again until
 * ACCEPT or connect() hands it out anew.
 */
export const CMD_SEND = 1
export const CMD_SEND_CHUNK = 2
export const CMD_SEND_LAST = 3
export const CMD_SEND_HEAD = 4
export const CMD_END = 5
export const CMD_CLOSE = 6
export const CMD_ABORT = 7
export const CMD_PAUSE = 8
export const CMD_RESUME = 9
export const CMD_FRAMER = 10
export const CMD_EXPECT = 11
export const CMD_TIMEOUT = 12
export const CMD_WATERMARK = 13
export const CMD_SEND_COPY = 14
export const CMD_PHASE = 15
export const CMD_HEAD_LINES = 16

export const FRAMER_NONE = 0
export const FRAMER_HTTP_REQUEST = 1
export const FRAMER_HTTP_RESPONSE = 2
export const FRAMER_DUBBO = 3
/** Of an accepted connection that begins with a PROXY header: see CONNECT. */
export const FRAMER_PROXY = 4

/** Fires once, so many milliseconds from now. */
export const TIMEOUT_DEADLINE = 0
/** Fires when nothing was read or written for so many milliseconds. */
export const TIMEOUT_IDLE = 1
/** Reported, never set: a message head was begun and not completed in time. */
export const TIMEOUT_HEAD = 2
/** Reported: a body stands still, or comes more slowly than it must. */
export const TIMEOUT_BODY = 3
/** Reported: the peer takes nothing of what is sent to it. */
export const TIMEOUT_WRITE = 4
/** Reported: no byte of a first request has come. */
export const TIMEOUT_FIRST_BYTE = 5

/** Nothing is due from the peer, or it is not of our knowledge what. */
export const PHASE_IDLE = 0
/** The first byte of its first request. */
export const PHASE_FIRST = 1
/** The rest of a head. */
export const PHASE_HEAD = 2
/** The rest of a body. */
export const PHASE_BODY = 3

export const HEAD_KEEP_ALIVE = 1 << 0
export const HEAD_CHUNKED = 1 << 1
export const HEAD_HAS_LENGTH = 1 << 2
export const HEAD_HTTP10 = 1 << 3
export const HEAD_EXPECT_CONTINUE = 1 << 4
export const HEAD_UPGRADE = 1 << 5
export const HEAD_NO_BODY = 1 << 6
export const HEAD_UNTIL_CLOSE = 1 << 7
export const HEAD_HEAD_METHOD = 1 << 8
export const HEAD_IDEMPOTENT = 1 << 9
export const HEAD_INTERIM = 1 << 10
export const HEAD_CONNECT_METHOD = 1 << 11
export const HEAD_HAS_TRAILER_FIELD = 1 << 12
export const HEAD_NOMINATES = 1 << 15

/** Bits of a Dubbo head; the low five are the id of the body's serialization. */
export const DUBBO_REQUEST = 1 << 7
export const DUBBO_TWO_WAY = 1 << 6
export const DUBBO_EVENT = 1 << 5
export const DUBBO_SERIALIZATION = 0x1f

export const WRITE_CLOSE = 1 << 0
export const WRITE_KEEP_ALIVE = 1 << 1
export const WRITE_CHUNKED = 1 << 2
export const WRITE_LENGTH = 1 << 3
export const WRITE_UPGRADE = 1 << 4
export const WRITE_X_FORWARDED = 1 << 5
export const WRITE_FORWARDED = 1 << 6
export const WRITE_REPLACE = 1 << 7
export const WRITE_TRUST = 1 << 8
export const WRITE_HTTPS = 1 << 9
export const WRITE_NEW_REQUEST_ID = 1 << 10
export const WRITE_NEW_TRACE = 1 << 11
export const WRITE_LINES = 1 << 12
export const WRITE_NEW_PARENT = 1 << 13
export const WRITE_REQUEST_ID = 1 << 14

/*
 * The control block: an Int32Array shared with native code.
 *
 *   COMMAND_LENGTH  integers waiting in the command ring; TypeScript writes, native clears
 *   ARENA_AT        next free byte of the slab that TypeScript may write and send from
 *   ARENA_END       end of that piece; allocArena() gives another
 *   BATCH           number of the current batch; ranges of an earlier one are gone
 *   RECORD          which record TypeScript is at work with, -1 for none: the reason, if it dies then
 */
export const CTL_COMMAND_LENGTH = 0
export const CTL_ARENA_AT = 1
export const CTL_ARENA_END = 2
export const CTL_BATCH = 3
export const CTL_RECORD = 4

/** In place of its errno: the connection ended in the middle of a response head (EBADMSG). */
export const ERR_IN_HEAD = 74
