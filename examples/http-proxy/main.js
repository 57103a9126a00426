/*
 * Routes whole connections by their first request, without touching a byte of them.
 *
 *   sluice examples/http-proxy/main.js
 *   curl http://localhost:6080/hello
 *   curl http://localhost:6080/hi/there
 *   curl -H 'Host: www.shop.test' http://localhost:6080/cart
 *   curl -i http://localhost:6080/elsewhere
 *
 * A copy of the stream goes to 'routing', which reads the request and sets the connection's target.
 * The stream itself waits for that, and then goes where the target says. `find` gives undefined
 * when no rule fits: that is an answer as well, and not the null of "not yet known".
 */
pipy({
  _router: new algo.URLRouter({
    '/hello': '127.0.0.1:8080',
    '/hi/*': '127.0.0.1:8081',
    'shop.test/cart/*': '127.0.0.1:8080',
    '*.shop.test/cart': '127.0.0.1:8081',
    '*.blog.test/posts/new/*': '127.0.0.1:8080',
  }),

  _target: null,
})

.listen(6080)
  .fork('routing')
  .wait(
    () => _target !== null
  )
  .link(
    'forwarding', () => _target !== undefined,
    'not-found',
  )

.pipeline('routing')
  .decodeHttpRequest()
  .onMessageStart(
    e => _target === null && (
      _target = _router.find(e.head.headers.host, e.head.path)
    )
  )

.pipeline('forwarding')
  .connect(
    () => _target
  )

.pipeline('not-found')
  .decodeHttpRequest()
  .replaceMessage(
    new Message({ status: 404 }, 'Not found\n')
  )
  .encodeHttpResponse()

// Two services to try it with.

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
