/*
 * An answer that is made for each request: it greets the client by its address.
 *
 *   sluice examples/hello-ip/main.js
 *   curl http://localhost:6080/
 */
pipy()

.listen(6080)
  .decodeHttpRequest()
  .replaceMessage(
    () => new Message(`Hello, ${__inbound.remoteAddress}!\n`)
  )
  .encodeHttpResponse()
