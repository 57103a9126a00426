/*
 * Tells a log collector of every request and its response, as JSON records in batches.
 *
 *   sluice examples/logging/main.js
 *   curl -d 'what I have to say' http://localhost:6080/
 *
 * A batch is sent when it has five records, or when the last one is five seconds old; so the very
 * first record goes at once. A task looks every second for records that would be left waiting. All
 * batches go over one connection.
 */
pipy({
  _batch: { records: new Data, count: 0, sentTime: 0 },

  // Gives the batch as a message and begins another one, or gives null if it is not due yet.
  _takeBatch: () => (
    _batch.count > 0 && (_batch.count >= 5 || Date.now() - _batch.sentTime >= 5000) ? (
      records => (
        _batch.records = new Data,
        _batch.count = 0,
        _batch.sentTime = Date.now(),
        new Message(
          {
            method: 'POST',
            path: '/where/to/post/the/log',
            headers: {
              'host': '127.0.0.1:8123',
              'content-type': 'application/json',
            },
          },
          records,
        )
      )
    )(_batch.records) : null
  ),

  // Requests of this connection that are not answered yet.
  _queue: null,
})

.listen(6080)
  .onSessionStart(
    () => _queue = []
  )
  .fork('request')
  .connect('127.0.0.1:8080')
  .fork('response')

.pipeline('request')
  .decodeHttpRequest()
  .onMessage(
    msg => _queue.push({
      startTime: Date.now(),
      ...msg.head,
      body: msg.body.toString(),
    })
  )

.pipeline('response')
  .decodeHttpResponse()
  .replaceMessage(
    msg => (
      (
        (request, endTime) => (
          _batch.count++,
          _batch.records.push(
            JSON.encode({
              ...request,
              latency: endTime - request.startTime,
              endTime,
              response: {
                ...msg.head,
                body: msg.body.toString(),
              },
            }).push(',')
          )
        )
      )({ ..._queue.shift() }, Date.now()),
      _takeBatch()
    )
  )
  .link('sending')

.pipeline('sending')
  .mux('collector')

.pipeline('collector')
  .encodeHttpRequest()
  .connect('127.0.0.1:8123')
  .decodeHttpResponse()

.task('1s')
  .fork('left-overs')
  .replaceMessage(
    () => new SessionEnd
  )

.pipeline('left-overs')
  .replaceMessage(
    () => _takeBatch()
  )
  .link('sending')

// A service and a collector to try it with.

.listen(8080)
  .decodeHttpRequest()
  .replaceMessage(
    new Message('Hi, there!\n')
  )
  .encodeHttpResponse()

.listen(8123)
  .decodeHttpRequest()
  .onMessage(
    msg => console.log(msg.head.method, msg.head.path, msg.body.toString())
  )
  .replaceMessage(
    new Message({ status: 204 })
  )
  .encodeHttpResponse()
