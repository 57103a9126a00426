-- Makes wrk a constant load: each connection asks again some milliseconds after an answer.
local pace_ms = tonumber(os.getenv('DRILL_PACE_MS') or '10')

function delay()
  return pace_ms
end

done = function(summary)
  local e = summary.errors
  io.write(string.format(
    '\nDRILL {"requests":%d,"connect":%d,"read":%d,"write":%d,"status":%d,"timeout":%d}\n',
    summary.requests, e.connect, e.read, e.write, e.status, e.timeout))
end
