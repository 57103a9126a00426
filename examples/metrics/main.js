/*
 * Measures a service from the outside: counts its answers by status and by latency.
 *
 *   sluice examples/metrics/main.js
 *   curl http://localhost:6080/
 *   curl http://localhost:9090/
 *
 * The counters are shared by all connections, as arrays and objects among the variables are. One
 * that is not there yet counts as zero, so nobody has to set up a bucket before its first use.
 */
pipy({
  _totals: { requests: 0 },
  _statuses: {},
  _limits: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, Number.POSITIVE_INFINITY],
  _buckets: [],

  _startTime: 0,
})

.listen(6080)
  .fork('request')
  .connect('127.0.0.1:8080')
  .fork('response')

.pipeline('request')
  .decodeHttpRequest()
  .onMessageStart(
    () => (
      _totals.requests++,
      _startTime = Date.now()
    )
  )

.pipeline('response')
  .decodeHttpResponse()
  .onMessageStart(
    e => _statuses[e.head.status]++
  )
  .onMessageEnd(
    () => (
      latency => _buckets[_limits.findIndex(limit => latency <= limit)]++
    )(
      Date.now() - _startTime
    )
  )

.listen(9090)
  .decodeHttpRequest()
  .replaceMessage(
    () => (
      sum => new Message(
        [
          `count ${_totals.requests}`,
          ...Object.entries(_statuses).map(
            ([code, count]) => `status{code="${code}"} ${count}`
          ),
          ..._buckets.map(
            (count, i) => `bucket{le="${_limits[i]}"} ${sum += count}`
          ),
        ].join('\n')
      )
    )(0)
  )
  .encodeHttpResponse()

// A service to try it with.

.listen(8080)
  .decodeHttpRequest()
  .replaceMessage(
    new Message('Hi, there!\n')
  )
  .encodeHttpResponse()
