// biome-ignore format: the indentation shows where a pipeline begins and ends.
pipy({
  _g: { turn: 0 },
  _target: '',
})

.listen(8080)
  .decodeDubbo()
  .demux('call')
  .encodeDubbo()

.pipeline('call')
  .mux(
    'provider',
    () => _target = ['127.0.0.1:9001', '127.0.0.1:9002'][_g.turn++ & 1]
  )

.pipeline('provider')
  .encodeDubbo()
  .connect(() => _target)
  .decodeDubbo()
