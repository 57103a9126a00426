/*
 * A round trip of a JSON document through Hessian and Dubbo: it comes back as it was.
 *
 *   sluice examples/hessian-json/main.js
 *   curl -H 'Content-Type: application/json' -d @examples/hessian-json/sample.json \
 *     http://localhost:6080/
 *
 * The items of the document's array are written one after the other, as the arguments of a Dubbo
 * call are. Port 20880 has no filter at all and sends back whatever it gets.
 */
pipy()

.listen(6080)
  .decodeHttpRequest()
  .replaceMessageBody(
    body => Hessian.encode(JSON.decode(body))
  )
  .encodeDubbo({
    id: 1,
    isRequest: true,
    isTwoWay: true,
  })
  .connect('127.0.0.1:20880')
  .decodeDubbo()
  .replaceMessageBody(
    body => JSON.encode(Hessian.decode(body), null, 2)
  )
  .encodeHttpResponse()

.listen(20880)
