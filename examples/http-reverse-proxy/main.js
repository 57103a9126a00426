/*
 * A reverse proxy with routes, services and their endpoints in config.json, which is read again
 * when it has changed.
 *
 *   sluice examples/http-reverse-proxy/mock.js       in one terminal
 *   sluice examples/http-reverse-proxy/main.js       in another one
 *   curl http://localhost:6080/hello/x
 *   curl http://localhost:6080/no/target
 *   curl http://localhost:6080/elsewhere
 *
 * Every request is routed by itself. The requests that a client has in progress go to an endpoint
 * on a connection that is theirs for that time; connections nobody uses are taken by others.
 *
 * With --workers, each worker has its own router, and the task that looks for changes runs in one of
 * them: use --watch or SIGHUP then.
 */
pipy({
  _g: {
    router: null,
    balancers: null,
    connections: new algo.ResourcePool(
      () => ++_g.lastConnection
    ),
    lastConnection: 0,
  },

  _configure: config => (
    _g.router = new algo.URLRouter(config.routes),
    _g.balancers = Object.fromEntries(
      Object.entries(config.services).map(
        ([name, endpoints]) => [name, new algo.RoundRobinLoadBalancer(endpoints)]
      )
    )
  ),

  _service: undefined,
  _target: undefined,
  _connection: 0,
})

.listen(6080)
  .onSessionStart(
    () => _g.router === null && _configure(JSON.decode(os.readFile('config.json')))
  )
  .decodeHttpRequest()
  .demux('request')
  .encodeHttpResponse()
  .onSessionEnd(
    () => _g.connections.freeTenant(__inbound?.id)
  )

.pipeline('request')
  .onMessageStart(
    e => (
      _service = _g.router.find(e.head.headers.host, e.head.path),
      _target = _g.balancers[_service]?.select?.(),
      _target && (
        _connection = _g.connections.allocate(_target, __inbound.id)
      )
    )
  )
  .link(
    'forwarding', () => Boolean(_target),
    'no-target', () => Boolean(_service),
    'no-route',
  )

.pipeline('forwarding')
  .mux(
    'endpoint',
    () => `${_target}#${_connection}`
  )

.pipeline('endpoint')
  .encodeHttpRequest()
  .connect(
    () => _target
  )
  .decodeHttpResponse()

.pipeline('no-target')
  .replaceMessage(
    new Message({ status: 404 }, 'No target')
  )

.pipeline('no-route')
  .replaceMessage(
    new Message({ status: 404 }, 'No route')
  )

.task('5s')
  .use(
    'modules/config.js', 'check',
    'config.json',
    config => _configure(config),
  )
  .replaceMessage(
    () => new SessionEnd
  )
