/*
 * Watches a JSON file: `use('modules/config.js', 'check', path, f)` calls f with the file's value
 * when it has changed since the last time, and the first time in any case.
 */
pipy({
  _known: { time: -1 },
})

.pipeline('check')
  .onMessageStart(
    () => (
      ([path, f]) => (
        (time => time !== _known.time && (
          _known.time = time,
          (config => config ? f(config) : console.log(`Cannot read ${path}`))(
            JSON.decode(os.readFile(path) ?? new Data)
          )
        ))(
          os.stat(path)?.mtime
        )
      )
    )(__argv)
  )
