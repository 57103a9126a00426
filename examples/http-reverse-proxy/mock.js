/*
 * A service to try the reverse proxy with.
 */
pipy()

.listen(8080)
  .decodeHttpRequest()
  .replaceMessage(
    msg => new Message(`Hello from service 8080: ${msg.head.path}\n`)
  )
  .encodeHttpResponse()
