/*
 * A load balancer for Dubbo: every call goes to the next provider, whichever connection it came on.
 *
 *   sluice examples/dubbo-lb/main.js
 *
 * Consumers connect to port 20880 as if it were a provider. All their calls to one provider share
 * one connection to it. Heartbeats are answered on each connection; a provider that announces its
 * end, or goes, gets no more calls, and the calls that it still owes are answered with an error.
 */
((
  balancer = new algo.RoundRobinLoadBalancer({
    '127.0.0.1:20881': 1,
    '127.0.0.1:20882': 1,
  }),
) => pipy({
  _target: '',
})

.listen(20880)
  .decodeDubbo()
  .demux('call')
  .encodeDubbo()

.pipeline('call')
  .mux('provider', () => _target = balancer.select())

.pipeline('provider')
  .encodeDubbo()
  .connect(() => _target, { responseTimeout: 5 })
  .decodeDubbo()

)()
