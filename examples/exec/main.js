/*
 * Starts a service when the first client comes, and again when it has gone.
 *
 *   sluice examples/exec/main.js
 *   curl http://localhost:6080/
 *
 * The service is a process of its own. A session that belongs to no connection keeps it running;
 * what it prints goes to the log. The client's connection is tried until the service accepts it.
 */
pipy({
  _service: { session: null },
})

.listen(6080)
  .onSessionStart(
    () => (_service.session === null || _service.session.done) && (
      _service.session = new Session(__filename, 'service'),
      _service.session.input(new MessageStart, new MessageEnd)
    )
  )
  .connect('127.0.0.1:8080', {
    retryCount: -1,
    retryDelay: '1s',
  })

.pipeline('service')
  .exec('../../bin/sluice service.js')
  .print()
  .onSessionEnd(
    () => console.log('Child process exited')
  )
