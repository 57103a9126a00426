/** A reporter of Node's test runner that writes the path of each file with a failure, a line each. */
// biome-ignore lint/style/noDefaultExport: that is how the runner finds a reporter.
export default async function* failedFiles(events) {
  const told = new Set()
  for await (const { type, data } of events) {
    if (type !== 'test:fail' || data.file === undefined || told.has(data.file)) continue
    told.add(data.file)
    yield `${data.file}\n`
  }
}
