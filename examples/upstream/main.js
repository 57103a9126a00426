/*
 * Balances requests as an upstream of a config does: the first service takes twice as many as the
 * second, a cookie keeps a client where it is, and the third is a backup.
 *
 *   sluice examples/upstream/main.js
 *   for i in 1 2 3; do curl http://localhost:6080/; done
 *   curl -i -c /tmp/jar http://localhost:6080/
 *   for i in 1 2 3; do curl -b /tmp/jar http://localhost:6080/; done
 *
 * Its requests are recorded: with --admin=127.0.0.1:9090, `sluice top` shows what becomes of them, and
 * with `beginRequest({ accessLog: 'access.log' })` each has a line in a file as well.
 *
 * With the services in processes of their own, end one: `observer` tells the upstream that it cannot
 * be reached, its clients go elsewhere, and when it is back it has its whole share after 30 s.
 */
((
  app = new algo.Upstream({
    endpoints: [
      { address: '127.0.0.1:8080', weight: 2 },
      '127.0.0.1:8081',
      { address: '127.0.0.1:8082', priority: 1 },
    ],
    sticky: { cookie: 'service', secret: os.env.COOKIE_SECRET ?? 'change me' },
    slowStart: '30s',
  }),

) => pipy({
  _choice: null,
})

.listen(6080)
  .decodeHttpRequest()
  .demux('request')
  .encodeHttpResponse()

.pipeline('request')
  .beginRequest()
  .onMessageStart(
    request => _choice = app.choose(request)
  )
  .mux(
    'endpoint',
    () => _choice.select(),
    // As often as there are other endpoints; 1000 connections to each.
    { retries: 2, pipelining: 1, maxSessions: 1000, observer: app.observer }
  )
  .onMessageStart(
    response => _choice.tie(response)
  )
  .endRequest()

.pipeline('endpoint')
  .encodeHttpRequest()
  .connect(
    () => _choice.target
  )
  .decodeHttpResponse()

// Three services to try it with.

.listen(8080)
  .decodeHttpRequest()
  .replaceMessage(
    new Message('Hello from service 8080\n')
  )
  .encodeHttpResponse()

.listen(8081)
  .decodeHttpRequest()
  .replaceMessage(
    new Message('Hello from service 8081\n')
  )
  .encodeHttpResponse()

.listen(8082)
  .decodeHttpRequest()
  .replaceMessage(
    new Message('Hello from the backup\n')
  )
  .encodeHttpResponse()

)()
