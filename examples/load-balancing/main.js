/*
 * Balances connections over three services, of which the first takes as many as the others do
 * together.
 *
 *   sluice examples/load-balancing/main.js
 *   for i in 1 2 3 4; do curl -i http://localhost:6080/; echo; done
 *
 * Put a LeastWorkLoadBalancer in its place and nothing else needs to change: that one has a method
 * `deselect`, which is called when a connection is over; a round robin has none and needs none.
 */
pipy({
  _balancer: new algo.RoundRobinLoadBalancer({
    '127.0.0.1:8080': 2,
    '127.0.0.1:8081': 1,
    '127.0.0.1:8082': 1,
  }),

  _target: '',
})

.listen(6080)
  .onSessionStart(
    () => _target = _balancer.select()
  )
  .onSessionEnd(
    () => _balancer.deselect?.(_target)
  )
  .connect(
    () => _target
  )

// Three services to try it with, which can be told apart by their status as well.

.listen(8080)
  .decodeHttpRequest()
  .replaceMessage(
    new Message({ status: 200 }, 'Hello from service 8080')
  )
  .encodeHttpResponse()

.listen(8081)
  .decodeHttpRequest()
  .replaceMessage(
    new Message({ status: 300 }, 'Hello from service 8081')
  )
  .encodeHttpResponse()

.listen(8082)
  .decodeHttpRequest()
  .replaceMessage(
    new Message({ status: 500 }, 'Hello from service 8082')
  )
  .encodeHttpResponse()
