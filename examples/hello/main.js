/*
 * The same answer for everybody. A constant message can be put out any number of times.
 *
 *   sluice examples/hello/main.js
 *   curl http://localhost:6080/
 */
pipy()

.listen(6080)
  .decodeHttpRequest()
  .replaceMessage(
    new Message('Hello!\n')
  )
  .encodeHttpResponse()
