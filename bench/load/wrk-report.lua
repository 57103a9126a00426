-- Makes wrk end with one line of JSON, and POST bodies of BENCH_POST_BYTES bytes if that is set.
-- There is no request() or response() here: they would cost time per request.
local post_bytes = tonumber(os.getenv('BENCH_POST_BYTES') or '0')
if post_bytes > 0 then
  wrk.method = 'POST'
  wrk.body = string.rep('x', post_bytes)
end

done = function(summary, latency)
  local e = summary.errors
  io.write(string.format(
    '\nWRK {"requests":%d,"micros":%d,"bytes":%d,' ..
    '"connectErrors":%d,"readErrors":%d,"writeErrors":%d,"statusErrors":%d,"timeouts":%d,' ..
    '"p50Micros":%d,"p90Micros":%d,"p99Micros":%d,"p999Micros":%d}\n',
    summary.requests, summary.duration, summary.bytes,
    e.connect, e.read, e.write, e.status, e.timeout,
    latency:percentile(50), latency:percentile(90), latency:percentile(99), latency:percentile(99.9)))
end
