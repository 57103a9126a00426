/*
 * TLS on both sides: port 6080 is plain and forwards to the TLS listener on port 6443.
 *
 *   sluice examples/tls/main.js
 *   curl http://localhost:6080/
 *   curl -k https://localhost:6443/
 *   curl --cacert examples/tls/localhost.crt https://localhost:6443/
 *
 * The certificate is for trying only: everybody has its key. To make another one:
 *
 *   openssl req -x509 -newkey rsa:2048 -nodes -days 365 -subj /CN=localhost \
 *     -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout localhost.key -out localhost.crt
 *
 * `tls: {}` encrypts, but does not ask who is at the other end: anybody can be. With
 * `tls: { verify: true }` the peer needs a certificate that the system trusts, and with
 * `tls: { ca: os.readFile('localhost.crt').toString() }` one of that authority.
 */
pipy()

.listen(6080)
  .connect('127.0.0.1:6443', {
    tls: {},
  })

.listen(6443, {
  tls: {
    cert: os.readFile('localhost.crt').toString(),
    key: os.readFile('localhost.key').toString(),
  },
})
  .decodeHttpRequest()
  .replaceMessage(
    new Message('Hello!\n')
  )
  .encodeHttpResponse()
