/*
 * Limits what all clients together may send: 100 kB and 1000 requests per second. Whoever exceeds
 * it is not refused, but read from more slowly.
 *
 *   sluice examples/throttle/main.js
 *   curl http://localhost:6080/
 *   head -c 300000 /dev/zero | time curl --data-binary @- http://localhost:6080/
 */
pipy()

.listen(6080)
  .tap('100k')
  .decodeHttpRequest()
  .tap(1000)
  .replaceMessage(
    new Message('Hello!\n')
  )
  .encodeHttpResponse()
