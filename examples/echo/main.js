/*
 * Sends every request back as its own response: headers as headers, body as body.
 *
 *   sluice examples/echo/main.js
 *   curl -i -d hello http://localhost:6080/
 */
pipy()

.listen(6080)
  .decodeHttpRequest()
  .encodeHttpResponse()
