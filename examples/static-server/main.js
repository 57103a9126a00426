/*
 * Serves the files in www/.
 *
 *   sluice examples/static-server/main.js
 *   curl http://localhost:6080/
 *   curl --compressed -i http://localhost:6080/
 *   curl -i http://localhost:6080/nope
 *
 * The page is there in compressed form only. Clients that do not accept that get it unpacked. Files
 * are read once and kept, as is the knowledge that there is none.
 */
pipy({
  _files: new algo.Cache(
    path => http.File.from('www' + path)
  ),
})

.listen(6080)
  .decodeHttpRequest()
  .replaceMessage(
    msg => (
      _files.get(msg.head.path)?.toMessage?.(msg.head.headers['accept-encoding']) ?? (
        new Message({ status: 404 })
      )
    )
  )
  .encodeHttpResponse()
